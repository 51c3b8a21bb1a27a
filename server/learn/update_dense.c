/* Every synapse of a layer by itself: for rules under which changes are no outer product,
 * or under which synapses change that have no input. Slow, general, and exact. */
#include <math.h>
#include <string.h>

#include "learn/update.h"

/* A layer on one step, and which of its synapses are plastic. */
struct view {
    const struct learner *r;
    const struct layer *layer;
    const uint8_t *mask;         /* [rows][targets]; NULL: none */
    const uint8_t *column;       /* [stride] whether the target may change */
    const uint16_t *column_bits; /* the same */
    uint32_t sources;            /* plastic ones */
    bool counts_products;        /* and not row by row */
    uint32_t l;
};

static bool is_plastic_row(const struct view *v, size_t i)
{
    return i < v->sources || i >= v->layer->sources; /* or the bias */
}

static bool is_plastic(const struct view *v, size_t i, size_t j)
{
    return is_plastic_row(v, i) && v->column[j] &&
           (v->mask == NULL || v->mask[i * v->layer->targets + j]);
}

/* |dw| before the learning rate: without weight decay the product of two floats, which a
 * double holds exactly, so that equal and unequal are told apart rightly. */
static double score_of(const struct view *v, size_t i, size_t j, const float *x)
{
    const struct learner *r = v->r;
    double w = (double)v->layer->w[i * v->layer->stride + j];
    if (r->spec.rule.compete == COMPETE_WEIGHT)
        return fabs(w);
    return fabs((double)x[i] * (double)r->delta[v->l][j] - r->spec.l2 * w);
}

/* Sets the change of the losers among the synapses of columns j0 .. j1-1 to zero. */
static void compete(const struct view *v, const float *x, float *dense, size_t j0,
                    size_t j1)
{
    const struct rule *rule = &v->r->spec.rule;
    double *score = v->r->scratch->score;
    size_t n = 0;
    for (size_t i = 0; i < v->layer->rows; i++)
        for (size_t j = j0; j < j1; j++)
            if (is_plastic(v, i, j))
                score[n++] = score_of(v, i, j, x);
    struct cut cut =
        select_cut(score, n, rule->compete_keep[v->l], rule->compete_smallest);
    for (size_t i = 0; i < v->layer->rows; i++)
        for (size_t j = j0; j < j1; j++)
            if (is_plastic(v, i, j) && !cut_takes(&cut, score_of(v, i, j, x)))
                dense[i * v->layer->stride + j] = 0;
}

static bool has_rivals(const struct learner *r, uint32_t l)
{
    enum compete_by by = r->spec.rule.compete;
    return (by == COMPETE_UPDATE || by == COMPETE_WEIGHT) &&
           r->spec.rule.compete_keep[l] > 0;
}

/* The change that each synapse of row i would make, zero where it may not. */
static const float *propose(const struct view *v, size_t i, float *ret)
{
    const struct learner *r = v->r;
    const struct layer *layer = v->layer;
    const struct kernels *k = r->net.kernels;
    float decay = (float)(r->spec.learning_rate[v->l] * r->spec.l2);
    uint16_t *mask = v->mask != NULL ? r->scratch->mask_bits : NULL;
    if (!is_plastic_row(v, i))
        return r->zero;
    if (mask != NULL)
        k->pack(mask, v->mask + i * layer->targets, layer->stride);
    k->propose(ret, r->scratch->x[i], r->scratch->change, decay,
               layer->w + i * layer->stride, v->column_bits, mask, layer->stride);
    return ret;
}

static void compete_synapses(const struct view *v, float *dense)
{
    size_t targets = v->layer->targets, stride = v->layer->stride;
    for (size_t i = 0; i < v->layer->rows; i++) {
        const float *row = propose(v, i, dense + i * stride);
        if (row == v->r->zero)
            memset(dense + i * stride, 0, stride * sizeof *dense);
    }
    if (!v->r->spec.rule.compete_per_unit)
        compete(v, v->r->scratch->x, dense, 0, targets);
    for (size_t j = 0; j < targets && v->r->spec.rule.compete_per_unit; j++)
        compete(v, v->r->scratch->x, dense, j, j + 1);
}

static float *column_sum_of(const struct view *v, struct learner *r, size_t i)
{
    return v->l == 0 && i < v->layer->sources ? r->net.column_sum : r->scratch->unused;
}

/* Sum of power[j] where change[j] is not 0. */
static double sum_where(const float *change, const double *power, size_t columns)
{
    enum { PARTS = 4 }; /* sums side by side */
    double sum[PARTS] = {0};
    for (size_t j = 0; j < columns; j += PARTS)
        for (size_t part = 0; part < PARTS; part++)
            sum[part] += change[j + part] != 0 ? power[j + part] : 0;
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* The energies with other exponents; with weight decay changes are no products. */
static void add_powers(struct learner *r, const struct view *v, size_t i,
                       const float *change)
{
    const struct scratch *s = r->scratch;
    double *power = r->energy[v->l].power;
    if (r->spec.l2 > 0) {
        exponents_sum(&r->spec.exponents, change, v->layer->targets, 0, power);
        return;
    }
    for (uint32_t k = 0; k < r->spec.exponents.count; k++)
        power[k] +=
            s->row_power[k * s->power_rows + i] *
            sum_where(change, s->column_power + k * s->power_columns, v->layer->stride);
}

/* Adds the changes of row i to weights and column sums, and counts them. */
static void apply(struct learner *r, const struct view *v, size_t i, const float *change)
{
    size_t stride = v->layer->stride;
    struct energy *e = &r->energy[v->l];
    struct tally t = r->net.kernels->add_change(v->layer->w + i * stride,
                                                column_sum_of(v, r, i), change, stride);
    e->m0 += t.count;
    e->m1 += t.sum;
    add_powers(r, v, i, change);
    if (r->changes[v->l] != NULL && !v->counts_products)
        changes_of_row(r->changes[v->l], i, change);
}

/* With a cache they go into the transient part, which decays first. */
static void apply_transient(struct learner *r, const struct view *v, size_t i,
                            const float *change)
{
    const struct rule *rule = &r->spec.rule;
    size_t stride = v->layer->stride, at = i * stride;
    struct cache_tally t = r->net.kernels->add_transient(
        v->layer->w + at, r->transient[v->l] + at, change, (float)rule->cache_decay,
        (float)(1 - rule->cache_decay), (float)rule->cache_threshold,
        column_sum_of(v, r, i), stride);
    cache_take(r, v->l, i, &t);
}

/* Changes that are products where a mask that never changes lets them, are counted at
 * once. */
static bool counts_products(const struct learner *r, uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    return !rule->cache && r->spec.l2 == 0 && !has_rivals(r, l) &&
           (rule->mask != MASK_SYNAPSES || rule->redraw == REDRAW_NEVER);
}

void update_dense(struct learner *r, const struct step *step, uint32_t l, bool closed)
{
    const struct layer *layer = &r->net.layer[l];
    struct scratch *s = r->scratch;
    struct view v = {.r = r,
                     .layer = layer,
                     .sources = plastic_sources(r, l),
                     .counts_products = counts_products(r, l),
                     .l = l};
    bool rivals = has_rivals(r, l) && !closed;
    if (!closed) {
        plastic_columns(r, step, l);
        presynaptic(r, step, l, s->x);
        product_powers(r, l);
        v.column = s->column;
        v.column_bits = s->column_bits;
        r->net.kernels->pack(s->column_bits, s->column, layer->stride);
        if (r->spec.rule.mask == MASK_SYNAPSES)
            v.mask = masks_of(&r->masks, &r->spec.rule, l, step->label, r->steps);
        if (r->changes[l] != NULL && v.counts_products)
            changes_of_products(r->changes[l], s->x, s->change);
    }
    if (rivals)
        compete_synapses(&v, s->dense);
    for (size_t i = 0; i < layer->rows; i++) {
        const float *change = closed   ? r->zero
                              : rivals ? s->dense + i * layer->stride
                                       : propose(&v, i, s->dense);
        if (r->spec.rule.cache)
            apply_transient(r, &v, i, change);
        else
            apply(r, &v, i, change);
    }
    r->diverged = r->diverged || !isfinite(r->energy[l].m1);
}
