#include "learn/checkpoint.h"

#include <string.h>

#include "learn/contest.h"
#include "learn/learner.h"

void checkpoint_bytes(struct checkpoint_walk *c, void *data, size_t size)
{
    if (c->way == CHECKPOINT_MEASURE) {
        c->size += size;
        return;
    }
    c->failed = c->failed || size > c->size;
    if (c->failed || size == 0)
        return;
    if (c->way == CHECKPOINT_WRITE)
        memcpy(c->at, data, size);
    else
        memcpy(data, c->at, size);
    c->at += size;
    c->size -= size;
}

void checkpoint_flag(struct checkpoint_walk *c, bool *flag)
{
    unsigned char byte = *flag;
    checkpoint_bytes(c, &byte, sizeof byte);
    c->failed = c->failed || byte > 1;
    *flag = byte == 1;
}

void checkpoint_rng(struct checkpoint_walk *c, struct rng *rng)
{
    checkpoint_bytes(c, rng, sizeof *rng);
    c->failed =
        c->failed || (rng->state[0] | rng->state[1] | rng->state[2] | rng->state[3]) == 0;
}

void checkpoint_indexes(struct checkpoint_walk *c, uint32_t *index, size_t count,
                        size_t end)
{
    checkpoint_bytes(c, index, count * sizeof *index);
    for (size_t i = 0; i < count && c->way == CHECKPOINT_READ && !c->failed; i++)
        c->failed = index[i] >= end;
}

/* Masks that are drawn once follow from the seed. */
static void walk_masks(struct checkpoint_walk *c, struct learner *r)
{
    if (r->spec.rule.mask == MASK_NONE || r->spec.rule.redraw != REDRAW_SAMPLE)
        return;
    checkpoint_rng(c, &r->masks.rng);
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        struct layer_masks *m = &r->masks.layer[l];
        size_t size = m->count > 0 ? m->size : 0;
        checkpoint_bytes(c, m->plastic, size * sizeof *m->plastic);
        checkpoint_indexes(c, m->order, size, size);
    }
}

static void walk_layer(struct checkpoint_walk *c, struct learner *r, uint32_t l)
{
    const struct layer *layer = &r->net.layer[l];
    size_t size = layer->rows * layer->stride * sizeof(float);
    checkpoint_bytes(c, &r->energy[l], sizeof r->energy[l]);
    if (r->path[l] == UPDATE_NONE)
        return;
    checkpoint_bytes(c, layer->w, size);
    if (r->transient[l] != NULL)
        checkpoint_bytes(c, r->transient[l], size);
    if (r->contest[l] != NULL)
        checkpoint_contest(c, r->contest[l]);
    if (r->changes[l] != NULL)
        checkpoint_changes(c, r->changes[l]);
}

void checkpoint_learner(struct checkpoint_walk *c, struct learner *r)
{
    size_t stride = r->net.layer[0].stride * sizeof(float);
    checkpoint_bytes(c, &r->steps, sizeof r->steps);
    checkpoint_flag(c, &r->diverged);
    checkpoint_bytes(c, r->net.offset, stride);
    checkpoint_bytes(c, r->net.column_sum, stride);
    walk_masks(c, r);
    for (uint32_t l = 0; l < r->spec.net.layers; l++)
        walk_layer(c, r, l);
}
