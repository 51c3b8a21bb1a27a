#include "learn/frozen_layers.h"

#include <stdlib.h>
#include <string.h>

#include "learn/tile.h"

enum { CHUNK = 2048 }; /* samples that go up through the layers together */

/* A set on its way up. */
struct ascent {
    const struct net *net;
    const struct samples *samples;
    struct tile *tile;
    uint32_t layer;  /* whose targets are kept */
    float *y;        /* [count][stride of that layer]: where they are kept */
    float *below[2]; /* [CHUNK][widest stride]: the targets of a layer below, by turns */
    bool (*go_on)(void *arg);
    void *arg;
};

static void ascent_release(struct ascent *a)
{
    tile_free(a->tile);
    free(a->below[0]);
    free(a->below[1]);
}

static bool ascent_allocate(struct ascent *a)
{
    size_t widest = 0;
    for (uint32_t l = 0; l < a->layer; l++)
        if (a->net->layer[l].stride > widest)
            widest = a->net->layer[l].stride;
    a->tile = tile_new(a->net);
    a->below[0] = net_vector(CHUNK * widest);
    a->below[1] = net_vector(CHUNK * widest);
    return a->tile != NULL && a->below[0] != NULL && a->below[1] != NULL;
}

/* Where the targets of layer l go for the samples from `first` on. */
static float *place_of(const struct ascent *a, uint32_t l, uint32_t first)
{
    return l == a->layer ? a->y + first * a->net->layer[l].stride : a->below[l % 2];
}

/* From the targets of layer l - 1 to those of layer l. */
static bool climb(const struct ascent *a, uint32_t l, uint32_t first, uint32_t count)
{
    const struct net *n = a->net;
    size_t stride = n->layer[l].stride;
    float *y = place_of(a, l, first);
    memset(y, 0, count * stride * sizeof *y);
    if (!tile_dense(n, l, place_of(a, l - 1, first), count, y, a->go_on, a->arg))
        return false;
    for (uint32_t i = 0; i < count; i++, y += stride) {
        net_finish_sum(n, l, a->samples, first + i, y);
        activation_apply(n->spec.activation, y, n->layer[l].targets);
    }
    return true;
}

static enum status ascend(const struct ascent *a, uint32_t first, uint32_t count)
{
    struct pairs *p = NULL;
    if (pairs_new(a->samples, first, count, a->net->kernels, &p) != STATUS_OK)
        return STATUS_NO_MEMORY;
    bool ok = tile_units(a->tile, a->samples, p, first, place_of(a, 0, first), a->go_on,
                         a->arg);
    for (uint32_t l = 1; l <= a->layer && ok; l++)
        ok = climb(a, l, first, count);
    pairs_free(p);
    return ok ? STATUS_OK : STATUS_STOPPED;
}

static enum status fill(struct ascent *a)
{
    enum status status = ascent_allocate(a) ? STATUS_OK : STATUS_NO_MEMORY;
    uint32_t samples = a->samples->count;
    for (uint32_t t = 0; t < samples && status == STATUS_OK; t += CHUNK)
        status = ascend(a, t, samples - t < CHUNK ? samples - t : CHUNK);
    ascent_release(a);
    return status;
}

enum status frozen_layers_init(struct frozen_layers *f, struct learner *r,
                               const struct samples *training, const struct samples *test,
                               size_t most_bytes, bool (*go_on)(void *arg), void *arg)
{
    const struct samples *set[FIXED_SETS] = {test, training};
    uint32_t plastic = learner_first_plastic(r);
    *f = (struct frozen_layers){.y = {NULL}};
    for (int i = 0; i < FIXED_SETS && plastic > 0; i++) {
        size_t floats = set[i]->count * r->net.layer[plastic - 1].stride;
        if (floats > most_bytes / sizeof(float) ||
            net_fixed_units(&r->net, set[i]) != NULL)
            continue;
        most_bytes -= floats * sizeof(float);
        f->y[i] = net_vector(floats);
        struct ascent a = {.net = &r->net,
                           .samples = set[i],
                           .layer = plastic - 1,
                           .y = f->y[i],
                           .go_on = go_on,
                           .arg = arg};
        enum status status = f->y[i] != NULL ? fill(&a) : STATUS_NO_MEMORY;
        if (status != STATUS_OK)
            return status;
        r->net.units[i] = (struct fixed_units){set[i], plastic - 1, f->y[i]};
    }
    return STATUS_OK;
}

void frozen_layers_release(struct frozen_layers *f)
{
    for (int i = 0; i < FIXED_SETS; i++)
        free(f->y[i]);
    *f = (struct frozen_layers){.y = {NULL}};
}
