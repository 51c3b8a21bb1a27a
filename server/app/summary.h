/* A job cell by cell: everything but the seed makes a cell, the seeds are its sample. */
#ifndef FRUGAL_APP_SUMMARY_H
#define FRUGAL_APP_SUMMARY_H

#include "app/statistics.h"
#include "base/status.h"
#include "store/store.h"

/* Results of runs; over the runs of a cell that have succeeded. */
enum metric {
    METRIC_SAMPLES,
    METRIC_TEST_ACCURACY,
    METRIC_M0,
    METRIC_M1,
    METRIC_INEFFICIENCY_M0,
    METRIC_INEFFICIENCY_M1,
    METRIC_SECONDS,
    METRICS,
};

const char *metric_name(enum metric m);

struct cell_summary {
    int64_t cell;
    char *params;   /* JSON; owned */
    size_t runs;    /* of the cell */
    size_t finished; /* of these, in a terminal state */
    struct statistics metric[METRICS];
};

struct summary {
    size_t cells;
    struct cell_summary *cell; /* ascending */
};

/* Any thread. NOT_FOUND: no such job. NO_MEMORY. */
enum status summarise_job(struct conn *reader, int64_t job, struct summary *ret);
void summary_release(struct summary *s);

#endif
