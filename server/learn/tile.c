/* The weights of the input layer are taken in blocks of columns, copied side by side so that
 * a block stays in the second-level cache while all samples of a tile pass by; what a block of
 * hidden units contributes to the next layer is added up at once, so that no hidden activity
 * of the whole tile is ever stored. */
#include "learn/tile.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_COLUMNS = 64,
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

bool tile_pass(struct tile *w, const struct samples *s, uint32_t first, uint32_t count,
               uint32_t first_unit, uint32_t end_unit, float *ret_sums,
               bool (*go_on)(void *arg), void *arg)
{
    const struct net *n = w->net;
    const struct layer *next = &n->layer[1];
    for (size_t column = first_unit; column < end_unit; column += BLOCK_COLUMNS) {
        size_t units = end_unit - column;
        units = units < BLOCK_COLUMNS ? units : BLOCK_COLUMNS;
        size_t columns = (units + LANES - 1) / LANES * LANES;
        if (columns > n->layer[0].stride - column)
            columns = n->layer[0].stride - column;
        pack_block(w, column, columns);
        for (uint32_t t = 0; t < count; t++) {
            _Alignas(64) float y[BLOCK_COLUMNS];
            sum_block(w, s, first + t, column, columns, y);
            activation_apply(n->spec.activation, y, units);
            n->kernels->accumulate(ret_sums + t * next->stride,
                                   next->w + column * next->stride, next->stride, NULL, y,
                                   units, next->stride);
        }
        if (!go_on(arg))
            return false;
    }
    return true;
}
