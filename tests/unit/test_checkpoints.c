/* Checkpoints in the store, and the worker's side of them; the core is played by the
 * test. */
#include "stores.h"

#include "store/checkpoints.h"
#include "work/ending.h"
#include "work/resume.h"

static char top[FOLDER_PATH];
static struct store *store;
static struct new_job job;
static struct claim claimed;

static int start(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    folder_make(top);
    store = store_at(top);
    job = (struct new_job){.runs = 1};
    assert_int_equal(store_write(store, add_job, &job), STATUS_OK);
    assert_int_equal(store_write(store, claim_run, &claimed), STATUS_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    claim_free(&claimed);
    store_close(store);
    folder_remove(top);
    return 0;
}

static enum status load(struct checkpoint *ret)
{
    return store_checkpoint_get(store_reader(store), job.first, ret);
}

static enum status put(struct conn *c, void *arg)
{
    return store_checkpoint_put(c, arg);
}

static void save(int64_t seq, const char *text)
{
    struct checkpoint p = {.run = job.first, .seq = seq, .seconds = 1.5};
    char bytes[40];
    p.state = bytes;
    p.size = strlen(text);
    memcpy(bytes, text, p.size);
    assert_int_equal(store_write(store, put, &p), STATUS_OK);
}

static void check(int64_t seq, const char *text)
{
    struct checkpoint p;
    assert_int_equal(load(&p), STATUS_OK);
    assert_int_equal(p.seq, seq);
    assert_int_equal(p.size, strlen(text));
    assert_memory_equal(p.state, text, p.size);
    free(p.state);
}

static void the_newest_one_counts(void **state)
{
    (void)state;
    struct checkpoint p;
    assert_int_equal(load(&p), STATUS_NOT_FOUND);
    save(-1, "one");
    check(-1, "one");
    save(7, "another");
    check(7, "another");
    store_close(store);
    store = store_at(top);
    check(7, "another");
}

static void the_end_of_a_run_is_the_end_of_it(void **state)
{
    (void)state;
    struct checkpoint p;
    struct run_end e = {.run = job.first, .job = job.job, .state = RUN_SUCCEEDED};
    save(3, "state");
    assert_int_equal(store_write(store, finish_run, &e), STATUS_OK);
    assert_int_equal(load(&p), STATUS_NOT_FOUND);
}

static bool copy_run(void *arg, const struct run *r)
{
    *(struct run *)arg = *r; /* the caller reads numbers only */
    return false;
}

static struct run the_run(void)
{
    struct run r = {.last = -2};
    struct conn *c = store_reader(store);
    assert_int_equal(store_run_get(c, job.first, copy_run, &r), STATUS_OK);
    return r;
}

static enum status begin(struct conn *c, void *arg)
{
    return store_run_start(c, arg);
}

static enum status begin_again(struct conn *c, void *arg)
{
    const struct run_start *s = arg;
    return store_run_begin_again(c, s->run, s->timed);
}

static void it_survives_a_crash_but_no_other_core(void **state)
{
    (void)state;
    struct checkpoint p;
    struct run_start s = {.run = job.first,
                          .attempt = 1,
                          .columns = "c",
                          .spec_sha256 = "s",
                          .data_sha256 = "d",
                          .build = "b",
                          .core = "bb",
                          .cpu = "u",
                          .host = "h"};
    assert_int_equal(store_write(store, begin, &s), STATUS_OK);
    save(3, "state");
    assert_int_equal(store_write(store, recover_all, &(struct blame){0}), STATUS_OK);
    check(3, "state");
    assert_int_equal(store_write(store, begin, &s), STATUS_OK);
    check(3, "state");
    s.build = "another build of the same";
    assert_int_equal(store_write(store, begin, &s), STATUS_OK);
    check(3, "state");
    s.core = "another";
    assert_int_equal(store_write(store, begin, &s), STATUS_OK);
    assert_int_equal(load(&p), STATUS_NOT_FOUND);
    assert_int_equal(the_run().seconds, 0);
}

static enum status add_row(struct conn *c, void *arg)
{
    return store_trace_add(c, arg);
}

/* Where the clock ends a run, rows behind the checkpoint may never come again. */
static void a_timed_run_keeps_rows_up_to_it(void **state)
{
    (void)state;
    struct run_start s = {.run = job.first,
                          .attempt = 1,
                          .columns = "c",
                          .spec_sha256 = "s",
                          .data_sha256 = "d",
                          .build = "b",
                          .core = "bb",
                          .cpu = "u",
                          .host = "h",
                          .timed = true};
    assert_int_equal(store_write(store, begin, &s), STATUS_OK);
    for (int64_t seq = 0; seq < 5; seq++) {
        struct trace_entry e = {.run = job.first, .job = job.job, .seq = seq};
        e.row.samples = 100 * (uint64_t)seq;
        e.row.layers = 1;
        e.row.total.spent.m1 = (double)seq / 3;
        e.row.total.direct.m0 = 7 * (uint64_t)seq;
        e.seconds = 2 * (double)seq;
        assert_int_equal(store_write(store, add_row, &e), STATUS_OK);
    }
    save(2, "state");
    assert_int_equal(store_write(store, begin, &s), STATUS_OK);
    check(2, "state");
    struct run r = the_run();
    assert_int_equal(r.last, 2);
    assert_int_equal(r.samples, 200);
    assert_true(r.m1 == 2.0 / 3 && r.m0_direct == 14 && r.seconds == 1.5);
    assert_int_equal(store_write(store, begin_again, &s), STATUS_OK);
    assert_int_equal(the_run().last, -1);
}

static bool copy_attempt(void *arg, const struct attempt *a)
{
    *(struct attempt *)arg = *a; /* the caller reads numbers only */
    return true;
}

/* Of the newest attempt. */
static double attempt_seconds(void)
{
    struct attempt a = {.seconds = -1};
    assert_int_equal(
        store_attempt_list(store_reader(store), job.first, 0, 100, copy_attempt, &a),
        STATUS_OK);
    return a.seconds;
}

static void claim_again(void)
{
    struct claim c = {.run = 0};
    assert_int_equal(store_write(store, claim_run, &c), STATUS_OK);
    claim_free(&c);
}

/* An attempt that only repeats rows takes its time, too; and what a checkpoint saved is
 * not counted when the run begins again all the same. */
static void a_crash_leaves_the_seconds_of_its_attempt(void **state)
{
    (void)state;
    struct run_start s = {.run = job.first,
                          .columns = "c",
                          .spec_sha256 = "s",
                          .data_sha256 = "d",
                          .build = "b",
                          .cpu = "u",
                          .host = "h"};
    struct trace_entry row = {.run = job.first, .job = job.job, .row = {.layers = 1}};
    static const double took[] = {4, 3, 2.25};
    for (int i = 0; i < 3; i++) {
        s.attempt = i + 1;
        row.seconds = took[i];
        assert_int_equal(store_write(store, begin, &s), STATUS_OK);
        if (i == 2)
            assert_int_equal(store_write(store, begin_again, &s), STATUS_OK);
        assert_int_equal(store_write(store, add_row, &row), STATUS_OK);
        assert_true(the_run().seconds == took[i]);
        if (i == 1)
            save(0, "state");
        assert_int_equal(store_write(store, recover_all, &(struct blame){0}), STATUS_OK);
        assert_true(attempt_seconds() == took[i]);
        claim_again();
    }
    s.attempt = 4; /* it computes nothing */
    save(0, "state");
    assert_int_equal(store_write(store, begin, &s), STATUS_OK);
    assert_int_equal(store_write(store, begin_again, &s), STATUS_OK);
    assert_int_equal(store_write(store, recover_all, &(struct blame){0}), STATUS_OK);
    assert_true(attempt_seconds() == 0);
}

/* Three crashes in a row are the end; getting further in between is not. */
static void progress_forgives_crashes(void **state)
{
    (void)state;
    struct blame b = {.run = job.first, .signal = "SEGV"};
    struct claim c = {.run = 0};
    for (int i = 0; i < 2 * CRASHES_MAX; i++) {
        save(i, "state");
        assert_int_equal(store_write(store, recover_all, &b), STATUS_OK);
        assert_int_equal(store_write(store, claim_run, &c), STATUS_OK);
        claim_free(&c);
    }
}

static void a_worker_goes_on_behind_it(void **state)
{
    (void)state;
    struct execution_place place = {.desk = store_desk_open(store, NULL, 0),
                                    .checkpoint_seconds = 10};
    struct execution e = {
        .claim = &claimed, .place = &place, .rows = 5, .keeps_state = true};
    struct checkpoint p;
    assert_int_equal(checkpoint_load(&e, &p), STATUS_NOT_FOUND);
    assert_int_equal(e.rows, 5);
    e.seconds_before = 100;
    assert_true(checkpoint_is_due(&e));
    assert_int_equal(checkpoint_take(&e, "abc", 3), STATUS_OK);
    assert_false(checkpoint_is_due(&e));
    e.computing_since -= 11;
    assert_true(checkpoint_is_due(&e));
    e.state_costs = 0.2; /* a large network: not before 20 s have passed */
    assert_false(checkpoint_is_due(&e));
    e.computing_since -= 10;
    assert_true(checkpoint_is_due(&e));
    e.state_costs = 100;
    assert_false(checkpoint_is_due(&e));
    e.computing_since -= 280;
    assert_true(checkpoint_is_due(&e));
    store_close(store); /* writes what is queued */
    store = store_at(top);
    store_desk_close(place.desk);
    place.desk = store_desk_open(store, NULL, 0);
    struct execution next = {.claim = &claimed, .place = &place};
    assert_int_equal(checkpoint_load(&next, &p), STATUS_OK);
    assert_int_equal(next.rows, 5);
    assert_int_equal(p.size, 3);
    assert_memory_equal(p.state, "abc", 3);
    assert_true(computed(&next) >= 100);
    free(p.state);
    store_desk_close(place.desk);
}

int main(void)
{
#define IN_A_STORE(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        IN_A_STORE(the_newest_one_counts),
        IN_A_STORE(the_end_of_a_run_is_the_end_of_it),
        IN_A_STORE(it_survives_a_crash_but_no_other_core),
        IN_A_STORE(a_timed_run_keeps_rows_up_to_it),
        IN_A_STORE(a_crash_leaves_the_seconds_of_its_attempt),
        IN_A_STORE(progress_forgives_crashes),
        IN_A_STORE(a_worker_goes_on_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
