/* Changes that are an outer product, y times delta, over some rows and some columns: their
 * number and their sum are products too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/update.h"

/* The presynaptic side of a layer on one sample. */
struct source {
    const uint32_t *index; /* rows that take part; NULL: the first n */
    const float *value;
    size_t n;
    uint64_t active; /* activities that are not zero, the bias included */
    double sum_abs;
};

static struct source source_of(const struct learner *r, const struct step *step, uint32_t l)
{
    const struct samples *s = step->samples;
    bool bias = r->spec.net.bias;
    if (l == 0) {
        uint64_t first = s->start[step->t];
        return (struct source){s->index + first, s->value + first,
                               s->start[step->t + 1] - first,
                               (uint64_t)s->active[step->t] + bias,
                               s->sum_abs[step->t] + bias};
    }
    uint32_t n = plastic_sources(r, l);
    size_t padded = ((size_t)n + LANES - 1) / LANES * LANES;
    float *x = r->scratch->x;
    memcpy(x, r->y[l - 1], n * sizeof *x);
    memset(x + n, 0, (padded - n) * sizeof *x);
    struct tally all = r->net.kernels->magnitude(x, padded);
    return (struct source){NULL, x, n, all.count + bias, all.sum + bias};
}

void update_outer(struct learner *r, const struct step *step, uint32_t l)
{
    struct layer *layer = &r->net.layer[l];
    const struct kernels *k = r->net.kernels;
    const struct samples *s = step->samples;
    const float *change = r->scratch->change;
    size_t columns = ((size_t)plastic_targets(r, l) + LANES - 1) / LANES * LANES;
    plastic_columns(r, step, l);
    struct source from = source_of(r, step, l);
    struct tally to = k->magnitude(change, columns);
    if (!isfinite(to.sum)) {
        r->diverged = true;
        return;
    }
    k->add_outer(layer->w, layer->stride, from.index, from.value, from.n, change, columns);
    if (r->spec.net.bias)
        k->add_scaled(layer->w + layer->sources * layer->stride, 1, change, columns);
    if (l == 0) {
        k->add_scaled(r->net.offset, s->background, change, columns);
        k->add_scaled(r->net.column_sum, s->sum_s[step->t], change, columns);
    }
    r->energy[l].m0 += from.active * to.count;
    r->energy[l].m1 += from.sum_abs * to.sum;
}
