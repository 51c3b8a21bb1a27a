/* Jobs, runs, traces and events as the store keeps them. */
#include "stores.h"

#include "store/checkpoints.h"

static char top[FOLDER_PATH];
static struct store *store;

static int start(void **state)
{
    (void)state;
    static int number;
    char folder[FILE_PATH];
    log_set_level(LOG_LEVEL_ERROR);
    if (number == 0)
        folder_make(top);
    snprintf(folder, sizeof folder, "%s/%d", top, number++);
    store = store_at(folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    store_close(store);
    return 0;
}

static int end_of_all(void **state)
{
    (void)state;
    folder_remove(top);
    return 0;
}

static struct new_job new_job(int64_t runs, int64_t priority)
{
    struct new_job n = {.runs = runs, .priority = priority};
    assert_int_equal(store_write(store, add_job, &n), STATUS_OK);
    return n;
}

static bool copy_job(void *arg, const struct job *j)
{
    *(struct job *)arg = *j;
    return true;
}

static struct job job_now(int64_t id)
{
    struct job j = {.id = -1};
    assert_int_equal(store_job_get(store_reader(store), id, copy_job, &j), STATUS_OK);
    return j;
}

static bool copy_run(void *arg, const struct run *r)
{
    *(struct run *)arg = *r;
    return true;
}

static struct run run_now(int64_t id)
{
    struct run r = {.id = -1};
    assert_int_equal(store_run_get(store_reader(store), id, copy_run, &r), STATUS_OK);
    return r;
}

static int64_t claim(void)
{
    struct claim c;
    enum status status = store_write(store, claim_run, &c);
    if (status == STATUS_NOT_FOUND)
        return 0;
    assert_int_equal(status, STATUS_OK);
    claim_free(&c);
    return c.run;
}

static void finish(int64_t run, int64_t job, enum run_state state)
{
    struct run_end e = {.run = run,
                        .job = job,
                        .state = state,
                        .outcome = "goal",
                        .now = 3000 + run,
                        .seconds = 1.5};
    assert_int_equal(store_write(store, finish_run, &e), STATUS_OK);
}

static bool has_counts(int64_t id, int64_t queued, int64_t running, int64_t succeeded,
                       int64_t failed)
{
    struct job j = job_now(id);
    return j.runs[RUN_QUEUED] == queued && j.runs[RUN_RUNNING] == running &&
           j.runs[RUN_SUCCEEDED] == succeeded && j.runs[RUN_FAILED] == failed &&
           j.runs[RUN_TIMED_OUT] == 0;
}

static bool visit_text(void *arg, const struct job *j)
{
    *(bool *)arg = strcmp(j->name, "name") == 0 && strcmp(j->note, "note") == 0 &&
                   strcmp(j->tags, "[\"tag\"]") == 0 && strcmp(j->dataset, "d") == 0 &&
                   strcmp(j->spec, "{}") == 0;
    return true;
}

static void a_job_comes_with_its_runs(void **state)
{
    (void)state;
    bool right = false;
    struct new_job n = new_job(3, 7);
    assert_int_equal(store_job_get(store_reader(store), n.job, visit_text, &right),
                     STATUS_OK);
    assert_true(right);
    struct job j = job_now(n.job);
    assert_int_equal(j.priority, 7);
    assert_int_equal(j.created, 1000);
    assert_int_equal(j.started | j.finished, 0);
    assert_true(has_counts(n.job, 3, 0, 0, 0));
    for (int64_t i = 0; i < 3; i++) {
        struct run r = run_now(n.first + i);
        assert_int_equal(r.job, n.job);
        assert_int_equal(r.seed, i + 1);
        assert_int_equal(r.cell, i);
        assert_int_equal(r.state, RUN_QUEUED);
        assert_int_equal(r.last, -1);
        assert_int_equal(r.attempts, 0);
        assert_null(r.outcome);
        assert_true(isnan(r.m0));
    }
    struct conn *c = store_reader(store);
    assert_int_equal(store_job_get(c, 99, copy_job, &j), STATUS_NOT_FOUND);
    assert_int_equal(store_run_get(c, 99, copy_run, &(struct run){0}), STATUS_NOT_FOUND);
}

static enum status add_job_badly(struct conn *c, void *arg)
{
    struct new_job *n = arg;
    struct new_run orphan = {.job = 12345, .params = "{}"};
    int64_t id;
    enum status status = add_job(c, n);
    return status == STATUS_OK ? store_run_insert(c, &orphan, &id) : status;
}

static void a_job_is_stored_as_a_whole_or_not(void **state)
{
    (void)state;
    struct new_job n = {.runs = 5};
    log_set_level((enum log_level) - 1); /* the refusal is logged as an error */
    assert_int_equal(store_write(store, add_job_badly, &n), STATUS_CONFLICT);
    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(
        store_job_get(store_reader(store), n.job, copy_job, &(struct job){0}),
        STATUS_NOT_FOUND);
    assert_int_equal(claim(), 0);
    n = new_job(2, 0);
    assert_true(has_counts(n.job, 2, 0, 0, 0));
}

static void counts_follow_the_runs(void **state)
{
    (void)state;
    struct new_job n = new_job(3, 0), other = new_job(2, -1);
    int64_t first = claim(), second = claim();
    assert_true(has_counts(n.job, 1, 2, 0, 0));
    assert_int_equal(job_now(n.job).started, 2000);
    finish(first, n.job, RUN_SUCCEEDED);
    finish(second, n.job, RUN_FAILED);
    assert_true(has_counts(n.job, 1, 0, 1, 1));
    assert_int_equal(job_now(n.job).finished, 0);
    int64_t third = claim();
    finish(third, n.job, RUN_SUCCEEDED);
    assert_true(has_counts(n.job, 0, 0, 2, 1));
    assert_int_equal(job_now(n.job).finished, 3000 + third);
    assert_true(has_counts(other.job, 2, 0, 0, 0));
    struct run r = run_now(second);
    assert_int_equal(r.state, RUN_FAILED);
    assert_int_equal(r.finished, 3000 + second);
    assert_true(r.seconds == 1.5);
}

static void the_queue_goes_by_priority_then_age(void **state)
{
    (void)state;
    struct new_job low = new_job(2, -5), normal = new_job(2, 0), high = new_job(2, 5);
    struct new_job late = new_job(1, 5);
    const int64_t want[] = {high.first,       high.first + 1, late.first,    normal.first,
                            normal.first + 1, low.first,      low.first + 1, 0};
    for (int64_t i = 0; i < 7; i++) {
        struct queue_place p;
        assert_int_equal(store_queue_place(store_reader(store), want[i], 1, &p),
                         STATUS_OK);
        assert_int_equal(p.place, i + 1);
    }
    for (int i = 0; i < 8; i++)
        assert_int_equal(claim(), want[i]);
}

static enum status requeue(struct conn *c, void *arg)
{
    const struct run *r = arg;
    return store_run_requeue(
        c, &(struct run_end){.run = r->id, .job = r->job, .now = 2500, .seconds = 1});
}

static void runs_go_back_into_the_queue(void **state)
{
    (void)state;
    struct blame stop = {.stopping = true};
    struct new_job n = new_job(4, 0);
    int64_t first = claim(), second = claim(), third = claim();
    finish(second, n.job, RUN_SUCCEEDED);
    struct run r = run_now(third);
    assert_int_equal(store_write(store, requeue, &r), STATUS_OK);
    assert_true(has_counts(n.job, 2, 1, 1, 0));
    assert_int_equal(store_write(store, recover_all, &stop), STATUS_OK);
    assert_true(has_counts(n.job, 3, 0, 1, 0));
    assert_int_equal(store_write(store, recover_all, &stop), STATUS_OK);
    assert_int_equal(claim(), first);
    assert_int_equal(run_now(first).attempts, 2);
    assert_int_equal(claim(), third);
    assert_int_equal(run_now(second).attempts, 1);
}

static enum status give_back(struct conn *c, void *arg)
{
    return store_run_requeue(c, arg);
}

/* How many attempts came to nothing for lack of memory. */
static int64_t refused(int64_t run, bool begun)
{
    int64_t n = -1;
    bool has_begun = !begun;
    assert_int_equal(
        store_run_refused(store_reader(store), run, "no memory", &n, &has_begun),
        STATUS_OK);
    assert_int_equal(has_begun, begun);
    return n;
}

/* An attempt at the one run there is is given back. */
static void try_in_vain(int64_t run, const char *reason)
{
    struct run_end e = {.run = run, .job = 1, .now = 2500, .reason = reason};
    assert_int_equal(claim(), run);
    assert_int_equal(store_write(store, give_back, &e), STATUS_OK);
}

static enum status add_row(struct conn *c, void *arg)
{
    return store_trace_add(c, arg);
}

static enum status put_state(struct conn *c, void *arg)
{
    return store_checkpoint_put(c, arg);
}

/* Only attempts in a row count. */
static void attempts_that_could_not_begin_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *reason;
        int64_t refused;
    } tries[] = {
        {"the server stopped", 0},
        {"the server stopped", 0},
        {"no memory", 1},
        {"no memory", 2},
        {NULL, 0},
        {"no memory", 1},
    };
    struct new_job n = new_job(1, 0);
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        try_in_vain(n.first, tries[i].reason);
        CHECK(i, refused(n.first, false) == tries[i].refused);
    }
    assert_int_equal(claim(), n.first);
    assert_int_equal(refused(n.first, false),
                     1); /* of the one at work nobody knows yet */
    struct checkpoint p = {.run = n.first, .seq = -1, .state = "s", .size = 1};
    assert_int_equal(store_write(store, put_state, &p), STATUS_OK);
    assert_int_equal(refused(n.first, true), 1);
}

static void a_row_is_a_beginning(void **state)
{
    (void)state;
    struct new_job n = new_job(1, 0);
    struct trace_entry e = {.run = n.first, .job = n.job, .now = 2000};
    e.row.layers = 1;
    try_in_vain(n.first, "no memory");
    assert_int_equal(refused(n.first, false), 1);
    assert_int_equal(store_write(store, add_row, &e), STATUS_OK);
    assert_int_equal(refused(n.first, true), 1);
}

static void a_run_can_be_set_aside(void **state)
{
    (void)state;
    struct new_job n = new_job(1, 0);
    struct run_end e = {
        .run = claim(), .job = n.job, .now = 2500, .state = RUN_HELD, .reason = "why"};
    assert_int_equal(store_write(store, give_back, &e), STATUS_OK);
    assert_int_equal(run_now(n.first).state, RUN_HELD);
    assert_true(has_counts(n.job, 0, 0, 0, 0));
    assert_int_equal(claim(), 0);
}

static enum status start_run(struct conn *c, void *arg)
{
    return store_run_start(c, arg);
}

static bool visit_provenance(void *arg, const struct run *r)
{
    *(bool *)arg = strcmp(r->columns, "a b") == 0 && strcmp(r->spec_sha256, "c") == 0 &&
                   strcmp(r->data_sha256, "d") == 0 && strcmp(r->build, "e") == 0 &&
                   strcmp(r->core, "ee") == 0 && strcmp(r->cpu, "f") == 0 &&
                   strcmp(r->host, "g") == 0 && strcmp(r->dataset, "d") == 0 &&
                   strcmp(r->params, "{}") == 0 && r->stop_samples == 5000 &&
                   r->started == 2000;
    return true;
}

static void provenance_is_kept(void **state)
{
    (void)state;
    bool right = false;
    struct new_job n = new_job(1, 0);
    struct run_start s = {.run = claim(),
                          .stop_samples = 5000,
                          .columns = "a b",
                          .spec_sha256 = "c",
                          .data_sha256 = "d",
                          .build = "e",
                          .core = "ee",
                          .cpu = "f",
                          .host = "g"};
    assert_int_equal(s.run, n.first);
    assert_int_equal(store_write(store, start_run, &s), STATUS_OK);
    store_run_get(store_reader(store), s.run, visit_provenance, &right);
    assert_true(right);
}

struct ids {
    size_t count, most;
    int64_t id[20];
};

static bool gather_run(void *arg, const struct run *r)
{
    struct ids *ids = arg;
    ids->id[ids->count++] = r->id;
    return ids->count < ids->most;
}

static bool gather_job(void *arg, const struct job *j)
{
    struct ids *ids = arg;
    ids->id[ids->count++] = j->id;
    return ids->count < ids->most;
}

static size_t runs_of(int64_t job, enum run_state state)
{
    struct ids ids = {.most = 20};
    assert_int_equal(list_runs(store, job, state, gather_run, &ids), STATUS_OK);
    for (size_t i = 1; i < ids.count; i++)
        assert_true(ids.id[i] > ids.id[i - 1]);
    return ids.count;
}

static void lists_are_filtered(void **state)
{
    (void)state;
    struct new_job a = new_job(3, 0), b = new_job(4, 0);
    finish(claim(), a.job, RUN_SUCCEEDED);
    claim();
    assert_int_equal(runs_of(0, RUN_STATES), 7);
    assert_int_equal(runs_of(b.job, RUN_STATES), 4);
    assert_int_equal(runs_of(0, RUN_QUEUED), 5);
    assert_int_equal(runs_of(a.job, RUN_QUEUED), 1);
    assert_int_equal(runs_of(b.job, RUN_RUNNING), 0);
    struct ids ids = {.most = 20};
    list_jobs(store, gather_job, &ids);
    assert_int_equal(ids.count, 2);
    assert_int_equal(ids.id[0], b.job);
}

int main(void)
{
#define IN_A_STORE(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        IN_A_STORE(a_job_comes_with_its_runs),
        IN_A_STORE(a_job_is_stored_as_a_whole_or_not),
        IN_A_STORE(counts_follow_the_runs),
        IN_A_STORE(the_queue_goes_by_priority_then_age),
        IN_A_STORE(runs_go_back_into_the_queue),
        IN_A_STORE(attempts_that_could_not_begin_are_counted),
        IN_A_STORE(a_row_is_a_beginning),
        IN_A_STORE(a_run_can_be_set_aside),
        IN_A_STORE(provenance_is_kept),
        IN_A_STORE(lists_are_filtered),
    };
    return cmocka_run_group_tests(tests, NULL, end_of_all);
}
