/* What the parts of kernels.c share: vectors of the instruction set that it is compiled for,
 * and sums whose shape does not depend on it. Only for kernels.c. */
#ifndef FRUGAL_LEARN_KERNELS_LANES_H
#define FRUGAL_LEARN_KERNELS_LANES_H

#include <math.h>
#include <stdbool.h>

#include "learn/kernels.h"

/* The widest vectors that stay in registers on this instruction set. */
#if defined(__AVX512F__)
enum { WIDTH = 16 };
#elif defined(__AVX2__)
enum { WIDTH = 8 };
#else
enum { WIDTH = 4 };
#endif

typedef float vec __attribute__((vector_size(WIDTH * sizeof(float))));

/* The same at any address. */
typedef float loose __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

/* Vectors of sums that a block of columns keeps in registers: where a function takes their
 * number, it is a constant at each place of call. */
enum { BLOCK = 8 };

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

#endif
