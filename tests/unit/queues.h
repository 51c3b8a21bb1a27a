/* A store with a queue for each test, and short names for what happens to its runs. */
#ifndef FRUGAL_TESTS_QUEUES_H
#define FRUGAL_TESTS_QUEUES_H

#include "stores.h"

enum { OWNERS = 3, RUNS_MAX = 400 };

/* Jobs are counted in blocks of 512: a few fall into one, the rest into the next. */
enum { FIRST_JOB = 507 };

static const char *const owners[OWNERS] = {"ada", "bob", "cyd"};

static char top[FOLDER_PATH];
static struct store *store;
static int64_t now = 5000;

static inline int start(void **state)
{
    (void)state;
    static int number;
    char folder[FILE_PATH];
    log_set_level(LOG_LEVEL_ERROR);
    if (number == 0)
        folder_make(top);
    snprintf(folder, sizeof folder, "%s/%d", top, number++);
    store_close(store_at(folder));
    sql(folder, "INSERT INTO sqlite_sequence (name, seq) VALUES ('job', 506)");
    store = store_at(folder);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    store_close(store);
    return 0;
}

static inline int end_of_all(void **state)
{
    (void)state;
    folder_remove(top);
    return 0;
}

static inline struct new_job add(int64_t runs, int64_t priority, int64_t parallel,
                                 const char *owner)
{
    struct new_job n = {
        .runs = runs, .priority = priority, .parallel = parallel, .owner = owner};
    assert_int_equal(store_write(store, add_job, &n), STATUS_OK);
    return n;
}

struct claim_try {
    struct schedule_limits limits;
    struct claim claim;
    enum status status; /* set by take */
};

static inline enum status apply_claim(struct conn *c, void *arg)
{
    struct claim_try *t = arg;
    return store_claim(c, &t->limits, now, &t->claim);
}

static inline struct claim_try take(struct schedule_limits limits)
{
    struct claim_try t = {.limits = limits};
    t.status = store_write(store, apply_claim, &t);
    if (t.status == STATUS_OK)
        claim_free(&t.claim);
    else
        assert_true(t.status == STATUS_NOT_FOUND || t.status == STATUS_CONFLICT);
    return t;
}

/* The run that was claimed; 0: none. */
static inline int64_t claim_within(int64_t per_owner, int64_t *ret_job)
{
    struct claim_try t = take((struct schedule_limits){.per_owner = per_owner});
    if (ret_job != NULL && t.status == STATUS_OK)
        *ret_job = t.claim.job;
    return t.claim.run;
}

static inline int64_t claim(void)
{
    return claim_within(0, NULL);
}

static inline enum status apply_step(struct conn *c, void *arg)
{
    struct step_result result;
    return store_job_step(c, arg, &result);
}

static inline enum status order(int64_t job, enum run_step step)
{
    struct step_order o = {.job = job, .step = step, .now = now};
    return store_write(store, apply_step, &o);
}

static inline enum status apply_change(struct conn *c, void *arg)
{
    return store_job_change(c, arg);
}

static inline enum status apply_finish(struct conn *c, void *arg)
{
    return store_run_finish(c, arg);
}

/* The process ends; by whose fault is known or not. */
struct ending {
    struct blame blame;
    struct recovery found;
};

static inline enum status apply_recover(struct conn *c, void *arg)
{
    struct ending *e = arg;
    return store_recover(c, &e->blame, now, &e->found);
}

static inline struct recovery crash(struct blame b)
{
    struct ending e = {.blame = b};
    assert_int_equal(store_write(store, apply_recover, &e), STATUS_OK);
    return e.found;
}

static inline struct recovery killed(void)
{
    return crash((struct blame){0});
}

/* Every run as it is. */
struct picture {
    size_t count;
    int64_t job[RUNS_MAX], id[RUNS_MAX], priority[RUNS_MAX];
    int owner[RUNS_MAX];
    enum run_state state[RUNS_MAX];
};

/* What a run has of its job. */
static inline bool take_job(void *arg, const struct job *j)
{
    struct picture *p = arg;
    for (size_t i = 0; i < p->count; i++)
        for (int o = 0; o < OWNERS && p->job[i] == j->id; o++)
            if (strcmp(j->owner, owners[o]) == 0) {
                p->owner[i] = o;
                p->priority[i] = j->priority;
            }
    return true;
}

static inline bool copy_run(void *arg, const struct run *r)
{
    struct picture *p = arg;
    p->job[p->count] = r->job;
    p->id[p->count] = r->id;
    p->state[p->count++] = r->state;
    return p->count < RUNS_MAX;
}

static inline void look(struct picture *p)
{
    p->count = 0;
    assert_int_equal(list_runs(store, 0, RUN_STATES, copy_run, p), STATUS_OK);
    assert_int_equal(list_jobs(store, take_job, p), STATUS_OK);
}

static inline enum status apply_row(struct conn *c, void *arg)
{
    return store_trace_add(c, arg);
}

static inline void add_row(int64_t run, int64_t seq)
{
    struct trace_entry e = {.run = run, .job = FIRST_JOB, .seq = seq, .now = now};
    e.row.layers = 1;
    assert_int_equal(store_write(store, apply_row, &e), STATUS_OK);
}

static inline void finish(int64_t run)
{
    struct run_end e = {
        .run = run, .job = FIRST_JOB, .state = RUN_SUCCEEDED, .outcome = "o", .now = now};
    assert_int_equal(store_write(store, apply_finish, &e), STATUS_OK);
}

static inline struct queue_place place_of(int64_t run)
{
    struct queue_place p = {.place = 0};
    assert_int_equal(store_queue_place(store_reader(store), run, now, &p), STATUS_OK);
    return p;
}

#define IN_A_STORE(test) cmocka_unit_test_setup_teardown(test, start, end)

#endif
