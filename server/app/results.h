/* What a run answers when it is asked for its energies: at its end, or where its trace
 * first reaches a goal. */
#ifndef FRUGAL_APP_RESULTS_H
#define FRUGAL_APP_RESULTS_H

#include "store/jobs.h"
#include "store/traces.h"

enum metric {
    METRIC_SAMPLES,
    METRIC_EPOCHS,
    METRIC_TEST_ACCURACY,
    METRIC_M0,
    METRIC_M1,
    METRIC_M0_DIRECT,
    METRIC_M1_DIRECT,
    METRIC_INEFFICIENCY_M0, /* M0 over its direct energy */
    METRIC_INEFFICIENCY_M1,
    METRIC_MAINTENANCE,
    METRIC_SECONDS, /* of computing */
    METRICS,
};

const char *metric_name(enum metric m);

/* Whether it only grows while a run learns: what it costs to get somewhere. */
bool metric_is_cost(enum metric m);

/* "test_accuracy>=0.95": a column of the trace and a bound. */
struct goal {
    char column[TRACE_NAME_MAX];
    bool at_most; /* <=, not >= */
    double bound;
};

/* "accuracy" is short for test_accuracy. False, with a sentence: it cannot be read. */
bool goal_read(const char *text, struct goal *ret, struct buf *why);

enum result_kind {
    RESULT_OPEN,    /* not known yet, or never: the run goes on, or was broken off */
    RESULT_MISSED,  /* the run ended by itself and never reached the goal */
    RESULT_REACHED, /* for good */
};

struct result {
    int64_t seed;
    enum result_kind kind;
    /* MISSED: at the end of the run. NaN where there is none, and for a run that
     * diverged: what it spent says nothing of what it needs. */
    double value[METRICS];
};

/* At the first evaluation that reaches the goal; nothing is interpolated. Without a goal:
 * at the end of a run that succeeded, all others are open. NOT_FOUND: the trace has no
 * such column. Any thread with a reader of its own. */
enum status result_of(struct conn *reader, const struct run *run, const struct goal *goal,
                      struct result *ret);

#endif
