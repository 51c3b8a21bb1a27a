/* The k largest of n scores. Exactly k are chosen; of equal scores the first ones. */
#ifndef FRUGAL_LEARN_SELECT_H
#define FRUGAL_LEARN_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "learn/kernels.h"

/* Where the line runs: scores beyond `score` are chosen, and the first `ties` of those
 * that equal it. */
struct cut {
    double score;
    size_t ties;
    bool smallest; /* beyond means below */
};

/* Reorders x [n]. All are chosen when k >= n. */
struct cut select_cut(double *x, size_t n, size_t k, bool smallest);

/* Whether the next score, in order, is chosen; counts the ties. */
static inline bool cut_takes(struct cut *c, double score)
{
    if (c->smallest ? score < c->score : score > c->score)
        return true;
    if (score != c->score || c->ties == 0)
        return false;
    c->ties--;
    return true;
}

/* Which of a vector of sizes are chosen. */
struct threshold {
    float size;    /* sizes beyond it are chosen, */
    size_t end;    /* and of those that equal it the ones before this entry */
    bool smallest; /* beyond means below */
};

/* size [n], n a multiple of LANES, at most `most`; entries of -1 do not take part. All
 * others are chosen when there are no more than k of them. */
struct threshold select_threshold(const struct kernels *kernels, const float *size,
                                  size_t n, float most, size_t k, bool smallest);

static inline bool threshold_takes(const struct threshold *c, float size, size_t entry)
{
    bool beyond = c->smallest ? size < c->size && size >= 0 : size > c->size;
    return beyond | (size == c->size && entry < c->end);
}

/* ret[i] = 1 where entry i is chosen, else 0. */
void threshold_mark(const struct threshold *c, const float *size, size_t n, uint8_t *ret);

#endif
