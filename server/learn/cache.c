/* Synaptic caching (Li & van Rossum, eLife 9:e50804, 2020): the network computes with
 * persistent plus transient weights; moving the transient part into the persistent one leaves
 * the weight as it is, and only that costs M0 and M1. */
#include <math.h>

#include "learn/update.h"

static bool is_any_over(const struct learner *r)
{
    float threshold = (float)r->spec.rule.cache_threshold;
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        const struct layer *layer = &r->net.layer[l];
        for (size_t at = 0; at < layer->rows * layer->stride; at++)
            if (fabsf(r->transient[l][at]) > threshold)
                return true;
    }
    return false;
}

/* Adds up what is about to be consolidated of a row, beyond what the kernel counts. */
static void record(struct learner *r, uint32_t l, size_t i, float threshold)
{
    size_t stride = r->net.layer[l].stride;
    const float *transient = r->transient[l] + i * stride;
    float *over = r->scratch->unused;
    for (size_t j = 0; j < stride; j++)
        over[j] = fabsf(transient[j]) > threshold ? transient[j] : 0;
    exponents_sum(&r->spec.exponents, over, stride, 0, r->energy[l].power);
    if (r->changes[l] != NULL)
        changes_of_row(r->changes[l], i, over);
}

void cache_consolidate(struct learner *r)
{
    const struct rule *rule = &r->spec.rule;
    float threshold = (float)rule->cache_threshold;
    if (rule->cache_network)
        threshold = is_any_over(r) ? 0 : INFINITY;
    bool records =
        (r->spec.exponents.count > 0 || r->spec.count_changes) && !isinf(threshold);
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        const struct layer *layer = &r->net.layer[l];
        struct energy *e = &r->energy[l];
        for (size_t i = 0; i < layer->rows && r->path[l] != UPDATE_NONE; i++) {
            if (records)
                record(r, l, i, threshold);
            struct tally over = r->net.kernels->consolidate(
                r->transient[l] + i * layer->stride, threshold, &e->maintenance,
                layer->stride);
            e->m0 += over.count;
            e->m1 += over.sum;
        }
        r->diverged = r->diverged || !isfinite(r->energy[l].m1);
    }
}
