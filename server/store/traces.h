/* The rows of traces: one per evaluation, as doubles in the order of the run's columns. */
#ifndef FRUGAL_STORE_TRACES_H
#define FRUGAL_STORE_TRACES_H

#include <stddef.h>

#include "learn/trace.h"
#include "store/store.h"

struct trace_entry {
    int64_t run, job, seq;
    struct trace_row row;
    double seconds; /* of computing, so far */
};

/* Part of a write. A row that is there already, from before a crash, must be the same bit
 * for bit: CONFLICT otherwise. The run's newest results follow the newest row. */
enum status store_trace_add(struct conn *c, const struct trace_entry *e);

/* Rows of a run with a seq above `after`, ascending; value [count] lives only as long as
 * the visit. */
enum status store_trace_list(struct conn *c, int64_t run, int64_t after,
                             bool (*visit)(void *arg, int64_t seq, const double *value,
                                           size_t count),
                             void *arg);

#endif
