/* In: a rule and a generator. Out: masks with exactly the share of plastic entries that
 * the rule asks for. */
#include "learn/masks.h"

#include <stdlib.h>
#include <string.h>

static uint32_t masks_needed(const struct rule *r, const struct net_spec *net)
{
    switch (r->redraw) {
    case REDRAW_CLASS:
        return net->units[net->layers];
    case REDRAW_CYCLE:
        return r->cycle;
    case REDRAW_NEVER:
    case REDRAW_SAMPLE:
        break;
    }
    return 1;
}

/* Moves `keep` entries drawn at random to the front of the permutation. */
static void draw(const struct layer_masks *m, uint32_t *order, struct rng *rng)
{
    for (size_t i = 0; i < m->keep; i++) {
        size_t j = i + (size_t)rng_below(rng, m->size - i);
        uint32_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

static void mark(const struct layer_masks *m, const uint32_t *order, uint8_t *plastic,
                 uint8_t value)
{
    for (size_t i = 0; i < m->keep; i++)
        plastic[order[i]] = value;
}

static bool draw_layer(struct layer_masks *m, const struct rule *r, struct rng *rng)
{
    uint32_t *order = malloc(m->size * sizeof *order);
    m->plastic = calloc(m->count * m->size + LANES, 1); /* kernels read whole vectors */
    if (order == NULL || m->plastic == NULL) {
        free(order);
        return false;
    }
    for (size_t i = 0; i < m->size; i++)
        order[i] = (uint32_t)i;
    for (uint32_t i = 0; i < m->count; i++) {
        draw(m, order, rng);
        mark(m, order, m->plastic + i * m->size, 1);
    }
    if (r->redraw == REDRAW_SAMPLE)
        m->order = order;
    else
        free(order);
    return true;
}

enum status masks_init(struct masks *m, const struct rule *r, const struct net_spec *net,
                       uint64_t seed)
{
    *m = (struct masks){.layer = {{.count = 0}}};
    rng_init(&m->rng, seed, RNG_MASKS, 0);
    if (r->mask == MASK_NONE)
        return STATUS_OK;
    for (uint32_t l = 0; l < net->layers; l++) {
        size_t targets = net->units[l + 1], rows = (size_t)net->units[l] + net->bias;
        struct layer_masks *layer = &m->layer[l];
        if (r->mask_fraction[l] >= 1)
            continue;
        layer->count = masks_needed(r, net);
        layer->size = r->mask == MASK_UNITS ? targets : rows * targets;
        layer->keep = rule_count(r->mask_fraction[l], layer->size);
        if (!draw_layer(layer, r, &m->rng)) {
            masks_release(m, net->layers);
            return STATUS_NO_MEMORY;
        }
    }
    return STATUS_OK;
}

void masks_release(struct masks *m, uint32_t layers)
{
    for (uint32_t l = 0; l < layers; l++) {
        free(m->layer[l].plastic);
        free(m->layer[l].order);
        m->layer[l] = (struct layer_masks){.count = 0};
    }
}

void masks_next(struct masks *m, const struct rule *r, uint32_t layers)
{
    if (r->mask == MASK_NONE || r->redraw != REDRAW_SAMPLE)
        return;
    for (uint32_t l = 0; l < layers; l++) {
        struct layer_masks *layer = &m->layer[l];
        if (layer->count == 0)
            continue;
        mark(layer, layer->order, layer->plastic, 0);
        draw(layer, layer->order, &m->rng);
        mark(layer, layer->order, layer->plastic, 1);
    }
}

const uint8_t *masks_of(const struct masks *m, const struct rule *r, uint32_t l,
                        uint32_t label, uint64_t steps)
{
    const struct layer_masks *layer = &m->layer[l];
    if (layer->count == 0)
        return NULL;
    uint64_t which = 0;
    if (r->redraw == REDRAW_CLASS)
        which = label;
    if (r->redraw == REDRAW_CYCLE)
        which = steps % r->cycle;
    return layer->plastic + which * layer->size;
}

enum status masks_set(struct masks *m, uint32_t l, const uint8_t *plastic, size_t size)
{
    uint8_t *copy = calloc(size + LANES, 1);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    memcpy(copy, plastic, size);
    free(m->layer[l].plastic);
    m->layer[l] = (struct layer_masks){.count = 1, .size = size, .plastic = copy};
    return STATUS_OK;
}
