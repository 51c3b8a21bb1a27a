/* In: a network and a set of samples. Out: accuracy and mean loss. */
#include "learn/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "learn/tile.h"

struct work {
    const struct net *net;
    const struct samples *samples;
    struct tile *tile;
    float *sums;              /* [tile][stride of layer 1]: its summed inputs */
    float *y[NET_LAYERS_MAX]; /* [stride] scratch */
    uint64_t correct;
    double loss;
};

static void score(struct work *w, uint32_t t, float *y)
{
    uint32_t classes = w->net->layer[w->net->spec.layers - 1].targets;
    uint32_t label = w->samples->label[t];
    w->loss += loss_output(w->net->spec.loss, y, classes, label);
    w->correct += net_class(y, classes) == label;
}

/* From the contributions of the first hidden layer to the output. */
static void finish_sample(struct work *w, uint32_t t, float *sums)
{
    const struct net *n = w->net;
    net_finish_sum(n, 1, w->samples, t, sums);
    float *y = sums;
    for (uint32_t l = 2; l < n->spec.layers; l++) {
        activation_apply(n->spec.activation, y, n->layer[l].sources);
        net_sum_dense(n, l, w->samples, t, y, w->y[l]);
        y = w->y[l];
    }
    score(w, t, y);
}

static bool run_tiles(struct work *w, uint32_t tile, bool (*go_on)(void *), void *arg)
{
    const struct samples *s = w->samples;
    size_t stride = w->net->layer[1].stride;
    for (uint32_t first = 0; first < s->count; first += tile) {
        uint32_t count = s->count - first < tile ? s->count - first : tile;
        memset(w->sums, 0, (size_t)count * stride * sizeof(float));
        if (!tile_pass(w->tile, s, first, count, 0, w->net->layer[0].targets, w->sums,
                       go_on, arg))
            return false;
        for (uint32_t t = 0; t < count; t++)
            finish_sample(w, first + t, w->sums + t * stride);
    }
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

enum status evaluate(const struct net *n, const struct samples *s,
                     bool (*go_on)(void *arg), void *arg, struct evaluation *ret)
{
    struct work w = {.net = n, .samples = s, .tile = tile_new(n)};
    bool deep = n->spec.layers > 1;
    uint32_t tile = deep ? tile_samples(n, s) : 0;
    bool ok = w.tile != NULL;
    w.sums = net_vector(deep ? tile * n->layer[1].stride : 0);
    for (uint32_t l = 0; l < n->spec.layers; l++) {
        w.y[l] = net_vector(n->layer[l].stride);
        ok = ok && w.y[l] != NULL;
    }
    enum status status = STATUS_NO_MEMORY;
    if (ok && w.sums != NULL) {
        bool ended = deep ? run_tiles(&w, tile, go_on, arg)
                          : run_single_layer(&w, go_on, arg);
        status = ended ? STATUS_OK : STATUS_STOPPED;
    }
    if (status == STATUS_OK)
        *ret = (struct evaluation){(double)w.correct / (double)s->count,
                                   w.loss / (double)s->count};
    for (uint32_t l = 0; l < n->spec.layers; l++)
        free(w.y[l]);
    free(w.sums);
    tile_free(w.tile);
    return status;
}
