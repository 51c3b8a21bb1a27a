/* Magnitudes ranked, the largest first. Private to the core. */
#ifndef FRUGAL_LEARN_RANK_H
#define FRUGAL_LEARN_RANK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct ranked {
    float size; /* a magnitude, not negative */
    uint32_t index;
};

struct ranking {
    struct ranked *item; /* [n], largest first */
    uint32_t n;
    struct ranked *list; /* where the items are listed before they are sorted */
    uint32_t *count;     /* scratch */
};

/* Room for `most` items. NO_MEMORY: nothing is left to release. */
enum status ranking_init(struct ranking *r, size_t most);
void ranking_release(struct ranking *r);

/* Ranks the first n items of the list; of equal sizes the one listed first stays first.
 * The list is used up. */
void ranking_sort(struct ranking *r, uint32_t n);

#endif
