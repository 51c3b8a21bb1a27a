#include "learn/final.h"

#include <stdlib.h>
#include <string.h>

static bool is_split(const struct final *f)
{
    return f->frozen->net.spec.layers > 0;
}

static const struct net *whole_net(const struct final *f)
{
    return is_split(f) ? &f->frozen->net : &f->learner->net;
}

uint32_t final_layers(const struct final *f)
{
    return whole_net(f)->spec.layers;
}

const struct layer *final_layer(const struct final *f, uint32_t l)
{
    return &whole_net(f)->layer[l];
}

/* Finds the learner's row for a row of the whole network; false: it was left out. */
static bool learnt_row(const struct final *f, uint32_t l, size_t row, size_t *ret)
{
    const struct layer *learnt = &f->learner->net.layer[l];
    size_t sources = final_layer(f, l)->sources;
    *ret = row < sources ? row : learnt->sources + (row - sources); /* the bias */
    return row < learnt->sources || row >= sources;
}

static void copy_row(const struct net *n, uint32_t l, size_t row, float *ret)
{
    const struct layer *layer = &n->layer[l];
    const float *w = layer->w + row * layer->stride;
    for (uint32_t j = 0; j < layer->targets; j++)
        ret[j] = w[j] + (l == 0 && row < layer->sources ? n->offset[j] : 0);
}

void final_weights(const struct final *f, uint32_t l, size_t row, float *ret)
{
    size_t own;
    copy_row(whole_net(f), l, row, ret);
    if (is_split(f) && learnt_row(f, l, row, &own))
        copy_row(&f->learner->net, l, own, ret);
}

void final_changes(const struct final *f, uint32_t l, size_t row, uint32_t *ret)
{
    size_t own, targets = f->learner->net.layer[l].targets;
    memset(ret, 0, final_layer(f, l)->targets * sizeof *ret);
    if (learnt_row(f, l, row, &own))
        changes_get(f->learner->changes[l], own, targets, ret);
}

enum status final_tally(const struct final *f, uint32_t l, struct change_tally *ret)
{
    const struct layer *layer = final_layer(f, l);
    uint32_t *n = malloc(layer->targets * sizeof *n);
    if (n == NULL)
        return STATUS_NO_MEMORY;
    *ret = (struct change_tally){.sum = 0};
    for (size_t row = 0; row < layer->rows; row++) {
        final_changes(f, l, row, n);
        change_tally_add(ret, n, layer->targets);
    }
    free(n);
    return STATUS_OK;
}
