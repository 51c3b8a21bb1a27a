/* Trace rows and events in the store. */
#include "stores.h"

#include "store/conn.h"

static char top[FOLDER_PATH];
static struct store *store;
static struct new_job job;

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
    job = (struct new_job){.runs = 2};
    return store_write(store, add_job, &job) == STATUS_OK ? 0 : -1;
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

static struct trace_entry entry(int64_t seq)
{
    uint64_t n = (uint64_t)seq;
    double x = (double)seq;
    return (struct trace_entry){
        .run = job.first,
        .job = job.job,
        .seq = seq,
        .row =
            {.samples = 2000 * n,
             .epoch = x / 30,
             .train_accuracy = seq == 0 ? (double)NAN : x / 10,
             .test_accuracy = x / 11,
             .test_loss = -0.0,
             .layers = 2,
             .layer =
                 {{{100 * n, 0.1 * x, x, {0}}, {10 * n, 0.01 * x, 0, {0}}, 0.5, x},
                  {{200 * n, 0.2 * x, 2 * x, {0}}, {20 * n, 0.02 * x, 0, {0}}, 0.25, x}},
             .total = {{300 * n, 0.3 * x, 3 * x, {0}},
                       {30 * n, 0.03 * x, 0, {0}},
                       0.3,
                       2 * x}},
        .seconds = x / 4,
    };
}

static enum status trace_apply(struct conn *c, void *arg)
{
    return store_trace_add(c, arg);
}

static enum status add(struct trace_entry e)
{
    return store_write(store, trace_apply, &e);
}

struct rows {
    size_t count, most;
    struct trace_stored row[20];
    double value[20][TRACE_COLUMNS_MAX];
};

static bool gather(void *arg, const struct trace_stored *row)
{
    struct rows *r = arg;
    r->row[r->count] = *row;
    memcpy(r->value[r->count++], row->value, row->count * sizeof row->value[0]);
    return r->count < r->most;
}

static void rows_keep_every_bit(void **state)
{
    (void)state;
    for (int64_t seq = 0; seq < 5; seq++)
        assert_int_equal(add(entry(seq)), STATUS_OK);
    struct rows r = {.most = 20};
    struct conn *c = store_reader(store);
    assert_int_equal(store_trace_list(c, job.first, -1, gather, &r), STATUS_OK);
    assert_int_equal(r.count, 5);
    for (int64_t seq = 0; seq < 5; seq++) {
        double want[TRACE_COLUMNS_MAX];
        struct trace_entry e = entry(seq);
        trace_values(&e.row, want);
        assert_int_equal(r.row[seq].seq, seq);
        assert_int_equal(r.row[seq].count, trace_columns(2, 0));
        assert_true(r.row[seq].seconds == (double)seq / 4);
        assert_memory_equal(r.value[seq], want, trace_columns(2, 0) * sizeof want[0]);
    }
    r = (struct rows){.most = 20};
    store_trace_list(c, job.first, 2, gather, &r);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.row[0].seq, 3);
    r = (struct rows){.most = 1};
    store_trace_list(c, job.first, -1, gather, &r);
    assert_int_equal(r.count, 1);
    r = (struct rows){.most = 20};
    store_trace_list(c, job.first + 1, -1, gather, &r);
    assert_int_equal(r.count, 0);
}

static bool copy_run(void *arg, const struct run *r)
{
    *(struct run *)arg = *r;
    return true;
}

/* The results of a row, and the seconds that the attempt has taken so far. */
static bool has_results_of(int64_t seq, double seconds)
{
    struct run r = {.id = -1};
    store_run_get(store_reader(store), job.first, copy_run, &r);
    double x = (double)seq;
    return r.last == seq && r.samples == 2000 * seq && r.test_accuracy == x / 11 &&
           r.m0 == 300 * x && r.m0_direct == 30 * x && is_close(r.m1, 0.3 * x, 1e-14) &&
           is_close(r.m1_direct, 0.03 * x, 1e-14) && r.maintenance == 3 * x &&
           r.seconds == seconds;
}

static void the_same_row_may_come_again(void **state)
{
    (void)state;
    for (int64_t seq = 0; seq < 3; seq++)
        assert_int_equal(add(entry(seq)), STATUS_OK);
    assert_true(has_results_of(2, 0.5));
    for (int64_t seq = 0; seq < 4; seq++) {
        struct trace_entry e = entry(seq);
        e.seconds += seq < 3; /* how long it took may differ */
        assert_int_equal(add(e), STATUS_OK);
        assert_true(has_results_of(seq < 3 ? 2 : 3, e.seconds));
    }
    assert_int_equal(add(entry(5)), STATUS_OK);
    struct rows r = {.most = 20};
    struct conn *c = store_reader(store);
    log_set_level((enum log_level) - 1);
    assert_int_equal(store_trace_list(c, job.first, -1, gather, &r), STATUS_CORRUPT);
    assert_int_equal(add(entry(4)), STATUS_OK);
    assert_true(
        has_results_of(5, 1.25)); /* those of the newest row, not of the last to come */
    r.count = 0;
    assert_int_equal(store_trace_list(c, job.first, -1, gather, &r), STATUS_OK);
    assert_int_equal(r.count, 6);
}

static void another_row_in_its_place_is_refused(void **state)
{
    (void)state;
    assert_int_equal(add(entry(0)), STATUS_OK);
    assert_int_equal(add(entry(1)), STATUS_OK);
    struct trace_entry e = entry(1);
    e.row.test_loss = 0.0; /* was minus zero */
    assert_int_equal(add(e), STATUS_CONFLICT);
    e = entry(1);
    e.row.layers = 1;
    assert_int_equal(add(e), STATUS_CONFLICT);
    e = entry(1);
    e.row.layer[1].direct.m1 = nextafter(e.row.layer[1].direct.m1, 1);
    assert_int_equal(add(e), STATUS_CONFLICT);
    assert_true(has_results_of(1, 0.25));
    struct rows r = {.most = 20};
    double want[TRACE_COLUMNS_MAX];
    e = entry(1);
    trace_values(&e.row, want);
    store_trace_list(store_reader(store), job.first, 0, gather, &r);
    assert_memory_equal(r.value[0], want, trace_columns(2, 0) * sizeof want[0]);
    e = entry(0);
    e.run = 99;
    log_set_level((enum log_level) - 1); /* the refusal is logged as an error */
    assert_int_equal(add(e), STATUS_CONFLICT);
}

static enum status damage(struct conn *c, void *arg)
{
    return sqlite3_exec(c->db, arg, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK
                                                                   : STATUS_IO;
}

/* Nobody takes it for a row, and the same one may come again, as after a crash. */
static void a_damaged_row_is_found_and_mended(void **state)
{
    static char harm[][100] = {
        "UPDATE trace SET value = zeroblob(length(value)) WHERE seq = 1",
        "UPDATE trace SET value = substr(value, 2) WHERE seq = 1",
        "UPDATE trace SET hash = hash + 1 WHERE seq = 1",
        "UPDATE trace SET value = (SELECT value FROM trace WHERE seq = 0) WHERE seq = 1"};
    (void)state;
    struct conn *c = store_reader(store);
    for (int64_t seq = 0; seq < 3; seq++)
        assert_int_equal(add(entry(seq)), STATUS_OK);
    log_set_level((enum log_level) - 1);
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct rows r = {.most = 20};
        struct trace_entry e = entry(1);
        assert_int_equal(store_write(store, damage, harm[i]), STATUS_OK);
        assert_int_equal(store_trace_list(c, job.first, -1, gather, &r), STATUS_CORRUPT);
        assert_int_equal(r.count, 1);
        assert_int_equal(store_trace_compare(c, &e), STATUS_CORRUPT);
        assert_int_equal(add(e), STATUS_OK);
        assert_int_equal(store_trace_compare(c, &e), STATUS_OK);
        r.count = 0;
        assert_int_equal(store_trace_list(c, job.first, -1, gather, &r), STATUS_OK);
        assert_int_equal(r.count, 3);
    }
    static char older[] = "UPDATE trace SET hash = NULL"; /* by a version without it */
    struct rows r = {.most = 20};
    assert_int_equal(store_write(store, damage, older), STATUS_OK);
    assert_int_equal(store_trace_list(c, job.first, -1, gather, &r), STATUS_OK);
}

struct seen {
    size_t count;
    char text[20][60];
};

static bool note(void *arg, const struct event *e)
{
    struct seen *s = arg;
    snprintf(s->text[s->count++], 60, "%s %d %d %s %d", e->kind, (int)(e->job - job.job),
             (int)(e->run > 0 ? e->run - job.first : -1), e->state ? e->state : "-",
             (int)e->last);
    return s->count < 20;
}

static void events_tell_what_happened(void **state)
{
    (void)state;
    static const char *const want[] = {
        "job 0 -1 queued 0", "run 0 0 running 0", "trace 0 0 - 0", "trace 0 0 - 1",
        "run 0 0 queued 0",  "run 0 0 running 0", "trace 0 0 - 2", "run 0 0 succeeded 0",
    };
    struct claim c;
    struct run_end e = {.run = job.first, .job = job.job, .state = RUN_SUCCEEDED};
    assert_int_equal(store_write(store, claim_run, &c), STATUS_OK);
    claim_free(&c);
    assert_int_equal(add(entry(0)), STATUS_OK);
    assert_int_equal(add(entry(1)), STATUS_OK);
    assert_int_equal(store_write(store, recover_all, &(struct blame){0}), STATUS_OK);
    assert_int_equal(store_write(store, claim_run, &c), STATUS_OK);
    claim_free(&c);
    for (int64_t seq = 0; seq < 3; seq++) /* what is there already is no news */
        assert_int_equal(add(entry(seq)), STATUS_OK);
    assert_int_equal(store_write(store, finish_run, &e), STATUS_OK);
    struct seen s = {.count = 0};
    assert_int_equal(store_event_list(store_reader(store), 0, 100, note, &s), STATUS_OK);
    assert_int_equal(s.count, 8);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(s.text[i], want[i]);
    s.count = 0;
    store_event_list(store_reader(store), 6, 100, note, &s);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.text[0], want[6]);
    s.count = 0;
    store_event_list(store_reader(store), 0, 3, note, &s);
    assert_int_equal(s.count, 3);
}

static enum status add_thousands(struct conn *c, void *arg)
{
    const int64_t *n = arg;
    const struct event e = {.kind = "trace", .job = 1, .run = 1, .last = 1};
    enum status status = STATUS_OK;
    for (int64_t i = 0; status == STATUS_OK && i < *n; i++)
        status = store_event_add(c, &e);
    return status;
}

static bool count_and_check(void *arg, const struct event *e)
{
    int64_t *last = arg;
    bool next = e->seq == *last + 1;
    *last = e->seq;
    return next;
}

static void old_events_are_forgotten(void **state)
{
    (void)state;
    int64_t oldest = 0, newest = 0, more = EVENTS_KEPT + 2500 - 1, rest = 500;
    struct conn *c = store_reader(store);
    assert_int_equal(store_event_bounds(c, &oldest, &newest), STATUS_OK);
    assert_int_equal(oldest, 1);
    assert_int_equal(newest, 1);
    assert_int_equal(store_write(store, add_thousands, &more), STATUS_OK);
    assert_int_equal(store_event_bounds(c, &oldest, &newest), STATUS_OK);
    assert_int_equal(newest, EVENTS_KEPT + 2500);
    assert_in_range(newest - oldest + 1, EVENTS_KEPT, EVENTS_KEPT + 1000);
    assert_int_equal(store_write(store, add_thousands, &rest), STATUS_OK);
    assert_int_equal(store_event_bounds(c, &oldest, &newest), STATUS_OK);
    assert_int_equal(newest - oldest + 1, EVENTS_KEPT); /* at every thousandth */
    int64_t last = oldest - 1;
    assert_int_equal(store_event_list(c, 0, INT64_MAX, count_and_check, &last),
                     STATUS_OK);
    assert_int_equal(last, newest); /* without a gap */
}

int main(void)
{
#define IN_A_STORE(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        IN_A_STORE(rows_keep_every_bit),
        IN_A_STORE(the_same_row_may_come_again),
        IN_A_STORE(another_row_in_its_place_is_refused),
        IN_A_STORE(a_damaged_row_is_found_and_mended),
        IN_A_STORE(events_tell_what_happened),
        IN_A_STORE(old_events_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, end_of_all);
}
