/* In: samples. Out: changed weights and what they cost. Knows neither data sets nor when to
 * stop. */
#include "learn/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Steps after which the offset of the input layer is folded back, so that rounding in the
 * running column sums stays far below that of the weights. */
enum { FOLD_EVERY = 1024 };

enum status learner_init(struct learner *r, const struct learner_spec *spec,
                         const struct kernels *k)
{
    *r = (struct learner){.spec = *spec};
    if (net_init(&r->net, &spec->net, k) != STATUS_OK)
        return STATUS_NO_MEMORY;
    size_t widest = 0;
    bool ok = true;
    for (uint32_t l = 0; l < spec->net.layers; l++) {
        const struct layer *layer = &r->net.layer[l];
        widest = layer->stride > widest ? layer->stride : widest;
        r->start[l] = net_vector(layer->rows * layer->stride);
        r->y[l] = net_vector(layer->stride);
        r->delta[l] = net_vector(layer->stride);
        ok = ok && r->start[l] != NULL && r->y[l] != NULL && r->delta[l] != NULL;
    }
    r->change = net_vector(widest);
    r->zero = net_vector(widest);
    if (ok && r->change != NULL && r->zero != NULL)
        return STATUS_OK;
    learner_release(r);
    return STATUS_NO_MEMORY;
}

void learner_release(struct learner *r)
{
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        free(r->start[l]);
        free(r->y[l]);
        free(r->delta[l]);
    }
    free(r->change);
    free(r->zero);
    net_release(&r->net);
    *r = (struct learner){.steps = 0};
}

void learner_mark_start(struct learner *r)
{
    net_fold(&r->net);
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        const struct layer *layer = &r->net.layer[l];
        memcpy(r->start[l], layer->w, layer->rows * layer->stride * sizeof(float));
    }
}

/* delta of the output layer: target - output, which is minus the gradient of both losses
 * with respect to the summed input. */
static void output_error(struct learner *r, uint32_t label)
{
    uint32_t last = r->spec.net.layers - 1;
    for (uint32_t j = 0; j < r->net.layer[last].targets; j++)
        r->delta[last][j] = (float)(j == label) - r->y[last][j];
}

/* delta of layer l from that of layer l + 1. */
static void propagate_back(struct learner *r, uint32_t l)
{
    const struct layer *next = &r->net.layer[l + 1];
    r->net.kernels->back(r->delta[l], next->w, next->stride, next->sources,
                         r->delta[l + 1], next->stride);
    activation_scale_by_slope(r->spec.net.activation, r->delta[l], r->y[l],
                              next->sources);
}

/* The presynaptic side of a layer on one sample. */
struct source {
    const uint32_t *index; /* rows that take part; NULL: all */
    const float *value;
    size_t n;
    uint64_t active; /* entries that are not zero, the bias included */
    double sum_abs;
};

static struct source source_of(const struct learner *r, const struct samples *s,
                               uint32_t t, uint32_t l)
{
    bool bias = r->spec.net.bias;
    if (l == 0) {
        uint64_t first = s->start[t];
        return (struct source){s->index + first, s->value + first,
                               s->start[t + 1] - first, (uint64_t)s->active[t] + bias,
                               s->sum_abs[t] + bias};
    }
    const float *y = r->y[l - 1];
    struct tally all = r->net.kernels->magnitude(y, r->net.layer[l - 1].stride);
    return (struct source){NULL, y, r->net.layer[l].sources, all.count + bias,
                           all.sum + bias};
}

/* Without weight decay the changes of a layer are an outer product, y times delta, and so
 * are their number and their sum. */
static void update_outer(struct learner *r, const struct samples *s, uint32_t t,
                         uint32_t l)
{
    struct layer *layer = &r->net.layer[l];
    const struct kernels *k = r->net.kernels;
    struct source from = source_of(r, s, t, l);
    struct tally to = k->magnitude(r->delta[l], layer->stride);
    float rate = (float)r->spec.learning_rate[l];
    if (!isfinite(to.sum)) {
        r->diverged = true;
        return;
    }
    memset(r->change, 0, layer->stride * sizeof(float));
    k->add_scaled(r->change, rate, r->delta[l], layer->stride);
    k->add_outer(layer->w, layer->stride, from.index, from.value, from.n, r->change,
                 layer->stride);
    if (r->spec.net.bias)
        k->add_scaled(layer->w + layer->sources * layer->stride, 1, r->change,
                      layer->stride);
    if (l == 0) {
        k->add_scaled(r->net.offset, s->background, r->change, layer->stride);
        k->add_scaled(r->net.column_sum, s->sum_s[t], r->change, layer->stride);
    }
    r->energy[l].m0 += from.active * to.count;
    r->energy[l].m1 += (double)rate * from.sum_abs * to.sum;
}

/* With weight decay every synapse changes by an amount of its own. */
static void update_decayed(struct learner *r, const struct samples *s, uint32_t t,
                           uint32_t l)
{
    struct layer *layer = &r->net.layer[l];
    const struct kernels *k = r->net.kernels;
    float rate = (float)r->spec.learning_rate[l];
    float decay = (float)(r->spec.learning_rate[l] * r->spec.l2);
    uint64_t entry = s->start[t];
    memset(r->change, 0, layer->stride * sizeof(float));
    k->add_scaled(r->change, rate, r->delta[l], layer->stride);
    for (size_t i = 0; i < layer->rows; i++) {
        float x = 1;
        if (l > 0 && i < layer->sources)
            x = r->y[l - 1][i];
        if (l == 0 && i < layer->sources) {
            bool sparse = entry < s->start[t + 1] && s->index[entry] == i;
            x = sparse ? s->value[entry++] + s->background : s->background;
        }
        struct tally row = k->add_decayed(layer->w + i * layer->stride, x, r->change,
                                          decay, layer->stride);
        r->energy[l].m0 += row.count;
        r->energy[l].m1 += row.sum;
    }
    r->diverged = r->diverged || !isfinite(r->energy[l].m1);
    if (l == 0)
        net_fold(&r->net);
}

bool learner_step(struct learner *r, const struct samples *s, uint32_t t)
{
    uint32_t last = r->spec.net.layers - 1;
    net_forward(&r->net, s, t, r->y);
    uint32_t label = s->label[t];
    bool correct = net_class(r->y[last], r->net.layer[last].targets) == label;
    output_error(r, label);
    for (uint32_t l = last; l > 0; l--)
        propagate_back(r, l - 1);
    for (uint32_t l = 0; l <= last && !r->diverged; l++) {
        if (r->spec.learning_rate[l] == 0)
            continue;
        if (r->spec.l2 > 0)
            update_decayed(r, s, t, l);
        else
            update_outer(r, s, t, l);
    }
    if (++r->steps % FOLD_EVERY == 0)
        net_fold(&r->net);
    return correct;
}

static void add(struct energy *e, struct tally t)
{
    e->m0 += t.count;
    e->m1 += t.sum;
}

struct energy learner_direct(const struct learner *r, uint32_t l)
{
    const struct layer *layer = &r->net.layer[l];
    const struct kernels *k = r->net.kernels;
    const float *offset = l == 0 ? r->net.offset : r->zero;
    size_t bias_row = layer->sources * layer->stride;
    struct energy total = {0, 0};
    add(&total, k->distance(layer->w, r->start[l], layer->stride, layer->sources, offset,
                            layer->stride));
    add(&total, k->distance(layer->w + bias_row, r->start[l] + bias_row, layer->stride,
                            layer->rows - layer->sources, r->zero, layer->stride));
    return total;
}
