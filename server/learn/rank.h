/* Indices in the order of their magnitudes. */
#ifndef FRUGAL_LEARN_RANK_H
#define FRUGAL_LEARN_RANK_H

#include <stddef.h>
#include <stdint.h>

struct ranked {
    float size;     /* a magnitude, not negative */
    uint32_t index;
};

/* Sorts by size, largest first; of equal sizes the one that came first stays first.
 * `room` has n entries too. */
void rank(struct ranked *x, struct ranked *room, size_t n);

#endif
