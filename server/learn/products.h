/* The k largest of all products a[i] * b[j], without forming them. Rows of equal size are one
 * group, since 8-bit pixels take few values; columns are ranked.
 *
 * A threshold is bracketed by bisection until few (group, column) pairs lie between, and those
 * are sorted: O((groups + columns) log) instead of groups * columns. Products of two floats
 * are exact in double, so equal products are told from unequal ones. */
#ifndef FRUGAL_LEARN_PRODUCTS_H
#define FRUGAL_LEARN_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

#include "learn/rank.h"

struct product_group {
    float size;         /* of its rows */
    uint32_t first;     /* of its rows in the ranking of rows */
    uint32_t rows;      /* in the ranking; */
    uint32_t members;   /* how many synapses each column has here, rows and unlisted ones */
    uint32_t above;     /* result: columns 0 .. above-1 win with all members */
    uint32_t equal;     /* result: columns above .. equal-1 hold the threshold itself */
    uint32_t low, high; /* bracket of `above` while searching */
    double sum;         /* the caller's own */
};

struct products {
    struct product_group *group; /* [groups], largest size first */
    size_t groups;
    const struct ranked *column; /* [columns], largest size first */
    size_t columns;
    double hint; /* the last threshold as a share of the largest product; 0: none */
};

/* Finds above and equal of each group. Returns how many of the synapses that equal the
 * threshold win too, if not all of them do; a threshold of 0 has no winners at it. */
uint64_t products_cut(struct products *p, uint64_t k);

#endif
