/* Random masks over target units or synapses: which may change. */
#ifndef FRUGAL_LEARN_MASKS_H
#define FRUGAL_LEARN_MASKS_H

#include "learn/rule.h"

/* The masks of one layer. */
struct layer_masks {
    uint32_t count;   /* how many there are; 0: the layer has none */
    size_t size;      /* entries of a mask: targets, or rows * targets */
    size_t keep;      /* plastic entries of each */
    uint8_t *plastic; /* [count][size]: 1 where plastic */
    uint32_t *order;  /* [size], REDRAW_SAMPLE only: a permutation, its first `keep` plastic */
};

struct masks {
    struct layer_masks layer[NET_LAYERS_MAX];
    struct rng rng; /* REDRAW_SAMPLE: where the next one comes from */
};

/* Draws all masks that the rule asks for. NO_MEMORY: nothing is left to release. */
enum status masks_init(struct masks *m, const struct rule *r, const struct net_spec *net,
                       uint64_t seed);
void masks_release(struct masks *m, uint32_t layers);

/* Draws the masks of the next sample, where each sample has its own. */
void masks_next(struct masks *m, const struct rule *r, uint32_t layers);

/* The mask of layer l for a sample of class `label` after `steps` others; NULL: none. */
const uint8_t *masks_of(const struct masks *m, const struct rule *r, uint32_t l,
                        uint32_t label, uint64_t steps);

/* One fixed mask in place of a drawn one, for tests. NO_MEMORY. */
enum status masks_set(struct masks *m, uint32_t l, const uint8_t *plastic, size_t size);

#endif
