/* The weights of the input layer are taken in blocks of columns, copied side by side so
 * that a block stays in the second-level cache while all samples of a tile pass by; what
 * a block of hidden units contributes to the next layer is added up at once, so that no
 * hidden activity of the whole tile is ever stored. */
#include "learn/tile.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_COLUMNS = 128,    /* at most: a block stays in the second-level cache */
    ASK_FEATURES = 1 << 20, /* that pass by before the caller is asked again */
    GROUP = 2,              /* pairs at a time on their way to the next layer */
    TILE_FLOATS = 1 << 20,  /* of summed inputs to the layer behind the input layer */
    DENSE_SAMPLES = 64,     /* that pass by a block of rows of a layer, */
    DENSE_FLOATS = 1 << 15, /* of so many weights, which stay in the second-level cache */
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

/* Activities of a block's units for a pair; the same order of additions as in
 * net_forward. Units to be skipped stay silent. */
static void fill_pair(const struct tile *w, const struct samples *s,
                      const struct pairs *p, uint32_t pair, const struct block *b,
                      float y[2][BLOCK_COLUMNS])
{
    const struct net *n = w->net;
    const struct layer *input = &n->layer[0];
    uint64_t first = p->start[pair];
    const uint32_t *sample = p->sample + 2 * (size_t)pair;
    struct sparse_pair x = {
        .row = p->index + first,
        .value = p->value + 2 * first,
        .n = p->start[pair + 1] - first,
        .background = s->background,
        .sum = {samples_sum(s, sample[0]), samples_sum(s, sample[1])}};
    const float *bias =
        n->spec.bias ? input->w + input->sources * input->stride + b->column : NULL;
    n->kernels->sum_pair(y[0], BLOCK_COLUMNS, &x, w->block, BLOCK_COLUMNS,
                         n->column_sum + b->column, n->offset + b->column, bias,
                         b->units);
    for (int i = 0; i < 2; i++) {
        activation_apply(n->spec.activation, y[i], b->units);
        memset(y[i], 0, b->skip * sizeof y[i][0]);
    }
}

/* Whether the caller wants to be asked after so many pairs. */
static bool is_time_to_ask(const struct tile *w, uint32_t pairs)
{
    uint32_t every = ASK_FEATURES / w->net->layer[0].sources + 1;
    return pairs % every == 0;
}

static bool pass_block(struct tile *w, const struct samples *s, const struct pairs *p,
                       uint32_t first, uint32_t count, const struct block *b, float *sums,
                       bool (*go_on)(void *arg), void *arg)
{
    const struct layer *next = &w->net->layer[1];
    pack_block(w, b);
    for (uint32_t t = 0; t < count; t += GROUP) {
        _Alignas(64) float y[GROUP][2][BLOCK_COLUMNS];
        uint32_t group = count - t < GROUP ? count - t : GROUP;
        for (uint32_t g = 0; g < group; g++)
            fill_pair(w, s, p, first + t + g, b, y[g]);
        w->net->kernels->accumulate_tile(
            sums + 2 * t * next->stride, next->stride, y[0][0], BLOCK_COLUMNS, 2 * group,
            next->w + b->column * next->stride, next->stride, b->units, next->targets);
        if (is_time_to_ask(w, t) && !go_on(arg))
            return false;
    }
    return true;
}

/* A walk over blocks of even size, which begin where vectors do. */
struct walk {
    size_t vectors, blocks; /* left */
    size_t column, skip, end;
};

static struct walk walk_units(size_t first_unit, size_t end_unit)
{
    size_t begin = first_unit / LANES * LANES;
    size_t vectors = (end_unit - begin + LANES - 1) / LANES;
    return (struct walk){.vectors = vectors,
                         .blocks = (vectors * LANES + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS,
                         .column = begin,
                         .skip = first_unit - begin,
                         .end = end_unit};
}

static bool next_block(struct walk *at, struct block *ret)
{
    if (at->blocks == 0)
        return false;
    size_t here = (at->vectors + at->blocks - 1) / at->blocks;
    size_t left = at->end - at->column;
    *ret =
        (struct block){at->column, left < here * LANES ? left : here * LANES, at->skip};
    at->column += ret->units;
    at->skip = 0;
    at->vectors -= here;
    at->blocks--;
    return true;
}

bool tile_pass(struct tile *w, const struct samples *s, const struct pairs *p,
               uint32_t first, uint32_t count, uint32_t first_unit, uint32_t end_unit,
               float *ret_sums, bool (*go_on)(void *arg), void *arg)
{
    struct walk at = walk_units(first_unit, end_unit);
    struct block b;
    while (next_block(&at, &b))
        if (!pass_block(w, s, p, first, count, &b, ret_sums, go_on, arg))
            return false;
    return true;
}

static bool keep_block(struct tile *w, const struct samples *s, const struct pairs *p,
                       uint32_t first, const struct block *b, float *ret_y,
                       bool (*go_on)(void *arg), void *arg)
{
    size_t stride = w->net->layer[0].stride;
    size_t columns = (b->units + LANES - 1) / LANES * LANES;
    pack_block(w, b);
    for (uint32_t pair = 0; pair < p->count; pair++) {
        _Alignas(64) float y[2][BLOCK_COLUMNS];
        fill_pair(w, s, p, pair, b, y);
        for (int i = 0; i < 2; i++) {
            size_t row = p->sample[2 * (size_t)pair + (size_t)i] - first;
            memcpy(ret_y + row * stride + b->column, y[i], columns * sizeof(float));
        }
        if (is_time_to_ask(w, pair) && !go_on(arg))
            return false;
    }
    return true;
}

bool tile_units(struct tile *w, const struct samples *s, const struct pairs *p,
                uint32_t first, float *ret_y, bool (*go_on)(void *arg), void *arg)
{
    struct walk at = walk_units(0, w->net->layer[0].targets);
    struct block b;
    while (next_block(&at, &b))
        if (!keep_block(w, s, p, first, &b, ret_y, go_on, arg))
            return false;
    return true;
}

bool tile_dense(const struct net *n, uint32_t l, const float *y, uint32_t count,
                float *ret_sums, bool (*go_on)(void *arg), void *arg)
{
    const struct layer *layer = &n->layer[l];
    size_t y_stride = n->layer[l - 1].stride;
    uint32_t most = (uint32_t)(DENSE_FLOATS / layer->stride);
    most = most > LANES ? most : LANES;
    for (uint32_t t = 0; t < count; t += DENSE_SAMPLES)
        for (uint32_t i = 0; i < layer->sources; i += most) {
            uint32_t samples = count - t < DENSE_SAMPLES ? count - t : DENSE_SAMPLES;
            uint32_t rows = layer->sources - i < most ? layer->sources - i : most;
            n->kernels->accumulate_tile(ret_sums + t * layer->stride, layer->stride,
                                        y + t * y_stride + i, y_stride, samples,
                                        layer->w + i * layer->stride, layer->stride, rows,
                                        layer->targets);
            if (!go_on(arg))
                return false;
        }
    return true;
}
