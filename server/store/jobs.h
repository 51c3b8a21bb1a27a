/* Jobs and runs as the store knows them. Functions that take a struct conn and change
 * something belong into the `apply` of a write; the others take any connection. Strings
 * in rows live only as long as the visit. */
#ifndef FRUGAL_STORE_JOBS_H
#define FRUGAL_STORE_JOBS_H

#include <stddef.h>
#include <stdint.h>

#include "store/states.h"
#include "store/store.h"

struct job {
    int64_t id;
    const char *name, *note, *tags /* JSON */, *dataset, *owner;
    const char *spec; /* JSON; NULL in lists */
    int64_t cells, priority;
    int64_t parallel; /* runs at the same time; 0: any number */
    bool reuse;       /* finished runs that are the same may stand in for its own */
    const char *key, *key_spec;         /* only for store_job_insert; NULL: none */
    int64_t created, started, finished; /* ms since 1970; 0: not yet */
    int64_t trashed;                    /* 0: not in the trash */
    long long runs[RUN_STATES];         /* how many are in each state */
    double running; /* sum over running runs of the share that is done */
};

struct run {
    int64_t id, job;
    const char *dataset;
    int64_t cell, seed;
    const char *params; /* JSON */
    enum run_state state;
    const char *outcome, *reason; /* NULL: none */
    int64_t attempts;
    int64_t created, started, finished; /* 0: not yet */
    double seconds;
    int64_t stop_samples; /* 0: not known yet */
    const char *columns;  /* names, separated by spaces; NULL before the first attempt */
    const char *spec_sha256, *data_sha256, *build, *cpu, *host; /* NULL likewise */
    const char *core; /* NULL likewise, and of runs from before there was one */
    int64_t last; /* seq of the newest trace row; -1: none, and nothing below is valid */
    int64_t samples;
    double epochs, test_accuracy, m0, m1, m0_direct, m1_direct, maintenance;
    const void *newest; /* [newest_size] bytes of the newest trace row: doubles */
    size_t newest_size; /* 0: it is damaged */
    int64_t weights;    /* bytes of its weights file; 0: it has none */
    int64_t reused;     /* the run whose trace it took over; 0: none */
    const char *absent; /* the data set that it waits for; NULL: none */
    struct {
        const char *state; /* NULL: nobody has asked for one */
        int64_t requested, finished;
        int64_t seq; /* the first row that differs; -1: none */
        const char *reason, *build, *core;
    } verified;
};

/* Inserts a job without runs; its id, counts and times are ignored. `key` is new. */
enum status store_job_insert(struct conn *c, const struct job *j, int64_t *ret_id);

/* The job that an owner has submitted with this key, and whether it was with the same
 * key_spec. NOT_FOUND. */
enum status store_job_by_key(struct conn *c, const struct job *wanted, int64_t *ret_id,
                             bool *ret_same);

struct new_run {
    int64_t job, cell, created;
    uint64_t seed;
    const char *params;
    bool held; /* it does not wait for its turn yet */
};

/* *ret_id is 0 where the job has that cell and seed already: nothing happens. */
enum status store_run_insert(struct conn *c, const struct new_run *r, int64_t *ret_id);

/* Part of a write: the spec of a job grows. CONFLICT: it is not `before` any more, or the
 * job is in the trash. */
enum status store_job_extend(struct conn *c, int64_t job, const char *before,
                             const char *after, int64_t cells);

/* Whether there are runs of it to come, and all of them are held. */
enum status store_job_is_held(struct conn *c, int64_t job, bool *ret);

/* The cells of a job, ascending; params live only as long as the visit. */
enum status store_cell_list(struct conn *c, int64_t job,
                            bool (*visit)(void *arg, int64_t cell, const char *params),
                            void *arg);

/* Called once per row; false ends the visit. */
typedef bool job_visit(void *arg, const struct job *j);
typedef bool run_visit(void *arg, const struct run *r);

/* NOT_FOUND. */
enum status store_job_get(struct conn *c, int64_t id, job_visit *visit, void *arg);

/* The same without the spec, as lists show it. */
enum status store_job_list(struct conn *c, int64_t id, job_visit *visit, void *arg);

/* Runs of a job in the order of their cells and seeds, from behind that one. */
enum status store_run_list_cells(struct conn *c, int64_t job, int64_t cell, int64_t seed,
                                 int64_t limit, run_visit *visit, void *arg);

/* The work of a run: the specs of its job and of its cell, as JSON, and what it took. */
struct run_pace {
    const char *spec, *params;
    int64_t samples;
    double seconds;
};

/* Of the newest few runs that have succeeded. */
enum status store_run_pace(struct conn *c,
                           void (*visit)(void *arg, const struct run_pace *p), void *arg);

/* NOT_FOUND. */
enum status store_run_get(struct conn *c, int64_t id, run_visit *visit, void *arg);

#endif
