/* Changes that are an outer product, y times delta, over some rows and some columns:
 * their number and their sum are products too. */
#include <math.h>
#include <string.h>

#include "learn/winners.h"

/* All features: the sparse part row by row, the background through the offset. */
static struct source all_features(const struct learner *r, const struct step *step)
{
    const struct samples *s = step->samples;
    bool bias = r->spec.net.bias;
    uint64_t first = s->start[step->t];
    return (struct source){.index = s->index + first,
                           .value = s->value + first,
                           .n = s->start[step->t + 1] - first,
                           .bias = bias,
                           .to_offset = s->background,
                           .to_column_sum = s->sum_s[step->t],
                           .active = (uint64_t)s->active[step->t] + bias,
                           .sum_abs = s->sum_abs[step->t] + bias};
}

static struct source all_units(const struct learner *r, uint32_t l)
{
    uint32_t n = plastic_sources(r, l);
    bool bias = r->spec.net.bias;
    size_t padded = ((size_t)n + LANES - 1) / LANES * LANES;
    float *x = r->scratch->x;
    memcpy(x, r->y[l - 1], n * sizeof *x);
    memset(x + n, 0, (padded - n) * sizeof *x);
    struct tally all = r->net.kernels->magnitude(x, padded);
    return (struct source){.value = x,
                           .n = n,
                           .bias = bias,
                           .active = all.count + bias,
                           .sum_abs = all.sum + bias};
}

static struct source source_of(const struct learner *r, const struct step *step,
                               uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    const struct samples *s = step->samples;
    if (rule->compete == COMPETE_UPDATE && rule->compete_keep[l] > 0)
        return l > 0 ? winning_units(r, l) : winning_features(r, step);
    if (l > 0)
        return all_units(r, l);
    /* Through the offset even a silent row would be rounded anew. */
    if (s->background != 0 && s->active[step->t] < s->features)
        return active_features(r, step);
    return all_features(r, step);
}

/* Powers of products are products of powers. Unlisted rows change by to_offset. */
static void add_powers(struct learner *r, uint32_t l, const struct source *from,
                       size_t columns)
{
    const struct exponents *e = &r->spec.exponents;
    double rows[EXPONENTS_MAX] = {0}, to[EXPONENTS_MAX] = {0};
    double unlisted = (double)(r->net.layer[l].sources - from->n);
    exponents_sum(e, from->value, from->n, from->to_offset, rows);
    if (from->to_offset != 0)
        exponents_add(e, (double)from->to_offset, unlisted, rows);
    exponents_add(e, 1, from->bias, rows);
    exponents_sum(e, r->scratch->change, columns, 0, to);
    for (uint32_t k = 0; k < e->count; k++)
        r->energy[l].power[k] += rows[k] * to[k];
}

/* Counts the changes of each synapse: of whole rows and columns where all change. */
static void count_changes(struct changes *c, const struct source *from,
                          const float *change, uint64_t columns)
{
    bool all_columns = columns == c->plastic_targets;
    const float *where = all_columns ? NULL : change;
    if (from->active == changes_rows(c)) {
        if (all_columns)
            c->every++;
        else
            changes_of_columns(c, change);
        return;
    }
    for (size_t k = 0; k < from->n; k++)
        if (from->value[k] != 0)
            changes_of_row(c, from->index != NULL ? from->index[k] : k, where);
    if (from->bias)
        changes_of_row(c, c->sources, where);
}

void update_outer(struct learner *r, const struct step *step, uint32_t l)
{
    struct layer *layer = &r->net.layer[l];
    const struct kernels *k = r->net.kernels;
    const float *change = r->scratch->change;
    size_t columns = ((size_t)plastic_targets(r, l) + LANES - 1) / LANES * LANES;
    plastic_columns(r, step, l);
    struct source from = source_of(r, step, l);
    struct tally to = k->magnitude(change, columns);
    if (!isfinite(to.sum)) {
        r->diverged = true;
        return;
    }
    k->add_outer(layer->w, layer->stride, from.index, from.value, from.n, change,
                 columns);
    if (from.bias)
        k->add_scaled(layer->w + layer->sources * layer->stride, 1, change, columns);
    if (l == 0) {
        k->add_scaled(r->net.offset, from.to_offset, change, columns);
        k->add_scaled(r->net.column_sum, from.to_column_sum, change, columns);
    }
    r->energy[l].m0 += from.active * to.count;
    r->energy[l].m1 += from.sum_abs * to.sum;
    if (r->spec.exponents.count > 0)
        add_powers(r, l, &from, columns);
    if (r->changes[l] != NULL)
        count_changes(r->changes[l], &from, change, to.count);
}
