/* The sample of a cell: one result for each of its seeds. Private to the floor. */
#ifndef FRUGAL_APP_SAMPLE_H
#define FRUGAL_APP_SAMPLE_H

#include "app/summary.h"

struct sample {
    struct result *result; /* [n], seeds ascending */
    size_t n, room;
};

/* Fills in the kinds of the results and the statistics of a cell; with a baseline, its
 * savings, too. NO_MEMORY. */
enum status sample_conclude(const struct sample *s, const struct sample *baseline,
                            struct cell_summary *cell);

#endif
