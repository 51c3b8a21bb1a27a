/* The traces of a job's cells as curves on common grids: mean and s.e.m. over the seeds
 * at each point.
 *
 * A grid does not depend on the runs: it has the powers of 10^(1/per_decade) on a
 * logarithmic axis, the multiples of `step` on a linear one, as far as any run of the
 * cell goes. Between two evaluations a curve is a straight line on that axis; before its
 * first and behind its last evaluation a run does not count. */
#ifndef FRUGAL_APP_CURVES_H
#define FRUGAL_APP_CURVES_H

#include "app/statistics.h"
#include "store/halt.h"
#include "store/jobs.h"
#include "store/traces.h"

struct axis {
    char x[TRACE_NAME_MAX]; /* a column of the trace that never falls */
    char y[TRACE_NAME_MAX];
    int64_t per_decade; /* 0: linear */
    double step;        /* linear: 0: that of the evaluations of a cell's first run */
};

struct curve {
    int64_t cell;
    char *params; /* JSON; owned */
    size_t runs;
    size_t points;
    double *x;             /* [points], owned */
    struct statistics *at; /* [points], owned; n counts the runs that reach there */
};

struct curves {
    size_t count;
    struct curve *curve; /* ascending by cell */
};

/* Exact over all runs. Any thread. NOT_FOUND: no such job or column; BAD_REQUEST: a curve
 * would have too many points; with a sentence. NO_MEMORY; STOPPED: it was to halt (NULL:
 * nobody will ask). */
enum status curves_of(struct conn *reader, int64_t job, const struct axis *axis,
                      const struct halt *halt, struct curves *ret, struct buf *why);
void curves_release(struct curves *c);

#endif
