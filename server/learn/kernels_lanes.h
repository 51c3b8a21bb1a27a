/* What the parts of kernels.c share: vectors of the instruction set that it is compiled
 * for, and sums whose shape does not depend on it. Only for kernels.c. */
#ifndef FRUGAL_LEARN_KERNELS_LANES_H
#define FRUGAL_LEARN_KERNELS_LANES_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

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

/* Vectors of sums that a block of columns keeps in registers: where a function takes
 * their number, it is a constant at each place of call. */
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

typedef int32_t vec_of_int __attribute__((vector_size(WIDTH * sizeof(int32_t))));

INLINE vec size_of(vec x)
{
    return (vec)((vec_of_int)x & 0x7fffffff);
}

/* x where `where` is -1, and 0 where it is 0. */
INLINE vec only(vec x, vec_of_int where)
{
    return (vec)((vec_of_int)x & where);
}

/* -1 in the columns j .. j + WIDTH - 1 whose bit is set; bits NULL: everywhere. */
INLINE vec_of_int where_set(const uint16_t *bits, size_t j)
{
    static const int32_t bit[LANES] = {
        1,      1 << 1, 1 << 2,  1 << 3,  1 << 4,  1 << 5,  1 << 6,  1 << 7,
        1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15};
    if (bits == NULL)
        return (vec_of_int){0} == 0;
    vec_of_int lanes;
    memcpy(&lanes, bit + j % LANES, sizeof lanes);
    return ((((vec_of_int){0} + bits[j / LANES]) & lanes) != 0);
}

/* A tally in LANES partial sums. */
struct lanes {
    union {
        vec part[PARTS];
        float lane[LANES];
    } sum;
    vec_of_int count;
};

/* Adds part p of a vector of LANES entries. */
INLINE void lanes_add(struct lanes *t, size_t p, vec x)
{
    t->sum.part[p] += size_of(x);
    t->count -= x != 0;
}

INLINE struct tally lanes_total(const struct lanes *t)
{
    struct tally total = {0, (double)lane_sum(t->sum.lane)};
    for (size_t lane = 0; lane < WIDTH; lane++)
        total.count += (uint64_t)t->count[lane];
    return total;
}

#endif
