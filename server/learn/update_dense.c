/* Every synapse of a layer by itself: for rules under which changes are no outer product, or
 * under which synapses change that have no input. Slow, general, and exact. */
#include <math.h>
#include <string.h>

#include "learn/update.h"

/* A layer on one step, and which of its synapses are plastic. */
struct view {
    const struct learner *r;
    const struct layer *layer;
    const uint8_t *mask;   /* [rows][targets]; NULL: none */
    const uint8_t *column; /* [stride] whether the target may change */
    uint32_t sources;      /* plastic ones */
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

static void compete_synapses(const struct view *v, const float *x, float *dense)
{
    const struct rule *rule = &v->r->spec.rule;
    size_t targets = v->layer->targets;
    bool among_synapses =
        rule->compete == COMPETE_UPDATE || rule->compete == COMPETE_WEIGHT;
    if (!among_synapses || rule->compete_keep[v->l] == 0)
        return;
    if (!rule->compete_per_unit)
        compete(v, x, dense, 0, targets);
    for (size_t j = 0; j < targets && rule->compete_per_unit; j++)
        compete(v, x, dense, j, j + 1);
}

/* The change that each synapse would make, zero where it may not. */
static void propose(const struct view *v, const float *x, const float *change,
                    float *dense)
{
    const struct layer *layer = v->layer;
    float decay = (float)(v->r->spec.learning_rate[v->l] * v->r->spec.l2);
    for (size_t i = 0; i < layer->rows; i++) {
        float *row = dense + i * layer->stride;
        memset(row + layer->targets, 0,
               (layer->stride - layer->targets) * sizeof *row);
        if (is_plastic_row(v, i))
            v->r->net.kernels->propose(
                row, x[i], change, decay, layer->w + i * layer->stride, v->column,
                v->mask != NULL ? v->mask + i * layer->targets : NULL, layer->targets);
        else
            memset(row, 0, layer->targets * sizeof *row);
    }
}

/* Adds the changes to weights and column sums; counts them where they are persistent. */
static void apply(struct learner *r, uint32_t l, const float *dense)
{
    struct layer *layer = &r->net.layer[l];
    const struct kernels *k = r->net.kernels;
    for (size_t i = 0; i < layer->rows; i++) {
        const float *row = dense + i * layer->stride;
        struct tally t = k->magnitude(row, layer->stride);
        k->add_scaled(layer->w + i * layer->stride, 1, row, layer->stride);
        if (l == 0 && i < layer->sources)
            k->add_scaled(r->net.column_sum, 1, row, layer->stride);
        r->energy[l].m0 += t.count;
        r->energy[l].m1 += t.sum;
        if (r->changes[l] != NULL)
            changes_of_row(r->changes[l], i, row);
    }
}

/* Sum of power[j] where row[j] is not 0. */
static double sum_where(const float *row, const double *power, size_t stride)
{
    enum { PARTS = 4 }; /* sums side by side */
    double sum[PARTS] = {0};
    for (size_t j = 0; j < stride; j += PARTS)
        for (size_t part = 0; part < PARTS; part++)
            sum[part] += row[j + part] != 0 ? power[j + part] : 0;
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* The further energies; with weight decay changes are no products. */
static void add_powers(struct learner *r, uint32_t l, const float *dense)
{
    const struct layer *layer = &r->net.layer[l];
    const struct exponents *e = &r->spec.exponents;
    double *energy = r->energy[l].power;
    for (uint32_t k = 0; k < e->count && r->spec.l2 == 0; k++) {
        product_powers(r, l, k);
        for (size_t i = 0; i < layer->rows; i++)
            energy[k] += r->scratch->row_power[i] * sum_where(dense + i * layer->stride,
                                                              r->scratch->column_power,
                                                              layer->stride);
    }
    for (size_t i = 0; i < layer->rows && e->count > 0 && r->spec.l2 > 0; i++)
        exponents_sum(e, dense + i * layer->stride, layer->targets, 0, energy);
}

/* With a cache the changes go into the transient part, which decays first. */
static void apply_transient(struct learner *r, uint32_t l, const float *dense)
{
    struct layer *layer = &r->net.layer[l];
    float decay = (float)r->spec.rule.cache_decay;
    float kept = (float)(1 - r->spec.rule.cache_decay);
    for (size_t i = 0; i < layer->rows; i++) {
        size_t at = i * layer->stride;
        bool summed = l == 0 && i < layer->sources;
        r->net.kernels->add_transient(layer->w + at, r->transient[l] + at, dense + at, decay,
                                      kept, summed ? r->net.column_sum : r->scratch->unused,
                                      layer->stride);
    }
}

void update_dense(struct learner *r, const struct step *step, uint32_t l, bool closed)
{
    float *dense = r->scratch->dense, *x = r->scratch->x;
    const struct layer *layer = &r->net.layer[l];
    struct view v = {.r = r,
                     .layer = layer,
                     .column = r->scratch->column,
                     .sources = plastic_sources(r, l),
                     .l = l};
    if (r->spec.rule.mask == MASK_SYNAPSES)
        v.mask = masks_of(&r->masks, &r->spec.rule, l, step->label, r->steps);
    if (closed) {
        memset(dense, 0, layer->rows * layer->stride * sizeof *dense);
    } else {
        plastic_columns(r, step, l);
        presynaptic(r, step, l, x);
        propose(&v, x, r->scratch->change, dense);
        compete_synapses(&v, x, dense);
    }
    if (r->spec.rule.cache) {
        apply_transient(r, l, dense);
    } else {
        apply(r, l, dense);
        add_powers(r, l, dense);
    }
    r->diverged = r->diverged || !isfinite(r->energy[l].m1);
}
