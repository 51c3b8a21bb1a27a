/* What people do with jobs that exist: cancel, hold, release and retry runs, change what
 * a job says of itself, put it into the trash. All of it belongs into the `apply` of a
 * write. */
#ifndef FRUGAL_STORE_STEPS_H
#define FRUGAL_STORE_STEPS_H

#include <stddef.h>

#include "store/states.h"
#include "store/store.h"

struct step_order {
    int64_t job;
    enum run_step step;  /* HOLD, RELEASE, CANCEL or RETRY */
    const int64_t *runs; /* [count] of the job; NULL: all of them */
    size_t count;
    bool only_failed; /* RETRY: not those that were cancelled */
    int64_t now;
};

struct step_result {
    int64_t changed;   /* runs that took the step */
    int64_t stopping;  /* runs at work that were asked to end */
    int64_t run;       /* on failure: the run that does not fit, 0: the job as a whole */
    const char *state; /* on failure: the state that does not fit; static */
};

/* Runs that have the state already, or that the step does not fit, stay as they are when
 * the order is for all; named ones must fit, or nothing happens. NOT_FOUND: no such job,
 * or *ret names a run that is not one of its runs. CONFLICT: *ret says what does not fit.
 */
enum status store_job_step(struct conn *c, const struct step_order *o,
                           struct step_result *ret);

/* What PATCH may change; NULL and has_* false: it stays. */
struct job_change {
    int64_t job;
    const char *name, *note, *tags; /* tags: JSON */
    bool has_priority, has_parallel;
    int64_t priority, parallel; /* parallel 0: any number */
};

/* NOT_FOUND. */
enum status store_job_change(struct conn *c, const struct job_change *change);

/* Into the trash, or out of it. NOT_FOUND; CONFLICT: runs of it wait or are at work, or
 * it is where it should go; *ret_state says which state the job has. */
enum status store_job_trash(struct conn *c, int64_t job, bool into, int64_t now,
                            const char **ret_state);

/* Begins to delete a job in the trash for good: nobody sees it any more. NOT_FOUND;
 * CONFLICT: it is not in the trash. */
enum status store_purge_begin(struct conn *c, int64_t job);

/* Deletes one piece of what is being purged, with the weights files of its runs, and gives
 * free space back to the disk. NOT_FOUND: there is nothing left to do. */
enum status store_purge_some(struct conn *c, const struct store *files);

#endif
