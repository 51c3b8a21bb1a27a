/* The k largest of all products a[i] * b[j], without forming them. One side comes in
 * groups of equal size, of which there are few, since 8-bit pixels take few values; both
 * sides are ranked, so that what reaches a threshold is a staircase, and counting it
 * takes a walk along its steps. Products of two floats are exact in double, so equal
 * products are told from unequal ones. Private to the core. */
#ifndef FRUGAL_LEARN_PRODUCTS_H
#define FRUGAL_LEARN_PRODUCTS_H

#include "learn/rank.h"

struct product_group {
    float size;         /* of its members, not 0 */
    uint32_t first;     /* of its listed members, where the caller lists them; */
    uint32_t listed;    /* how many are listed */
    uint32_t members;   /* listed or not: so many synapses pair with each item */
    double sum;         /* the caller's own */
    uint32_t above;     /* result: items 0 .. above-1 win with all members */
    uint32_t equal;     /* result: items above .. equal-1 hold the threshold itself */
    uint32_t low, high; /* while searching: at least and at most so many items win */
};

struct products {
    struct product_group *group; /* [groups], largest size first */
    size_t groups;
    const struct ranking *other; /* sizes not 0 */
    double expected;  /* about where the threshold lies; saves time, not more */
    double threshold; /* result: all products above it win; 0: all do */
};

/* Finds above and equal of each group, and the threshold. Returns how many of the
 * synapses that equal it win too, if not all of them do. */
uint64_t products_cut(struct products *p, uint64_t k);

#endif
