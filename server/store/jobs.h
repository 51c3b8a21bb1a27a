/* Jobs and runs as the store knows them. Functions that take a struct conn and change
 * something belong into the `apply` of a write; the others take any connection. Strings in
 * rows live only as long as the visit. */
#ifndef FRUGAL_STORE_JOBS_H
#define FRUGAL_STORE_JOBS_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct run_changes; /* store/changes.h */

enum run_state {
    RUN_QUEUED,
    RUN_RUNNING,
    RUN_SUCCEEDED,
    RUN_FAILED,
    RUN_TIMED_OUT,
    RUN_STATES,
};

/* "queued" ...; and back, RUN_STATES for an unknown name. */
const char *run_state_name(enum run_state s);
enum run_state run_state_of(const char *name);

struct job {
    int64_t id;
    const char *name, *note, *tags /* JSON */, *dataset;
    const char *spec; /* JSON; NULL in lists */
    int64_t cells, priority;
    int64_t created, started, finished; /* ms since 1970; 0: not yet */
    int64_t runs[RUN_STATES];           /* how many are in each state */
    double running;                     /* sum over running runs of the share that is done */
};

struct run {
    int64_t id, job;
    const char *dataset;
    int64_t cell, seed;
    const char *params; /* JSON */
    int64_t priority;
    enum run_state state;
    const char *outcome, *reason; /* NULL: none */
    int64_t attempts;
    int64_t created, started, finished; /* 0: not yet */
    double seconds;
    int64_t stop_samples; /* 0: not known yet */
    const char *columns;  /* names, separated by spaces; NULL before the first attempt */
    const char *spec_sha256, *data_sha256, *build, *cpu, *host; /* NULL likewise */
    int64_t last; /* seq of the newest trace row; -1: none, and nothing below is valid */
    int64_t samples;
    double epochs, test_accuracy, m0, m1, m0_direct, m1_direct, maintenance;
    const void *newest; /* [newest_size] bytes of the newest trace row: doubles */
    size_t newest_size;
    int64_t weights; /* bytes of its weights file; 0: it has none */
};

/* Inserts a job without runs; its id, counts and times are ignored. */
enum status store_job_insert(struct conn *c, const struct job *j, int64_t *ret_id);

struct new_run {
    int64_t job, cell, priority, created;
    uint64_t seed;
    const char *params;
};

enum status store_run_insert(struct conn *c, const struct new_run *r, int64_t *ret_id);

/* Called once per row; false ends the visit. */
typedef bool job_visit(void *arg, const struct job *j);
typedef bool run_visit(void *arg, const struct run *r);

/* NOT_FOUND. */
enum status store_job_get(struct conn *c, int64_t id, job_visit *visit, void *arg);

/* Jobs with an id below `before`, newest first. */
enum status store_job_list(struct conn *c, int64_t before, int64_t limit, job_visit *visit,
                           void *arg);

/* NOT_FOUND. */
enum status store_run_get(struct conn *c, int64_t id, run_visit *visit, void *arg);

struct run_filter {
    int64_t after; /* id of the last run of the page before */
    int64_t limit;
    int64_t job;          /* 0: of any job */
    enum run_state state; /* RUN_STATES: in any state */
};

/* Ascending by id. */
enum status store_run_list(struct conn *c, const struct run_filter *f, run_visit *visit,
                           void *arg);

/* Place of a queued run in the queue, counted from 1. */
enum status store_run_place(struct conn *c, const struct run *r, int64_t *ret_place);

/* What a worker needs to begin. Strings belong to the caller, who frees them. */
struct claim {
    int64_t run, job;
    uint64_t seed;
    char *params, *spec;
};

/* Takes the next queued run and marks it running. NOT_FOUND: none is queued. */
enum status store_run_claim(struct conn *c, int64_t now, struct claim *ret);

/* Provenance and extent of an attempt. */
struct run_start {
    int64_t run;
    uint64_t stop_samples;
    const char *columns, *spec_sha256, *data_sha256, *build, *cpu, *host;
    bool timed; /* the clock ends it: its rows are not the same again */
};

/* Rows of an earlier attempt stay, to be compared, if this one must give the same; else they
 * are deleted. */
enum status store_run_start(struct conn *c, const struct run_start *s);

struct run_end {
    int64_t run, job;
    enum run_state state;
    const char *outcome, *reason; /* NULL: none */
    int64_t now;
    double seconds;
    const struct run_changes *changes; /* NULL: not counted */
    int64_t weights;                   /* bytes of its weights file; 0: it has none */
};

enum status store_run_finish(struct conn *c, const struct run_end *e);

/* Back into the queue: a server that stops, or one that starts after a crash. */
enum status store_run_requeue(struct conn *c, int64_t run, int64_t job);
enum status store_run_requeue_all(struct conn *c);

#endif
