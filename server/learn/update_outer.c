/* Changes that are an outer product, y times delta, over some rows and some columns: their
 * number and their sum are products too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/update.h"

/* The presynaptic side of a layer on one sample: which rows change, and in what measure. */
struct source {
    const uint32_t *index; /* rows that are changed one by one; NULL: the first n */
    const float *value;    /* [n] their share of the change */
    size_t n;
    bool bias;           /* the bias row changes too, by 1 */
    float to_offset;     /* share of every feature of the input layer */
    float to_column_sum; /* sum of the shares of the input layer's rows */
    uint64_t active;     /* activities that are not zero, the bias included */
    double sum_abs;      /* of the activities */
};

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

/* The next plastic row with its activity, in order; `entry` walks along the sample. */
static float activity_at(const struct learner *r, const struct step *step, uint32_t l,
                         uint32_t row, uint64_t *entry)
{
    const struct samples *s = step->samples;
    if (row == r->net.layer[l].sources)
        return 1;
    if (l > 0)
        return r->y[l - 1][row];
    if (*entry < s->start[step->t + 1] && s->index[*entry] == row)
        return s->value[(*entry)++] + s->background;
    return s->background;
}

/* Where the line between the winning and the losing |y| of a layer runs. The rows at the
 * background are all alike, so one more of them than there are winners is enough to see. */
static struct cut cut_rows(const struct learner *r, const struct step *step, uint32_t l)
{
    const struct samples *s = step->samples;
    double *score = r->scratch->score;
    size_t keep = r->spec.rule.compete_keep[l], n = 0;
    for (uint64_t e = s->start[step->t]; l == 0 && e < s->start[step->t + 1]; e++)
        score[n++] = fabs((double)(s->value[e] + s->background));
    size_t alike = l == 0 ? s->features - n : 0;
    for (size_t i = 0; i < alike && i <= keep; i++)
        score[n++] = fabs((double)s->background);
    for (uint32_t i = 0; l > 0 && i < plastic_sources(r, l); i++)
        score[n++] = fabs((double)r->y[l - 1][i]);
    if (r->spec.net.bias)
        score[n++] = 1;
    return select_cut(score, n, keep, r->spec.rule.compete_smallest);
}

/* The rows on one side of a line, one by one; rows that are silent do not change. */
static struct source rows_beyond(const struct learner *r, const struct step *step,
                                 uint32_t l, struct cut cut)
{
    uint64_t entry = step->samples->start[step->t];
    uint32_t sources = plastic_sources(r, l), features = r->net.layer[l].sources;
    struct source from = {.index = r->scratch->index, .value = r->scratch->x};
    for (uint32_t i = 0; i < sources + r->spec.net.bias; i++) {
        uint32_t row = i < sources ? i : features;
        float x = activity_at(r, step, l, row, &entry);
        if (!cut_takes(&cut, fabs((double)x)) || x == 0)
            continue;
        r->scratch->index[from.n] = row;
        r->scratch->x[from.n++] = x;
        from.sum_abs += fabs((double)x);
        from.to_column_sum += l == 0 && row < features ? x : 0;
    }
    from.active = from.n;
    return from;
}

static struct source source_of(const struct learner *r, const struct step *step, uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    const struct samples *s = step->samples;
    /* Among the synapses of one target |dw| is in the order of |y|, so all targets have the
     * same winners: the rows with the largest |y|. */
    if (rule->compete == COMPETE_UPDATE && rule->compete_keep[l] > 0)
        return rows_beyond(r, step, l, cut_rows(r, step, l));
    if (l > 0)
        return all_units(r, l);
    /* Through the offset even a silent row would be rounded anew. */
    if (s->background != 0 && s->active[step->t] < s->features)
        return rows_beyond(r, step, l, (struct cut){.score = -1});
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
    k->add_outer(layer->w, layer->stride, from.index, from.value, from.n, change, columns);
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
