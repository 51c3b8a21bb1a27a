/* In: a network and a set of samples. Out: accuracy and mean loss.
 *
 * The input layer dominates. Its weights are taken in blocks of columns, copied side by
 * side so that a block stays in the second-level cache while all samples of a tile pass by;
 * what a block of hidden units contributes to the next layer is added up at once, so that no
 * hidden activity of the whole tile is ever stored. */
#include "learn/evaluate.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_COLUMNS = 64,
    TILE_FLOATS = 1 << 20, /* of summed inputs to the layer behind the input layer */
};

struct work {
    const struct net *net;
    const struct samples *samples;
    float *block;                /* [sources][BLOCK_COLUMNS] of the input layer */
    float *sums;                 /* [tile][stride of layer 1]: its summed inputs */
    float *y[NET_LAYERS_MAX];    /* [stride] scratch for the layers behind */
    uint64_t correct;
    double loss;
};

static void pack_block(struct work *w, size_t column, size_t columns)
{
    const struct layer *input = &w->net->layer[0];
    for (uint32_t i = 0; i < input->sources; i++)
        memcpy(w->block + (size_t)i * BLOCK_COLUMNS,
               input->w + i * input->stride + column, columns * sizeof(float));
}

/* Activities of one block of the input layer's targets for sample t, before the
 * nonlinearity; the same order of additions as in net_forward. */
static void sum_block(const struct work *w, uint32_t t, size_t column, size_t columns,
                      float *a)
{
    const struct net *n = w->net;
    const struct samples *s = w->samples;
    const struct layer *input = &n->layer[0];
    uint64_t first = s->start[t];
    float sum_x = s->sum_s[t] + s->background * (float)s->features;
    memset(a, 0, columns * sizeof *a);
    n->kernels->accumulate(a, w->block, BLOCK_COLUMNS, s->index + first,
                           s->value + first, s->start[t + 1] - first, columns);
    n->kernels->add_scaled(a, s->background, n->column_sum + column, columns);
    n->kernels->add_scaled(a, sum_x, n->offset + column, columns);
    if (n->spec.bias)
        n->kernels->add_scaled(
            a, 1, input->w + input->sources * input->stride + column, columns);
}

static void score(struct work *w, uint32_t t, float *y)
{
    uint32_t classes = w->net->layer[w->net->spec.layers - 1].targets;
    uint32_t label = w->samples->label[t];
    w->loss += loss_output(w->net->spec.loss, y, classes, label);
    w->correct += net_class(y, classes) == label;
}

/* From the summed inputs of layer 1 to the output. */
static void finish_sample(struct work *w, uint32_t t, float *sums)
{
    const struct net *n = w->net;
    const struct layer *layer = &n->layer[1];
    if (n->spec.bias)
        n->kernels->add_scaled(sums, 1, layer->w + layer->sources * layer->stride,
                               layer->stride);
    float *y = sums;
    for (uint32_t l = 2; l < n->spec.layers; l++) {
        activation_apply(n->spec.activation, y, n->layer[l].sources);
        net_sum_dense(n, l, y, w->y[l]);
        y = w->y[l];
    }
    score(w, t, y);
}

static bool run_tile(struct work *w, uint32_t first, uint32_t tile,
                     bool (*go_on)(void *), void *arg)
{
    const struct net *n = w->net;
    const struct layer *input = &n->layer[0], *next = &n->layer[1];
    memset(w->sums, 0, (size_t)tile * next->stride * sizeof(float));
    for (size_t column = 0; column < input->targets; column += BLOCK_COLUMNS) {
        size_t columns = input->stride - column, units = input->targets - column;
        columns = columns < BLOCK_COLUMNS ? columns : BLOCK_COLUMNS;
        units = units < BLOCK_COLUMNS ? units : BLOCK_COLUMNS;
        pack_block(w, column, columns);
        for (uint32_t t = 0; t < tile; t++) {
            _Alignas(64) float y[BLOCK_COLUMNS];
            sum_block(w, first + t, column, columns, y);
            activation_apply(n->spec.activation, y, units);
            n->kernels->accumulate(w->sums + t * next->stride,
                                   next->w + column * next->stride, next->stride, NULL, y,
                                   units, next->stride);
        }
        if (!go_on(arg))
            return false;
    }
    for (uint32_t t = 0; t < tile; t++)
        finish_sample(w, first + t, w->sums + t * next->stride);
    return true;
}

static bool run_single_layer(struct work *w, bool (*go_on)(void *), void *arg)
{
    enum { ASK_EVERY = 1024 };
    for (uint32_t t = 0; t < w->samples->count; t++) {
        w->loss += net_forward(w->net, w->samples, t, w->y);
        w->correct +=
            net_class(w->y[0], w->net->layer[0].targets) == w->samples->label[t];
        if (t % ASK_EVERY == 0 && !go_on(arg))
            return false;
    }
    return true;
}

static bool run(struct work *w, uint32_t tile, bool (*go_on)(void *), void *arg)
{
    if (w->net->spec.layers == 1)
        return run_single_layer(w, go_on, arg);
    for (uint32_t first = 0; first < w->samples->count; first += tile) {
        uint32_t left = w->samples->count - first;
        if (!run_tile(w, first, left < tile ? left : tile, go_on, arg))
            return false;
    }
    return true;
}

enum status evaluate(const struct net *n, const struct samples *s,
                     bool (*go_on)(void *arg), void *arg, struct evaluation *ret)
{
    struct work w = {.net = n, .samples = s};
    size_t width = n->spec.layers > 1 ? n->layer[1].stride : 1;
    size_t tile = TILE_FLOATS / width > 0 ? TILE_FLOATS / width : 1;
    tile = tile < s->count ? tile : s->count;
    enum status status = STATUS_NO_MEMORY;
    bool ok = true;
    w.block = net_vector((size_t)n->layer[0].sources * BLOCK_COLUMNS);
    w.sums = net_vector(tile * width);
    for (uint32_t l = 0; l < n->spec.layers; l++) {
        w.y[l] = net_vector(n->layer[l].stride);
        ok = ok && w.y[l] != NULL;
    }
    if (ok && w.block != NULL && w.sums != NULL)
        status = run(&w, (uint32_t)tile, go_on, arg) ? STATUS_OK : STATUS_STOPPED;
    if (status == STATUS_OK)
        *ret = (struct evaluation){(double)w.correct / (double)s->count,
                                   w.loss / (double)s->count};
    for (uint32_t l = 0; l < n->spec.layers; l++)
        free(w.y[l]);
    free(w.sums);
    free(w.block);
    return status;
}
