/* The weights of the input layer are taken in blocks of columns, copied side by side so that
 * a block stays in the second-level cache while all samples of a tile pass by; what a block of
 * hidden units contributes to the next layer is added up at once, so that no hidden activity
 * of the whole tile is ever stored. */
#include "learn/tile.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_COLUMNS = 64, /* at most: what a pair touches of a block fits the caches */
    GROUP = 2,          /* pairs at a time on their way to the next layer */
    TILE_FLOATS = 1 << 20, /* of summed inputs to the layer behind the input layer */
};

struct tile {
    const struct net *net;
    float *block; /* [sources][BLOCK_COLUMNS] of the input layer */
};

/* Columns of the input layer: units from `skip` on. */
struct block {
    size_t column, units, skip;
};

uint32_t tile_pairs(const struct net *n)
{
    size_t pairs = TILE_FLOATS / n->layer[1].stride / 2;
    return pairs > 0 ? (uint32_t)pairs : 1;
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

static void pack_block(struct tile *w, const struct block *b)
{
    const struct layer *input = &w->net->layer[0];
    size_t columns = (b->units + LANES - 1) / LANES * LANES;
    for (uint32_t i = 0; i < input->sources; i++)
        memcpy(w->block + (size_t)i * BLOCK_COLUMNS,
               input->w + i * input->stride + b->column, columns * sizeof(float));
}

static float sum_of(const struct samples *s, uint32_t t)
{
    return s->sum_s[t] + s->background * (float)s->features;
}

/* Activities of a block's units for a pair; the same order of additions as in net_forward.
 * Units to be skipped stay silent. */
static void fill_pair(const struct tile *w, const struct samples *s, const struct pairs *p,
                      uint32_t pair, const struct block *b, float y[2][BLOCK_COLUMNS])
{
    const struct net *n = w->net;
    const struct layer *input = &n->layer[0];
    uint64_t first = p->start[pair];
    const uint32_t *sample = p->sample + 2 * (size_t)pair;
    struct sparse_pair x = {.row = p->index + first,
                            .value = p->value + 2 * first,
                            .n = p->start[pair + 1] - first,
                            .background = s->background,
                            .sum = {sum_of(s, sample[0]), sum_of(s, sample[1])}};
    const float *bias =
        n->spec.bias ? input->w + input->sources * input->stride + b->column : NULL;
    n->kernels->sum_pair(y[0], BLOCK_COLUMNS, &x, w->block, BLOCK_COLUMNS,
                         n->column_sum + b->column, n->offset + b->column, bias, b->units);
    for (int i = 0; i < 2; i++) {
        activation_apply(n->spec.activation, y[i], b->units);
        memset(y[i], 0, b->skip * sizeof y[i][0]);
    }
}

static void pass_block(struct tile *w, const struct samples *s, const struct pairs *p,
                       uint32_t first, uint32_t count, const struct block *b, float *sums)
{
    const struct layer *next = &w->net->layer[1];
    pack_block(w, b);
    for (uint32_t t = 0; t < count; t += GROUP) {
        _Alignas(64) float y[GROUP][2][BLOCK_COLUMNS];
        uint32_t group = count - t < GROUP ? count - t : GROUP;
        for (uint32_t g = 0; g < group; g++)
            fill_pair(w, s, p, first + t + g, b, y[g]);
        w->net->kernels->accumulate_tile(sums + 2 * t * next->stride, next->stride, y[0][0],
                                         BLOCK_COLUMNS, 2 * group,
                                         next->w + b->column * next->stride, next->stride,
                                         b->units, next->targets);
    }
}

bool tile_pass(struct tile *w, const struct samples *s, const struct pairs *p,
               uint32_t first, uint32_t count, uint32_t first_unit, uint32_t end_unit,
               float *ret_sums, bool (*go_on)(void *arg), void *arg)
{
    size_t begin = first_unit / LANES * LANES; /* blocks begin where vectors do */
    size_t vectors = (end_unit - begin + LANES - 1) / LANES;
    size_t blocks = (vectors * LANES + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
    struct block b = {.column = begin, .skip = first_unit - begin};
    for (; blocks > 0; blocks--) { /* of even size */
        size_t here = (vectors + blocks - 1) / blocks;
        vectors -= here;
        b.units = end_unit - b.column < here * LANES ? end_unit - b.column : here * LANES;
        pass_block(w, s, p, first, count, &b, ret_sums);
        b.column += b.units;
        b.skip = 0;
        if (!go_on(arg))
            return false;
    }
    return true;
}
