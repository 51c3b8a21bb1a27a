/* The queue: which run comes next, and what is ahead of one that waits. Functions that
 * change something belong into the `apply` of a write. */
#ifndef FRUGAL_STORE_QUEUE_H
#define FRUGAL_STORE_QUEUE_H

#include "store/schedule.h"
#include "store/store.h"

/* What a worker needs to begin. Strings belong to the caller, who frees them. */
struct claim {
    int64_t run, job;
    int64_t attempt; /* number of it, from 1 */
    uint64_t seed;
    bool verifies; /* the run has ended; its trace is to be compared */
    bool reuse;    /* a finished run that is the same may stand in for it */
    char *params, *spec;
};

/* Takes the run whose turn it is and marks it running: a new attempt. NOT_FOUND: none is
 * queued, or the limits allow none. */
enum status store_run_claim(struct conn *c, const struct schedule_limits *limits,
                            int64_t now, struct claim *ret);

/* An owner's use of the workers grows by so many seconds of computing. */
enum status store_owner_used(struct conn *c, int64_t job, double seconds, int64_t now);

/* How many runs of the owner of a job wait, held ones included. */
enum status store_owner_waiting(struct conn *c, int64_t job, int64_t *ret_runs);

/* What a queued run waits for. */
struct queue_place {
    int64_t place;         /* in the queue, from 1 */
    int64_t ahead_own;     /* runs of the same owner that go before */
    int64_t ahead_others;  /* runs of other owners */
    int64_t owner_running; /* runs of its owner that are at work */
    int64_t job_running;   /* runs of its job that are at work */
    int64_t job_parallel;  /* of them at most so many; 0: any number */
    double mean_seconds;   /* that runs took lately; 0: not known */
};

/* NOT_FOUND: the run is not queued. */
enum status store_queue_place(struct conn *c, int64_t run, int64_t now,
                              struct queue_place *ret);

#endif
