/* What people do with jobs that exist. An order is read and checked, applied as part of a
 * write, and announced once that is durable. */
#ifndef FRUGAL_APP_JOBS_H
#define FRUGAL_APP_JOBS_H

#include "app/app.h"
#include "store/queue.h"
#include "store/steps.h"

/* Cancel, hold, release or retry. `runs` is owned. */
struct job_order {
    const struct app *app;
    struct step_order order;
    int64_t *runs;
    struct step_result result; /* set by job_order_apply */
};

void job_order_release(struct job_order *o);

/* The `apply` of a write; results as store_job_step. arg: struct job_order. */
enum status job_order_apply(struct conn *c, void *arg);

/* To be called once the write is durable. Any thread. */
void job_order_announce(const struct job_order *o);

/* More runs of a job: all members are owned by it. */
struct extension {
    const struct app *app;
    int64_t job;
    struct plan *plan;
    char *before, *after; /* spec of the job */
};

/* Reads what shall be added, {"seeds": ..., "sweep": ...}, and checks the job as it will
 * be. NOT_FOUND; BAD_JSON and INVALID_SPEC come with problems; UNAVAILABLE as for a
 * submission; NO_MEMORY. Any thread. */
enum status extension_prepare(const struct app *app, struct conn *reader, int64_t job,
                              const char *more, size_t length, bool may_block,
                              struct extension *ret, struct problems *problems);
void extension_release(struct extension *e);

/* The `apply` of a write: the runs that are missing, held if all those still to come are.
 * CONFLICT: the job is in the trash, or was extended by somebody else in the meantime;
 * OVER_QUOTA as for a submission. arg: struct extension. */
enum status extension_apply(struct conn *c, void *arg);
void extension_announce(const struct extension *e);

/* Why a run waits, as far as it does. */
struct waiting_run {
    enum run_state state;
    bool absent; /* RUN_QUEUED: it waits for its data set, and has no place */
    struct queue_place place; /* RUN_QUEUED */
    struct workers_state workers;
    bool interrupted;     /* RUN_RUNNING, but the disk is too full to put it back */
    int64_t per_owner;    /* limit of runs at work per owner; 0: none */
    double seconds_until; /* its expected start; NAN: not known */
    bool on_cluster;      /* workers are submitted to Slurm */
    char why[800];        /* a sentence */
};

/* Any thread. NOT_FOUND. */
enum status waiting_run_read(const struct app *app, struct conn *reader, int64_t run,
                             struct waiting_run *ret);

#endif
