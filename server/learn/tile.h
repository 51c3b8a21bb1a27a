/* Layers for many samples at a time, as evaluations need them. Private to the core. */
#ifndef FRUGAL_LEARN_TILE_H
#define FRUGAL_LEARN_TILE_H

#include "learn/net.h"
#include "learn/pairs.h"

struct tile;

/* Pairs of samples whose summed inputs to the layer behind the input layer fit into a
 * tile. */
uint32_t tile_pairs(const struct net *n);

/* Room for the passes over one network. NULL without memory. */
struct tile *tile_new(const struct net *n);
void tile_free(struct tile *t);

/* Adds to ret_sums [count][2][stride of layer 1] what the hidden units first_unit ..
 * end_unit - 1 of the first hidden layer contribute to the next layer for the pairs first
 * .. first + count - 1 of samples of `s`, in the order of the units; without the bias of
 * that layer. `go_on` is asked every few milliseconds; false when it said no. */
bool tile_pass(struct tile *t, const struct samples *s, const struct pairs *p,
               uint32_t first, uint32_t count, uint32_t first_unit, uint32_t end_unit,
               float *ret_sums, bool (*go_on)(void *arg), void *arg);

/* Activities of the first hidden layer for all pairs, in the same way: those of sample t
 * go to ret_y + (t - first) * stride of layer 0. */
bool tile_units(struct tile *t, const struct samples *s, const struct pairs *p,
                uint32_t first, float *ret_y, bool (*go_on)(void *arg), void *arg);

/* Adds to ret_sums [count][stride of layer l] what the units below layer l contribute,
 * from y [count][stride of layer l - 1]; l > 0. */
bool tile_dense(const struct net *n, uint32_t l, const float *y, uint32_t count,
                float *ret_sums, bool (*go_on)(void *arg), void *arg);

#endif
