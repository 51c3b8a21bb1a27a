/* The inner loops of the core. The same source is compiled for three instruction sets;
 * all give the same bits, because every sum runs in an order that the source fixes: over
 * columns side by side, or over LANES partial sums that a fixed tree adds up.
 *
 * Matrices are row major with `stride` floats per row, a multiple of LANES; rows start at
 * 64-byte boundaries, and what lies behind the last column is zero and stays zero.
 * Vectors over columns have `stride` entries. Sets of columns are bits, LANES to a word;
 * those behind the last column may be anything. Any thread. */
#ifndef FRUGAL_LEARN_KERNELS_H
#define FRUGAL_LEARN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { LANES = 16 };

/* Totals over synapses: how many, and the sum of magnitudes. */
struct tally {
    uint64_t count;
    double sum;
};

/* Of a row's transient part: entries beyond the threshold, and the magnitudes of the
 * rest. */
struct cache_tally {
    struct tally over;
    double rest;
};

/* A sparse input on a background. */
struct sparse {
    const uint32_t *row; /* [n] */
    const float *value;  /* [n] */
    size_t n;
    float background, sum; /* sum: of the whole input, background included */
};

/* Two of them, over the features of either. */
struct sparse_pair {
    const uint32_t *row; /* [n] */
    const float *value;  /* [n][2] */
    size_t n;
    float background, sum[2];
};

/* What is at least so large in one of several vectors, less what reaches another size. */
struct line {
    uint32_t of;
    float least, less;
};

struct kernels {
    const char *name; /* "kernels_v3": compiled for x86-64-v3 */

    /* out[j] += sum over k of x[k] * w[row[k]][j], k = 0 .. n-1 in this order;
     * row NULL: rows 0 .. n-1. */
    void (*accumulate)(float *out, const float *w, size_t stride, const uint32_t *row,
                       const float *x, size_t n, size_t columns);

    /* out[j] = ((sum over k of x.value[k] * w[x.row[k]][j]) + background * column_sum[j])
     * + sum * offset[j] + bias[j]; bias may be NULL. The last three at any address. */
    void (*sum_sparse)(float *out, const struct sparse *x, const float *w, size_t stride,
                       const float *column_sum, const float *offset, const float *bias,
                       size_t columns);

    /* sum_sparse for both samples, into out and out + out_stride: the same bits. */
    void (*sum_pair)(float *out, size_t out_stride, const struct sparse_pair *x,
                     const float *w, size_t stride, const float *column_sum,
                     const float *offset, const float *bias, size_t columns);

    /* Bits that both have. */
    uint32_t (*overlap)(const uint64_t *a, const uint64_t *b, size_t words);

    /* accumulate over rows 0 .. n-1 for `count` inputs y[t] and outputs out[t]. */
    void (*accumulate_tile)(float *out, size_t out_stride, const float *y,
                            size_t y_stride, size_t count, const float *w, size_t stride,
                            size_t n, size_t columns);

    /* w[row[k]][j] += x[k] * d[j]; row NULL as above. */
    void (*add_outer)(float *w, size_t stride, const uint32_t *row, const float *x,
                      size_t n, const float *d, size_t columns);

    /* w[j] += x * d[j] where size[j] >= least. */
    void (*add_above)(float *w, float x, const float *d, const float *size, float least,
                      size_t columns);

    /* For each line, and x = size[line.of][j]: n[j] += (x >= least) - (x >= less). */
    void (*count_above)(uint32_t *n, const float *size, size_t stride,
                        const struct line *line, size_t lines, size_t columns);

    /* out[i] = sum over j of w[i][j] * d[j], i = 0 .. n-1. */
    void (*back)(float *out, const float *w, size_t stride, size_t n, const float *d,
                 size_t columns);

    /* y[j] += a * x[j] */
    void (*add_scaled)(float *y, float a, const float *x, size_t columns);

    /* w[i][j] += offset[j], then sum[j] = sum over i of w[i][j], i = 0 .. n-1. */
    void (*fold)(float *w, size_t stride, size_t n, const float *offset, float *sum,
                 size_t columns);

    /* Entries that are not zero, and the sum of magnitudes. */
    struct tally (*magnitude)(const float *x, size_t columns);

    /* out[j] = |x[j]| where column has its bit, else -1; column NULL: everywhere |x[j]|.
     * Returns the largest. */
    float (*sizes)(float *out, const float *x, const uint16_t *column, size_t columns);

    /* Entries that are at least `least`. */
    size_t (*count_from)(const float *x, float least, size_t columns);

    /* Entries that are not zero, and the sum of magnitudes, of w[i][j] + offset[j] -
     * start[i][j]. */
    struct tally (*distance)(const float *w, const float *start, size_t stride, size_t n,
                             const float *offset, size_t columns);

    /* Bit j of `bits` is byte j, which is 0 or 1. */
    void (*pack)(uint16_t *bits, const uint8_t *bytes, size_t columns);

    /* out[j] = x * d[j] - decay * w[j] where column and mask have their bits, else 0;
     * NULL: all. */
    void (*propose)(float *out, float x, const float *d, float decay, const float *w,
                    const uint16_t *column, const uint16_t *mask, size_t columns);

    /* w[j] and column_sum[j] += change[j]. Returns the changes. */
    struct tally (*add_change)(float *w, float *column_sum, const float *change,
                               size_t columns);

    /* The transient part of a row loses decay = 1 - kept of itself and takes change[j];
     * w[j] and column_sum[j] follow it. */
    struct cache_tally (*add_transient)(float *w, float *transient, const float *change,
                                        float decay, float kept, float threshold,
                                        float *column_sum, size_t columns);

    /* Entries beyond the threshold become 0; out[j] is what they were, else 0. */
    struct tally (*consolidate)(float *transient, float threshold, float *out,
                                size_t columns);

    /* Sum of (x[j] + offset[j])^2; offset may be NULL. */
    double (*square)(const float *x, const float *offset, size_t columns);
};

/* The fastest variant that this processor can run, or the one that `name` names (for
 * tests; NULL: fastest). NULL when the processor cannot run that one. */
const struct kernels *kernels_for(const char *name);

#endif
