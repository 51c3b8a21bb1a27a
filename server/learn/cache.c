/* Synaptic caching (Li & van Rossum, eLife 9:e50804, 2020): the network computes with
 * persistent plus transient weights; moving the transient part into the persistent one
 * leaves the weight as it is, and only that costs M0 and M1. */
#include <math.h>

#include "learn/update.h"

/* Moves what is over the threshold in a row into the persistent weights. */
static void consolidate(struct learner *r, uint32_t l, size_t i, float threshold)
{
    size_t stride = r->net.layer[l].stride;
    struct energy *e = &r->energy[l];
    float *over = r->scratch->unused;
    struct tally t = r->net.kernels->consolidate(r->transient[l] + i * stride, threshold,
                                                 over, stride);
    e->m0 += t.count;
    e->m1 += t.sum;
    exponents_sum(&r->spec.exponents, over, r->net.layer[l].targets, 0, e->power);
    if (r->changes[l] != NULL)
        changes_of_row(r->changes[l], i, over);
}

void cache_take(struct learner *r, uint32_t l, size_t i, const struct cache_tally *t)
{
    struct cached *cached = &r->scratch->cached[l];
    cached->over += t->over.count;
    cached->rest += t->rest;
    if (t->over.count > 0 && !r->spec.rule.cache_network)
        consolidate(r, l, i, (float)r->spec.rule.cache_threshold);
}

void cache_settle(struct learner *r)
{
    uint64_t over = 0;
    bool network = r->spec.rule.cache_network;
    for (uint32_t l = 0; l < r->spec.net.layers; l++)
        over += r->scratch->cached[l].over;
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        bool all = network && over > 0 && r->path[l] != UPDATE_NONE;
        for (size_t i = 0; all && i < r->net.layer[l].rows; i++)
            consolidate(r, l, i, 0);
        if (!network || over == 0)
            r->energy[l].maintenance += r->scratch->cached[l].rest;
        r->scratch->cached[l] = (struct cached){0, 0};
        r->diverged = r->diverged || !isfinite(r->energy[l].m1);
    }
}
