/* Compiled once per instruction set, with KERNELS naming the table that this object
 * defines. Plain loops over vectors; no intrinsics, no fused multiply-adds. */
#include "learn/kernels.h"

#include <math.h>
#include <string.h>

/* The widest vectors that stay in registers on this instruction set. */
#if defined(__AVX512F__)
enum { WIDTH = 16 };
#elif defined(__AVX2__)
enum { WIDTH = 8 };
#else
enum { WIDTH = 4 };
#endif

typedef float vec __attribute__((vector_size(WIDTH * sizeof(float))));

enum { BLOCK = 8 }; /* vectors of sums that a block of columns keeps in registers */

#define INLINE static inline __attribute__((always_inline))

/* `vectors` is a constant at each place of call, so that sum[] becomes registers. */
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

/* LANES partial sums, added up by halves: the same tree whatever WIDTH is. */
INLINE float lane_sum(const float lane[LANES])
{
    float half[LANES / 2];
    for (int i = 0; i < 8; i++)
        half[i] = lane[i] + lane[i + 8];
    for (int i = 0; i < 4; i++)
        half[i] += half[i + 4];
    return (half[0] + half[2]) + (half[1] + half[3]);
}

enum { PARTS = LANES / WIDTH };

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

static void back(float *out, const float *w, size_t stride, size_t n, const float *d,
                 size_t columns)
{
    for (size_t i = 0; i < n; i++)
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

/* Magnitudes gathered in LANES partial sums per row, rows in double. */
struct gather {
    float sum[LANES];
    uint32_t count[LANES];
};

INLINE void gather_add(struct gather *g, int lane, float x)
{
    g->sum[lane] += fabsf(x);
    g->count[lane] += x != 0;
}

INLINE struct tally gather_total(const struct gather *g, struct tally before)
{
    uint64_t count = 0;
    for (int lane = 0; lane < LANES; lane++)
        count += g->count[lane];
    return (struct tally){before.count + count, before.sum + (double)lane_sum(g->sum)};
}

static struct tally magnitude(const float *x, size_t columns)
{
    struct gather g = {.sum = {0}};
    for (size_t j = 0; j < columns; j += LANES)
        for (int lane = 0; lane < LANES; lane++)
            gather_add(&g, lane, x[j + (size_t)lane]);
    return gather_total(&g, (struct tally){0, 0});
}

static struct tally distance(const float *w, const float *start, size_t stride, size_t n,
                             const float *offset, size_t columns)
{
    struct tally total = {0, 0};
    for (size_t i = 0; i < n; i++, w += stride, start += stride) {
        struct gather g = {.sum = {0}};
        for (size_t j = 0; j < columns; j += LANES)
            for (int lane = 0; lane < LANES; lane++) {
                size_t at = j + (size_t)lane;
                gather_add(&g, lane, (w[at] + offset[at]) - start[at]);
            }
        total = gather_total(&g, total);
    }
    return total;
}

static double square(const float *x, const float *offset, size_t columns)
{
    float sum[LANES] = {0};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            float w = x[j + lane] + (offset != NULL ? offset[j + lane] : 0);
            sum[lane] += w * w;
        }
    return (double)lane_sum(sum);
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

extern const struct kernels KERNELS;
const struct kernels KERNELS = {
    .name = TEXT(KERNELS),
    .accumulate = accumulate,
    .add_outer = add_outer,
    .add_above = add_above,
    .back = back,
    .add_scaled = add_scaled,
    .fold = fold,
    .magnitude = magnitude,
    .distance = distance,
    .square = square,
};
