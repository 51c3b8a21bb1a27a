/* The summed inputs of the first layer, from sparse samples. Part of kernels.c. */
#ifndef FRUGAL_LEARN_KERNELS_SPARSE_H
#define FRUGAL_LEARN_KERNELS_SPARSE_H

#include "learn/kernels_lanes.h"

/* Vectors of sums that each sample of a pair keeps in registers, as far as there are any. */
enum { PAIR_BLOCK = WIDTH == 16 ? BLOCK : BLOCK / 2 };

/* What is the same for every entry of a sample comes last. */
INLINE void finish_block(const size_t vectors, float *restrict out, vec *sum,
                         float background, float total, const float *column_sum,
                         const float *offset, const float *bias)
{
    for (size_t v = 0; v < vectors; v++) {
        sum[v] += background * ((const loose *)column_sum)[v];
        sum[v] += total * ((const loose *)offset)[v];
        if (bias != NULL)
            sum[v] += ((const loose *)bias)[v];
        ((vec *)out)[v] = sum[v];
    }
}

INLINE void sum_block(const size_t vectors, float *restrict out, const struct sparse *x,
                      const float *restrict w, size_t stride, const float *column_sum,
                      const float *offset, const float *bias)
{
    vec sum[BLOCK] = {{0}};
    for (size_t k = 0; k < x->n; k++) {
        const vec *source = (const vec *)(w + x->row[k] * stride);
        for (size_t v = 0; v < vectors; v++)
            sum[v] += x->value[k] * source[v];
    }
    finish_block(vectors, out, sum, x->background, x->sum, column_sum, offset, bias);
}

static void sum_sparse(float *out, const struct sparse *x, const float *w, size_t stride,
                       const float *column_sum, const float *offset, const float *bias,
                       size_t columns)
{
    size_t left = (columns + WIDTH - 1) / WIDTH;
    size_t blocks = (left + BLOCK - 1) / BLOCK;
    while (left > 0) {
        size_t vectors = (left + blocks - 1) / blocks;
        switch (vectors) {
#define CASE(size)                                                                       \
    case size:                                                                           \
        sum_block(size, out, x, w, stride, column_sum, offset, bias);                    \
        break;
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
        }
        out += vectors * WIDTH;
        w += vectors * WIDTH;
        column_sum += vectors * WIDTH;
        offset += vectors * WIDTH;
        bias = bias != NULL ? bias + vectors * WIDTH : NULL;
        left -= vectors;
        blocks--;
    }
}

INLINE void pair_block(const size_t vectors, float *restrict out, size_t out_stride,
                       const struct sparse_pair *x, const float *restrict w,
                       size_t stride, const float *column_sum, const float *offset,
                       const float *bias)
{
    vec first[BLOCK] = {{0}}, second[BLOCK] = {{0}};
    for (size_t k = 0; k < x->n; k++) {
        const vec *source = (const vec *)(w + x->row[k] * stride);
        float a = x->value[2 * k], b = x->value[2 * k + 1];
        for (size_t v = 0; v < vectors; v++) {
            vec here = source[v];
            __asm__("" : "+x"(here)); /* loaded once, not once for each product */
            first[v] += a * here;
            second[v] += b * here;
        }
    }
    finish_block(vectors, out, first, x->background, x->sum[0], column_sum, offset, bias);
    finish_block(vectors, out + out_stride, second, x->background, x->sum[1], column_sum,
                 offset, bias);
}

static void sum_pair(float *out, size_t out_stride, const struct sparse_pair *x,
                     const float *w, size_t stride, const float *column_sum,
                     const float *offset, const float *bias, size_t columns)
{
    size_t left = (columns + WIDTH - 1) / WIDTH;
    while (left > 0) {
        size_t vectors = left < PAIR_BLOCK ? left : PAIR_BLOCK;
        switch (vectors) {
#define CASE(size)                                                                       \
    case size:                                                                           \
        pair_block(size, out, out_stride, x, w, stride, column_sum, offset, bias);       \
        break;
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
        }
        out += vectors * WIDTH;
        w += vectors * WIDTH;
        column_sum += vectors * WIDTH;
        offset += vectors * WIDTH;
        bias = bias != NULL ? bias + vectors * WIDTH : NULL;
        left -= vectors;
    }
}

static uint32_t overlap(const uint64_t *a, const uint64_t *b, size_t words)
{
    uint32_t both = 0;
    for (size_t i = 0; i < words; i++)
        both += (uint32_t)__builtin_popcountll(a[i] & b[i]);
    return both;
}

#endif
