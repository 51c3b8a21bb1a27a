/* The k largest of n scores. Exactly k are chosen; of equal scores the first ones. */
#ifndef FRUGAL_LEARN_SELECT_H
#define FRUGAL_LEARN_SELECT_H

#include <stdbool.h>
#include <stddef.h>

/* Where the line runs: scores beyond `score` are chosen, and the first `ties` of those that
 * equal it. */
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

#endif
