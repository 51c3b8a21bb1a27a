/* In: a network and a set of samples. Out: accuracy and mean loss. */
#include "learn/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "learn/tile.h"

enum { CHUNK = 256 }; /* samples at a time behind fixed units */

struct evaluator {
    const struct net *net;
    const struct samples *samples;
    /* Of a pass that begins with the input: */
    const struct pairs *pairs; /* those of the samples, or */
    struct pairs *own;         /* if they have none */
    struct tile *tile;
    const struct fixed_units *units; /* where every pass begins; NULL: with the input */
    float *sums; /* [pairs of a tile][2][stride of layer 1], or [CHUNK][stride] of the
                    layer behind the fixed units */
    float *y[NET_LAYERS_MAX]; /* [stride] scratch */
    uint64_t correct;
    double *loss; /* [samples], added up in their order at the end */
};

static bool is_deep(const struct evaluator *e)
{
    return e->net->spec.layers > 1;
}

static bool allocate(struct evaluator *e)
{
    const struct net *n = e->net;
    e->loss = calloc((size_t)e->samples->count + 1, sizeof *e->loss);
    bool ok = e->loss != NULL;
    for (uint32_t l = 0; l < n->spec.layers; l++) {
        e->y[l] = net_vector(n->layer[l].stride);
        ok = ok && e->y[l] != NULL;
    }
    if (!is_deep(e))
        return ok;
    e->units = net_fixed_units(n, e->samples);
    if (e->units != NULL) {
        e->sums = net_vector(CHUNK * n->layer[e->units->layer + 1].stride);
        return ok && e->sums != NULL;
    }
    e->tile = tile_new(n);
    e->sums = net_vector(2 * (size_t)tile_pairs(n) * n->layer[1].stride);
    e->pairs = e->samples->pairs;
    if (e->pairs == NULL &&
        pairs_new(e->samples, 0, e->samples->count, n->kernels, &e->own) == STATUS_OK)
        e->pairs = e->own;
    return ok && e->tile != NULL && e->sums != NULL && e->pairs != NULL;
}

enum status evaluator_new(const struct net *n, const struct samples *s,
                          struct evaluator **ret)
{
    struct evaluator *e = calloc(1, sizeof *e);
    if (e == NULL)
        return STATUS_NO_MEMORY;
    e->net = n;
    e->samples = s;
    if (!allocate(e)) {
        evaluator_free(e);
        return STATUS_NO_MEMORY;
    }
    *ret = e;
    return STATUS_OK;
}

void evaluator_free(struct evaluator *e)
{
    if (e == NULL)
        return;
    for (uint32_t l = 0; l < NET_LAYERS_MAX; l++)
        free(e->y[l]);
    free(e->loss);
    free(e->sums);
    tile_free(e->tile);
    pairs_free(e->own);
    free(e);
}

static void score(struct evaluator *e, uint32_t t, float *y)
{
    uint32_t classes = e->net->layer[e->net->spec.layers - 1].targets;
    uint32_t label = e->samples->label[t];
    e->loss[t] = loss_output(e->net->spec.loss, y, classes, label);
    e->correct += net_class(y, classes) == label;
}

/* From what hidden units contribute to layer `first` to the output. */
static void finish_sample(struct evaluator *e, uint32_t t, uint32_t first, float *sums)
{
    const struct net *n = e->net;
    net_finish_sum(n, first, e->samples, t, sums);
    float *y = sums;
    for (uint32_t l = first + 1; l < n->spec.layers; l++) {
        activation_apply(n->spec.activation, y, n->layer[l].sources);
        net_sum_dense(n, l, e->samples, t, y, e->y[l]);
        y = e->y[l];
    }
    score(e, t, y);
}

static void finish_pair(struct evaluator *e, uint32_t pair, float *sums)
{
    const uint32_t *sample = e->pairs->sample + 2 * (size_t)pair;
    finish_sample(e, sample[0], 1, sums);
    if (sample[1] != sample[0])
        finish_sample(e, sample[1], 1, sums + e->net->layer[1].stride);
}

static bool run_tiles(struct evaluator *e, bool (*go_on)(void *), void *arg)
{
    uint32_t tile = tile_pairs(e->net), pairs = e->pairs->count;
    size_t stride = 2 * e->net->layer[1].stride;
    for (uint32_t first = 0; first < pairs; first += tile) {
        uint32_t count = pairs - first < tile ? pairs - first : tile;
        memset(e->sums, 0, (size_t)count * stride * sizeof(float));
        if (!tile_pass(e->tile, e->samples, e->pairs, first, count, 0,
                       e->net->layer[0].targets, e->sums, go_on, arg))
            return false;
        for (uint32_t p = 0; p < count; p++)
            finish_pair(e, first + p, e->sums + p * stride);
    }
    return true;
}

static bool run_fixed_units(struct evaluator *e, bool (*go_on)(void *), void *arg)
{
    const struct net *n = e->net;
    uint32_t l = e->units->layer + 1, samples = e->samples->count;
    size_t stride = n->layer[l].stride, y_stride = n->layer[l - 1].stride;
    for (uint32_t first = 0; first < samples; first += CHUNK) {
        uint32_t count = samples - first < CHUNK ? samples - first : CHUNK;
        memset(e->sums, 0, count * stride * sizeof(float));
        if (!tile_dense(n, l, e->units->y + first * y_stride, count, e->sums, go_on, arg))
            return false;
        for (uint32_t i = 0; i < count; i++)
            finish_sample(e, first + i, l, e->sums + i * stride);
    }
    return true;
}

static bool run_single_layer(struct evaluator *e, bool (*go_on)(void *), void *arg)
{
    enum { ASK_EVERY = 1024 };
    for (uint32_t t = 0; t < e->samples->count; t++) {
        e->loss[t] = net_forward(e->net, e->samples, t, e->y);
        e->correct +=
            net_class(e->y[0], e->net->layer[0].targets) == e->samples->label[t];
        if (t % ASK_EVERY == 0 && !go_on(arg))
            return false;
    }
    return true;
}

static bool run(struct evaluator *e, bool (*go_on)(void *), void *arg)
{
    if (!is_deep(e))
        return run_single_layer(e, go_on, arg);
    return e->units != NULL ? run_fixed_units(e, go_on, arg) : run_tiles(e, go_on, arg);
}

enum status evaluate(struct evaluator *e, bool (*go_on)(void *arg), void *arg,
                     struct evaluation *ret)
{
    uint32_t count = e->samples->count;
    double loss = 0;
    e->correct = 0;
    if (!run(e, go_on, arg))
        return STATUS_STOPPED;
    for (uint32_t t = 0; t < count; t++)
        loss += e->loss[t];
    *ret = (struct evaluation){(double)e->correct / count, loss / count};
    return STATUS_OK;
}
