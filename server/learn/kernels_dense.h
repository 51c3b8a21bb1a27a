/* The loops over every synapse of a row: distances and norms, and the dense updates. Part of
 * kernels.c. */
#ifndef FRUGAL_LEARN_KERNELS_DENSE_H
#define FRUGAL_LEARN_KERNELS_DENSE_H

#include "learn/kernels_lanes.h"

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

static void propose(float *restrict out, float x, const float *restrict d, float decay,
                    const float *restrict w, const uint8_t *restrict column,
                    const uint8_t *restrict mask, size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        float change = x * d[j] - decay * w[j];
        out[j] = column[j] ? change : 0;
    }
    for (size_t j = 0; j < columns && mask != NULL; j++)
        out[j] = mask[j] ? out[j] : 0;
}

static void add_transient(float *restrict w, float *restrict transient,
                          const float *restrict change, float decay, float kept,
                          float *restrict column_sum, size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        float total = change[j] - decay * transient[j];
        w[j] += total;
        column_sum[j] += total;
        transient[j] = transient[j] * kept + change[j];
    }
}

static struct tally consolidate(float *transient, float threshold, double *maintenance,
                                size_t columns)
{
    struct gather over = {.sum = {0}}, rest = {.sum = {0}};
    for (size_t j = 0; j < columns; j += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            float *t = &transient[j + (size_t)lane];
            bool is_over = fabsf(*t) > threshold;
            gather_add(&over, lane, is_over ? *t : 0);
            gather_add(&rest, lane, is_over ? 0 : *t);
            *t = is_over ? 0 : *t;
        }
    *maintenance += gather_total(&rest, (struct tally){0, 0}).sum;
    return gather_total(&over, (struct tally){0, 0});
}

#endif
