/* The weights of the input layer are taken in blocks of columns, copied side by side so that
 * a block stays in the second-level cache while all samples of a tile pass by; what a block of
 * hidden units contributes to the next layer is added up at once, so that no hidden activity
 * of the whole tile is ever stored. */
#include "learn/tile.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_COLUMNS = 32, /* what a step touches of a block nearly fits the L1 cache */
    GROUP = 4,          /* samples at a time on their way to the next layer */
    TILE_FLOATS = 1 << 20, /* of summed inputs to the layer behind the input layer */
};

struct tile {
    const struct net *net;
    float *block; /* [sources][BLOCK_COLUMNS] of the input layer */
};

uint32_t tile_samples(const struct net *n, const struct samples *s)
{
    size_t samples = TILE_FLOATS / n->layer[1].stride;
    samples = samples > 0 ? samples : 1;
    return samples < s->count ? (uint32_t)samples : s->count;
}

struct tile *tile_new(const struct net *n)
{
    struct tile *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->net = n;
    t->block = net_vector((size_t)n->layer[0].sources * BLOCK_COLUMNS);
    if (t->block != NULL)
        return t;
    free(t);
    return NULL;
}

void tile_free(struct tile *t)
{
    if (t == NULL)
        return;
    free(t->block);
    free(t);
}

static void pack_block(struct tile *w, size_t column, size_t columns)
{
    const struct layer *input = &w->net->layer[0];
    for (uint32_t i = 0; i < input->sources; i++)
        memcpy(w->block + (size_t)i * BLOCK_COLUMNS,
               input->w + i * input->stride + column, columns * sizeof(float));
}

/* Summed inputs of one block of hidden units for sample t; the same order of additions as in
 * net_forward. */
static void sum_block(const struct tile *w, const struct samples *s, uint32_t t,
                      size_t column, size_t columns, float *a)
{
    const struct net *n = w->net;
    const struct layer *input = &n->layer[0];
    uint64_t first = s->start[t];
    struct sparse x = {s->index + first, s->value + first, s->start[t + 1] - first,
                       s->background, s->sum_s[t] + s->background * (float)s->features};
    const float *bias =
        n->spec.bias ? input->w + input->sources * input->stride + column : NULL;
    n->kernels->sum_sparse(a, &x, w->block, BLOCK_COLUMNS, n->column_sum + column,
                           n->offset + column, bias, columns);
}

/* Activities of a block's units for a group of samples; units before `skip` stay silent. */
static void fill_group(const struct tile *w, const struct samples *s, uint32_t t,
                       uint32_t group, size_t column, size_t units, size_t skip,
                       float y[GROUP][BLOCK_COLUMNS])
{
    for (uint32_t g = 0; g < group; g++) {
        sum_block(w, s, t + g, column, units, y[g]);
        activation_apply(w->net->spec.activation, y[g], units);
        memset(y[g], 0, skip * sizeof y[g][0]);
    }
}

bool tile_pass(struct tile *w, const struct samples *s, uint32_t first, uint32_t count,
               uint32_t first_unit, uint32_t end_unit, float *ret_sums,
               bool (*go_on)(void *arg), void *arg)
{
    const struct net *n = w->net;
    const struct layer *next = &n->layer[1];
    size_t column = first_unit / LANES * LANES; /* blocks begin where vectors do */
    for (; column < end_unit; column += BLOCK_COLUMNS) {
        size_t units = end_unit - column, skip = 0;
        units = units < BLOCK_COLUMNS ? units : BLOCK_COLUMNS;
        if (column < first_unit)
            skip = first_unit - column;
        pack_block(w, column, (units + LANES - 1) / LANES * LANES);
        for (uint32_t t = 0; t < count; t += GROUP) {
            _Alignas(64) float y[GROUP][BLOCK_COLUMNS];
            uint32_t group = count - t < GROUP ? count - t : GROUP;
            fill_group(w, s, first + t, group, column, units, skip, y);
            n->kernels->accumulate_tile(ret_sums + t * next->stride, next->stride, y[0],
                                        BLOCK_COLUMNS, group,
                                        next->w + column * next->stride, next->stride,
                                        units, next->targets);
        }
        if (!go_on(arg))
            return false;
    }
    return true;
}
