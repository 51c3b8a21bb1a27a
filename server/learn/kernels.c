/* Compiled once per instruction set, with KERNELS naming the table that this object
 * defines. Plain loops over vectors; no intrinsics, no fused multiply-adds. */
#include "learn/kernels.h"

#include <string.h>

#include "learn/kernels_dense.h"
#include "learn/kernels_sparse.h"

INLINE void accumulate_block(const size_t vectors, float *restrict out,
                             const float *restrict w, size_t stride, const uint32_t *row,
                             const float *x, size_t n)
{
    vec sum[BLOCK];
    for (size_t v = 0; v < vectors; v++)
        sum[v] = ((const vec *)out)[v];
    for (size_t k = 0; k < n; k++) {
        const vec *source = (const vec *)(w + (row != NULL ? row[k] : k) * stride);
        for (size_t v = 0; v < vectors; v++)
            sum[v] += x[k] * source[v];
    }
    for (size_t v = 0; v < vectors; v++)
        ((vec *)out)[v] = sum[v];
}

static void accumulate(float *out, const float *w, size_t stride, const uint32_t *row,
                       const float *x, size_t n, size_t columns)
{
    size_t left = (columns + WIDTH - 1) / WIDTH;
    size_t blocks = (left + BLOCK - 1) / BLOCK;
    while (left > 0) {
        size_t vectors = (left + blocks - 1) / blocks; /* blocks of even size */
        switch (vectors) {
#define CASE(size)                                                                       \
    case size:                                                                           \
        accumulate_block(size, out, w, stride, row, x, n);                               \
        break;
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
        }
        out += vectors * WIDTH;
        w += vectors * WIDTH;
        left -= vectors;
        blocks--;
    }
}

enum { AT_ONCE = 4 }; /* samples whose sums are in registers together */

INLINE void products_block(const size_t vectors, float *restrict out, size_t out_stride,
                           const float *restrict y, size_t y_stride,
                           const float *restrict w, size_t stride, size_t n)
{
    vec sum[AT_ONCE][2];
    for (size_t t = 0; t < AT_ONCE; t++)
        for (size_t v = 0; v < vectors; v++)
            sum[t][v] = ((const vec *)(out + t * out_stride))[v];
    for (size_t k = 0; k < n; k++)
        for (size_t t = 0; t < AT_ONCE; t++)
            for (size_t v = 0; v < vectors; v++)
                sum[t][v] += y[t * y_stride + k] * ((const vec *)(w + k * stride))[v];
    for (size_t t = 0; t < AT_ONCE; t++)
        for (size_t v = 0; v < vectors; v++)
            ((vec *)(out + t * out_stride))[v] = sum[t][v];
}

static void accumulate_tile(float *out, size_t out_stride, const float *y,
                            size_t y_stride, size_t count, const float *w, size_t stride,
                            size_t n, size_t columns)
{
    size_t all = (columns + WIDTH - 1) / WIDTH;
    for (; count >= AT_ONCE; count -= AT_ONCE) {
        for (size_t v = 0; v < all; v += 2)
            if (v + 1 < all)
                products_block(2, out + v * WIDTH, out_stride, y, y_stride, w + v * WIDTH,
                               stride, n);
            else
                products_block(1, out + v * WIDTH, out_stride, y, y_stride, w + v * WIDTH,
                               stride, n);
        out += AT_ONCE * out_stride;
        y += AT_ONCE * y_stride;
    }
    for (; count > 0; count--, out += out_stride, y += y_stride)
        accumulate(out, w, stride, NULL, y, n, columns);
}

static void add_outer(float *w, size_t stride, const uint32_t *row, const float *x,
                      size_t n, const float *d, size_t columns)
{
    size_t vectors = (columns + WIDTH - 1) / WIDTH;
    const vec *change = (const vec *)d;
    for (size_t k = 0; k < n; k++) {
        vec *target = (vec *)(w + (row != NULL ? row[k] : k) * stride);
        for (size_t v = 0; v < vectors; v++)
            target[v] += x[k] * change[v];
    }
}

static void add_above(float *w, float x, const float *d, const float *size, float least,
                      size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        float change = size[j] >= least ? d[j] : 0;
        w[j] += x * change;
    }
}

INLINE float dot(const float *a, const float *b, size_t columns)
{
    union {
        vec part[PARTS];
        float lane[LANES];
    } sum = {.lane = {0}};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t p = 0; p < PARTS; p++)
            sum.part[p] += ((const vec *)(a + j))[p] * ((const vec *)(b + j))[p];
    return lane_sum(sum.lane);
}

typedef float quad __attribute__((vector_size(16)));

/* The first two levels of lane_sum's tree. */
INLINE quad dot_quad(const float *a, const float *b, size_t columns)
{
    union {
        vec part[PARTS];
        quad q[LANES / 4];
    } sum;
    for (size_t p = 0; p < PARTS; p++)
        sum.part[p] = (vec){0};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t p = 0; p < PARTS; p++)
            sum.part[p] += ((const vec *)(a + j))[p] * ((const vec *)(b + j))[p];
    return (sum.q[0] + sum.q[2]) + (sum.q[1] + sum.q[3]);
}

/* The same tree as dot, four rows side by side. */
INLINE void dot_four(float *out, const float *w, size_t stride, const float *d,
                     size_t columns)
{
    quad a = dot_quad(w, d, columns), b = dot_quad(w + stride, d, columns);
    quad c = dot_quad(w + 2 * stride, d, columns),
         e = dot_quad(w + 3 * stride, d, columns);
    quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    quad ce_low = __builtin_shufflevector(c, e, 0, 4, 1, 5);
    quad ce_high = __builtin_shufflevector(c, e, 2, 6, 3, 7);
    quad ab = ab_low + ab_high; /* {a0 + a2, b0 + b2, a1 + a3, b1 + b3} */
    quad ce = ce_low + ce_high;
    *(quad *)out = __builtin_shufflevector(ab, ce, 0, 1, 4, 5) +
                   __builtin_shufflevector(ab, ce, 2, 3, 6, 7);
}

static void back(float *out, const float *w, size_t stride, size_t n, const float *d,
                 size_t columns)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        dot_four(out + i, w + i * stride, stride, d, columns);
    for (; i < n; i++)
        out[i] = dot(w + i * stride, d, columns);
}

static void add_scaled(float *y, float a, const float *x, size_t columns)
{
    for (size_t j = 0; j < columns; j++)
        y[j] += a * x[j];
}

static void fold(float *w, size_t stride, size_t n, const float *offset, float *sum,
                 size_t columns)
{
    memset(sum, 0, columns * sizeof *sum);
    for (size_t i = 0; i < n; i++) {
        float *row = w + i * stride;
        for (size_t j = 0; j < columns; j++) {
            row[j] += offset[j];
            sum[j] += row[j];
        }
    }
}

static struct tally magnitude(const float *x, size_t columns)
{
    struct lanes all = {.count = {0}};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t p = 0; p < PARTS; p++)
            lanes_add(&all, p, *(const vec *)(x + j + p * WIDTH));
    return lanes_total(&all);
}

enum { COUNT_BLOCK = 4 };

INLINE void count_block(const size_t vectors, uint32_t *n, const float *size,
                        size_t stride, const struct line *line, size_t lines)
{
    vec_of_int count[COUNT_BLOCK];
    for (size_t v = 0; v < vectors; v++)
        count[v] = ((const vec_of_int *)n)[v];
    for (size_t k = 0; k < lines; k++) {
        const vec *from = (const vec *)(size + line[k].of * stride);
        vec least = (vec){0} + line[k].least, less = (vec){0} + line[k].less;
        for (size_t v = 0; v < vectors; v++)
            count[v] -= (from[v] >= least) - (from[v] >= less);
    }
    for (size_t v = 0; v < vectors; v++)
        ((vec_of_int *)n)[v] = count[v];
}

static void count_above(uint32_t *n, const float *size, size_t stride,
                        const struct line *line, size_t lines, size_t columns)
{
    size_t j = 0;
    for (; j + COUNT_BLOCK * WIDTH <= columns; j += COUNT_BLOCK * WIDTH)
        count_block(COUNT_BLOCK, n + j, size + j, stride, line, lines);
    for (; j < columns; j += WIDTH)
        count_block(1, n + j, size + j, stride, line, lines);
}

INLINE float largest_lane(vec x)
{
    float most = 0;
    for (size_t lane = 0; lane < WIDTH; lane++)
        most = x[lane] > most ? x[lane] : most;
    return most;
}

/* The bits of floats that are not negative are ordered like the floats. */
static float sizes(float *out, const float *x, const uint16_t *column, size_t columns)
{
    const vec_of_int none = (vec_of_int)((vec){0} - 1);
    vec_of_int most = {0};
    for (size_t j = 0; j < columns; j += WIDTH) {
        vec_of_int size = (vec_of_int)size_of(*(const vec *)(x + j));
        vec_of_int plastic = where_set(column, j);
        vec_of_int larger = plastic & (size > most);
        most = (size & larger) | (most & ~larger);
        *(vec *)(out + j) = (vec)((size & plastic) | (none & ~plastic));
    }
    return largest_lane((vec)most);
}

static size_t count_from(const float *x, float least, size_t columns)
{
    vec_of_int count[PARTS];
    size_t total = 0;
    for (size_t p = 0; p < PARTS; p++)
        count[p] = (vec_of_int){0};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t p = 0; p < PARTS; p++)
            count[p] -= ((const vec *)(x + j))[p] >= least;
    for (size_t p = 0; p < PARTS; p++)
        for (size_t lane = 0; lane < WIDTH; lane++)
            total += (size_t)count[p][lane];
    return total;
}

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)

extern const struct kernels KERNELS;
const struct kernels KERNELS = {
    .name = TEXT(KERNELS),
    .accumulate = accumulate,
    .sum_sparse = sum_sparse,
    .sum_pair = sum_pair,
    .overlap = overlap,
    .accumulate_tile = accumulate_tile,
    .add_outer = add_outer,
    .add_above = add_above,
    .count_above = count_above,
    .back = back,
    .add_scaled = add_scaled,
    .fold = fold,
    .magnitude = magnitude,
    .sizes = sizes,
    .count_from = count_from,
    .distance = distance,
    .square = square,
    .pack = pack,
    .propose = propose,
    .add_change = add_change,
    .add_transient = add_transient,
    .consolidate = consolidate,
};
