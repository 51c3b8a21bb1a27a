/* Attempts at runs: how they start and end. Functions that change something belong into
 * the `apply` of a write. */
#ifndef FRUGAL_STORE_ATTEMPTS_H
#define FRUGAL_STORE_ATTEMPTS_H

#include "store/states.h"
#include "store/store.h"

/* Provenance and extent of an attempt. */
struct run_start {
    int64_t run, attempt;
    uint64_t stop_samples;
    const char *columns, *spec_sha256, *data_sha256, *build, *core, *cpu, *host;
    bool timed; /* the clock ends it: its last row is not the same again */
};

/* Rows of an earlier attempt stay, to be compared, if this one must give the same, and so
 * does its checkpoint; else they are deleted. STOPPED: the run is to be cancelled. */
enum status store_run_start(struct conn *c, const struct run_start *s);

/* After that: the checkpoint turned out to be of no use. */
enum status store_run_begin_again(struct conn *c, int64_t run, bool timed);

/* After store_run_start: if a finished run is the same as this one, the run takes over
 * its trace, its weights file and its counts of changes, and ends like it. NOT_FOUND:
 * there is none whose trace is whole, as far as anybody knows. */
enum status store_run_reuse(struct conn *c, const struct store *files,
                            const struct run_start *s, int64_t job, int64_t now);

struct claim; /* store/queue.h */

/* The start of an attempt as workers make it: store_run_start and then, if the claim
 * wants it, store_run_reuse. */
enum status store_run_begin(struct conn *c, const struct store *files,
                            const struct run_start *s, const struct claim *claim,
                            int64_t now, bool *ret_reused);

struct run_changes; /* store/changes.h */

struct run_end {
    int64_t run, job;
    enum run_state state;
    const char *outcome, *reason; /* NULL: none */
    int64_t now;
    int64_t seen; /* the last sign of an attempt that a crash has ended; 0: it ends now */
    double seconds; /* of computing */
    double earlier; /* of them, those of attempts that this one continues */
    const struct run_changes *changes; /* NULL: not counted */
    int64_t weights;                   /* bytes of its weights file; 0: it has none */
    bool stays_suspect;                /* it is given back, but not in order */
};

/* CONFLICT: the run is not at work. */
enum status store_run_finish(struct conn *c, const struct run_end *e);

/* Back into the queue, or held, as e->state says; the reason is that of the attempt,
 * which ends as interrupted, and of a run that is held. It is free of suspicion unless it
 * shall not be. A run that is to be cancelled ends instead. */
enum status store_run_requeue(struct conn *c, const struct run_end *e);

/* How many attempts in a row were given back for this reason, the newest ones but for the
 * one at work; and whether the run has a row or a checkpoint. */
enum status store_run_refused(struct conn *c, int64_t run, const char *reason,
                              int64_t *ret_times, bool *ret_begun);

/* Back into the queue as if it had not been claimed, where it waits for a data set that
 * the server does not have; e->reason says so. A run that is to be cancelled ends
 * instead. */
enum status store_run_wait_for(struct conn *c, const struct run_end *e,
                               const char *dataset);

/* An attempt as it is kept; strings live only as long as the visit. */
struct attempt {
    int64_t number;
    const char *state, *outcome, *reason, *build, *core,
        *host; /* NULL: none; but for state */
    int64_t started;
    int64_t finished; /* 0: not yet; after a crash its newest row, checkpoint, or start */
    double seconds;
    bool anew;       /* it began at the beginning; else behind this row: */
    int64_t resumed; /* -1: before any row */
};

typedef bool attempt_visit(void *arg, const struct attempt *a);

/* Those with a number above `after`, ascending. */
enum status store_attempt_list(struct conn *c, int64_t run, int64_t after, int64_t limit,
                               attempt_visit *visit, void *arg);

#endif
