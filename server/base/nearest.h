/* The name that somebody who mistyped a word most likely meant. */
#ifndef FRUGAL_BASE_NEAREST_H
#define FRUGAL_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word; /* what was typed; borrowed */
    const char *best; /* borrowed from the candidates; NULL: nothing is near enough */
    size_t distance;
};

void nearest_init(struct nearest *n, const char *word);

/* Considers one more candidate. A candidate counts as near when at most a third of the
 * letters of the longer word differ (swapped neighbours count once). */
void nearest_consider(struct nearest *n, const char *candidate);

#endif
