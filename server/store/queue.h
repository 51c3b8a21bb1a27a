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
    char
        *data_sha256; /* of the files that earlier attempts were computed from; or NULL */
    int64_t last;     /* its newest row; -1: none */
    int64_t too_large; /* attempts in a row, up to now, that lacked memory */
    bool begun;        /* if there were two: it had got anywhere before */
};

/* Takes the run or the verification whose turn it is and marks it running; of a run, that
 * is a new attempt. NOT_FOUND: nothing waits, or the limits allow none. CONFLICT: nothing
 * may begin now, because of runs under suspicion (store/doubt.h); that passes by itself.
 */
enum status store_claim(struct conn *c, const struct schedule_limits *limits, int64_t now,
                        struct claim *ret);

/* The same of a run that is at work. */
enum status store_run_claimed(struct conn *c, int64_t run, struct claim *ret);

/* An owner's use of the workers grows by so many seconds of computing. */
enum status store_owner_used(struct conn *c, int64_t job, double seconds, int64_t now);

/* How many runs of the owner of a job wait, held ones included. */
enum status store_owner_waiting(struct conn *c, int64_t job, int64_t *ret_runs);

/* How many runs and verifications workers could begin, if there were enough of them: what
 * waits, within the limits of the jobs. */
enum status store_queue_ready(struct conn *c, int64_t *ret);

/* What a queued run waits for. */
struct queue_place {
    int64_t place;        /* in the queue, from 1 */
    int64_t ahead_own;    /* runs and verifications of the same owner that go before */
    int64_t ahead_others; /* of other owners */
    bool verifications;   /* there are some among them */
    int64_t suspect;      /* the run that has to get further before any begins; 0: none */
    int64_t owner_running; /* runs and verifications of its owner that are at work */
    int64_t job_running;   /* of its job */
    int64_t job_parallel;  /* of them at most so many; 0: any number */
    double mean_seconds;   /* that runs took lately; 0: not known */
};

/* NOT_FOUND: the run is not queued. */
enum status store_queue_place(struct conn *c, int64_t run, int64_t now,
                              struct queue_place *ret);

#endif
