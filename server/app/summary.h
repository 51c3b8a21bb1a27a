/* Runs cell by cell: everything but the seed makes a cell, the seeds are its sample. */
#ifndef FRUGAL_APP_SUMMARY_H
#define FRUGAL_APP_SUMMARY_H

#include "app/listing.h"
#include "app/results.h"
#include "app/statistics.h"
#include "store/halt.h"

struct question {
    int64_t job;             /* all its runs; 0: those of a listing, */
    struct listing *runs;    /* which is gone through to its end */
    const struct goal *goal; /* NULL: results at the end */
    int64_t baseline_job;    /* 0: no baseline */
    int64_t baseline_cell;
    const struct halt *halt; /* NULL: nobody will ask */
};

enum { OUTCOMES_MAX = 16 };

struct outcome_count {
    char name[24];
    size_t runs;
};

struct cell_summary {
    int64_t job, cell; /* the first that it is of */
    char *params;    /* JSON: what the sweep sets, or what tells it from others; owned */
    size_t runs;     /* of the cell */
    size_t repeated; /* of these, with a seed that is there already: they count once */
    size_t finished; /* of these, in a terminal state */
    struct outcome_count outcome[OUTCOMES_MAX]; /* of the finished ones; ends with "" */
    size_t reached, missed, open;               /* runs by the kind of their result */
    struct statistics metric[METRICS];          /* over those that are not open */
    /* Result of the baseline over that of the cell, paired by seed; of costs only. */
    struct statistics saving[METRICS];
    size_t unpaired; /* runs not open that have no partner in the baseline */
};

struct summary {
    size_t cells;
    struct cell_summary *cell; /* ascending */
};

/* Exact over all runs. Takes as long as reading the traces does where there is a goal.
 * Any thread. NOT_FOUND, BAD_REQUEST, with a sentence; NO_MEMORY; STOPPED: it was to
 * halt. */
enum status summarise(struct conn *reader, const struct question *q, struct summary *ret,
                      struct buf *why);
void summary_release(struct summary *s);

#endif
