/* The loops over every synapse of a row: distances and norms, and the dense updates. Part
 * of kernels.c. */
#ifndef FRUGAL_LEARN_KERNELS_DENSE_H
#define FRUGAL_LEARN_KERNELS_DENSE_H

#include "learn/kernels_lanes.h"

static struct tally distance(const float *w, const float *start, size_t stride, size_t n,
                             const float *offset, size_t columns)
{
    struct tally total = {0, 0};
    for (size_t i = 0; i < n; i++, w += stride, start += stride) {
        struct lanes row = {.count = {0}};
        for (size_t j = 0; j < columns; j += LANES)
            for (size_t p = 0; p < PARTS; p++) {
                size_t at = j + p * WIDTH;
                vec now = *(const vec *)(w + at) + *(const vec *)(offset + at);
                lanes_add(&row, p, now - *(const vec *)(start + at));
            }
        struct tally t = lanes_total(&row);
        total.count += t.count;
        total.sum += t.sum;
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

/* Eight bytes at a time, 0 or 1 each: the product brings their bits together. */
static void pack(uint16_t *bits, const uint8_t *bytes, size_t columns)
{
    for (size_t j = 0; j < columns; j += LANES) {
        uint64_t half[2];
        memcpy(half, bytes + j, sizeof half);
        bits[j / LANES] = (uint16_t)((half[0] * 0x0102040810204080u >> 56) |
                                     (half[1] * 0x0102040810204080u >> 56) << 8);
    }
}

static void propose(float *restrict out, float x, const float *restrict d, float decay,
                    const float *restrict w, const uint16_t *restrict column,
                    const uint16_t *restrict mask, size_t columns)
{
    for (size_t j = 0; j < columns; j += WIDTH) {
        vec change = x * *(const vec *)(d + j);
        vec_of_int where = where_set(column, j) & where_set(mask, j);
        if (decay != 0)
            change -= decay * *(const vec *)(w + j);
        *(vec *)(out + j) = only(change, where);
    }
}

static struct tally add_change(float *restrict w, float *restrict column_sum,
                               const float *restrict change, size_t columns)
{
    struct lanes all = {.count = {0}};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t p = 0; p < PARTS; p++) {
            size_t at = j + p * WIDTH;
            vec dw = *(const vec *)(change + at);
            *(vec *)(w + at) += dw;
            *(vec *)(column_sum + at) += dw;
            lanes_add(&all, p, dw);
        }
    return lanes_total(&all);
}

static struct cache_tally add_transient(float *restrict w, float *restrict transient,
                                        const float *restrict change, float decay,
                                        float kept, float threshold,
                                        float *restrict column_sum, size_t columns)
{
    struct lanes over = {.count = {0}}, rest = {.count = {0}};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t p = 0; p < PARTS; p++) {
            size_t at = j + p * WIDTH;
            vec before = *(vec *)(transient + at), dw = *(const vec *)(change + at);
            vec after = before * kept + dw, total = dw - decay * before;
            vec_of_int is_over = size_of(after) > threshold;
            *(vec *)(w + at) += total;
            *(vec *)(column_sum + at) += total;
            *(vec *)(transient + at) = after;
            lanes_add(&over, p, only(after, is_over));
            lanes_add(&rest, p, only(after, ~is_over));
        }
    return (struct cache_tally){lanes_total(&over), lanes_total(&rest).sum};
}

static struct tally consolidate(float *restrict transient, float threshold,
                                float *restrict out, size_t columns)
{
    struct lanes over = {.count = {0}};
    for (size_t j = 0; j < columns; j += LANES)
        for (size_t p = 0; p < PARTS; p++) {
            size_t at = j + p * WIDTH;
            vec now = *(vec *)(transient + at);
            vec_of_int is_over = size_of(now) > threshold;
            *(vec *)(out + at) = only(now, is_over);
            *(vec *)(transient + at) = only(now, ~is_over);
            lanes_add(&over, p, only(now, is_over));
        }
    return lanes_total(&over);
}

#endif
