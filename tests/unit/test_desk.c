/* What a worker needs of whoever keeps the runs: the same steps at the desk of the store
 * in this process, and at that of a server over HTTP. */
#include "stores.h"

#include "app/app.h"
#include "http/http.h"
#include "remote/desk.h"
#include "work/ending.h"
#include "work/keeper.h"
#include "work/resume.h"

static char folder[FOLDER_PATH], cache[FILE_PATH];
static struct app app;
static struct keeper *keeper;
static struct http *http;
static struct remote_desk *far_desk;
static struct desk *near_desk, *desk; /* the one that is tested */
static int64_t job, run;

static int open_all(void **state)
{
    (void)state;
    struct buf why;
    struct workers_options o = {
        .folder = folder, .lease_seconds = 90, .build = {"test", "core"}};
    struct http_options listen = {.listen = "127.0.0.1:0",
                                  .allowed_hosts = "",
                                  .trusted_proxy = "",
                                  .limits = {.connections = 16,
                                             .body_kilobytes = 256,
                                             .idle_seconds = 30,
                                             .header_seconds = 10,
                                             .body_seconds = 60,
                                             .upload_seconds = 60}};
    buf_init(&why, 1000);
    log_set_level((enum log_level) - 1);
    hash_start();
    folder_make(folder);
    snprintf(cache, sizeof cache, "%s/cache", folder);
    app.store = store_at(folder);
    app.version = "test";
    app.hub = hub_open(0);
    bool ok =
        catalogue_open("", "", &app.catalogue) == STATUS_OK &&
        workers_start(app.store, app.catalogue, &o, &app.workers, &why) == STATUS_OK &&
        keeper_start(app.store, app.workers, app.catalogue, &keeper, &why) == STATUS_OK &&
        http_open(&listen, &http, &why) == STATUS_OK &&
        http_start(http, &app, &why) == STATUS_OK;
    near_desk = store_desk_open(app.store, app.catalogue, 0);
    struct remote_options remote = {
        .line = {.server = ok ? http_address(http) : "", .token = "", .cacert = ""},
        .who = {.worker = "w", .host = "here"},
        .cpu = "cpu",
        .version = "test",
        .core = ok ? workers_place(app.workers)->core : "",
        .cache = cache};
    ok = ok && remote_desk_open(&remote, &far_desk, &why) == STATUS_OK;
    if (!ok)
        fprintf(stderr, "%s\n", why.data);
    buf_release(&why);
    return ok ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    remote_desk_close(far_desk);
    store_desk_close(near_desk);
    http_stop(http);
    http_close(http);
    keeper_stop(keeper);
    workers_stop(app.workers);
    store_close(app.store);
    catalogue_close(app.catalogue);
    hub_close(app.hub);
    folder_remove(folder);
    return 0;
}

/* One attempt at a time. */
static struct claim claim;
static struct execution_place place;
static struct execution e;

static void begin(const char *data, bool *ret_reused)
{
    bool reused = false;
    char hashes[4 * HASH_TEXT] = "";
    for (int i = 0; i < 4; i++)
        for (int digit = 0; digit < HASH_TEXT; digit++)
            hashes[i * HASH_TEXT + digit] = digit == HASH_TEXT - 1 ? ' ' : data[0];
    hashes[sizeof hashes - 1] = '\0';
    struct run_start s = {.stop_samples = 100,
                          .columns = "a b c d e f g h i j k l",
                          .spec_sha256 = "0123456789abcdef0123456789abcdef"
                                         "0123456789abcdef0123456789abcdef",
                          .data_sha256 = hashes,
                          .build = "b",
                          .core = "c",
                          .cpu = "p",
                          .host = "h"};
    claim = (struct claim){.run = 0};
    assert_int_equal(desk->claim(desk, &claim), STATUS_OK);
    place = (struct execution_place){.desk = desk, .stop_reason = "stopped"};
    e = (struct execution){.claim = &claim, .place = &place};
    s.run = claim.run;
    s.attempt = claim.attempt;
    if (desk != near_desk)
        remote_desk_watch(far_desk, &e);
    if (!claim.verifies)
        assert_int_equal(desk->start(desk, &e, &s, &reused), STATUS_OK);
    *ret_reused = reused;
}

static void leave(void)
{
    if (desk != near_desk)
        remote_desk_watch(far_desk, NULL);
    claim_release(&claim);
}

/* A row of no layer; its numbers depend on `salt`. */
static struct trace_entry row_of(int64_t seq, double salt)
{
    struct trace_entry entry = {.run = claim.run,
                                .job = claim.job,
                                .seq = seq,
                                .seconds = (double)seq,
                                .now = 3000 + seq};
    entry.row = (struct trace_row){.samples = (uint64_t)seq * 10,
                                   .test_accuracy = salt,
                                   .train_accuracy = NAN,
                                   .test_loss = INFINITY};
    return entry;
}

static void add_rows(int64_t from, int64_t below, double salt)
{
    for (int64_t seq = from; seq < below; seq++) {
        struct trace_entry entry = row_of(seq, salt);
        assert_int_equal(desk->row(desk, &e, &entry), STATUS_OK);
    }
}

static struct run_end end_with(enum run_state state, const char *outcome)
{
    return (struct run_end){.run = claim.run,
                            .job = claim.job,
                            .state = state,
                            .outcome = outcome,
                            .now = 4000,
                            .seconds = 2.5};
}

static bool copy_run(void *arg, const struct run *r)
{
    *(struct run *)arg = *r; /* the caller reads numbers only */
    return false;
}

static struct run the_run(void)
{
    struct run r = {.last = -2};
    assert_int_equal(store_run_get(store_reader(app.store), run, copy_run, &r),
                     STATUS_OK);
    return r;
}

static void a_run_that_is_interrupted_and_ends(void **state)
{
    (void)state;
    bool reused;
    struct checkpoint p = {.seq = 2, .state = "state", .size = 5, .seconds = 1.25}, got;
    begin("d", &reused);
    assert_int_equal(claim.run, run);
    assert_int_equal(claim.last, -1);
    assert_null(claim.data_sha256);
    assert_int_equal(desk->checkpoint_get(desk, &e, &got), STATUS_NOT_FOUND);
    add_rows(0, 3, 0.5);
    e.rows = 3;
    assert_int_equal(checkpoint_take(&e, p.state, p.size), STATUS_OK);
    add_rows(3, 5, 0.5);
    struct run_end back = end_with(RUN_QUEUED, NULL);
    back.reason = "enough";
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
    assert_int_equal(the_run().state, RUN_QUEUED);
    assert_int_equal(the_run().last, 4);

    begin("d", &reused);
    assert_int_equal(claim.attempt, 2);
    assert_int_equal(claim.last, 4);
    assert_non_null(claim.data_sha256);
    e.rows = 0;
    assert_int_equal(checkpoint_load(&e, &got), STATUS_OK);
    assert_int_equal(e.rows, 3);
    assert_int_equal(got.size, 5);
    assert_memory_equal(got.state, "state", 5);
    free(got.state);
    add_rows(3, 6, 0.5); /* two of them are there already */
    struct run_changes changes = {.layers = 1};
    changes.tally[1] = (struct change_tally){.synapses = {7, 3}, .sum = 3, .squares = 3};
    changes.tally[0] = changes.tally[1];
    struct run_end end = end_with(RUN_SUCCEEDED, "samples");
    end.changes = &changes;
    assert_int_equal(desk->finish(desk, &e, &end, false), STATUS_OK);
    leave();
    assert_int_equal(the_run().state, RUN_SUCCEEDED);
    assert_int_equal(the_run().last, 5);
    assert_true(the_run().seconds == 2.5);
}

static void a_row_that_differs_ends_the_run(void **state)
{
    (void)state;
    bool reused;
    begin("d", &reused);
    add_rows(0, 2, 0.5);
    struct run_end back = end_with(RUN_QUEUED, NULL);
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
    begin("d", &reused);
    add_rows(0, 2, 0.75);
    struct run_end end = end_with(RUN_SUCCEEDED, "samples");
    assert_int_equal(desk->finish(desk, &e, &end, false), STATUS_CONFLICT);
    assert_int_equal(atomic_load(&e.row_status), STATUS_CONFLICT);
    end = end_with(RUN_FAILED, "replay_mismatch");
    assert_int_equal(desk->finish(desk, &e, &end, true), STATUS_OK);
    leave();
    assert_int_equal(the_run().state, RUN_FAILED);
    assert_int_equal(the_run().last, 1);
}

static void other_data_forgets_rows_and_checkpoint(void **state)
{
    (void)state;
    bool reused;
    struct checkpoint got;
    begin("d", &reused);
    add_rows(0, 4, 0.5);
    e.rows = 4;
    assert_int_equal(checkpoint_take(&e, "state", 5), STATUS_OK);
    struct run_end back = end_with(RUN_QUEUED, NULL);
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
    begin("e", &reused);
    assert_int_equal(desk->checkpoint_get(desk, &e, &got), STATUS_NOT_FOUND);
    assert_int_equal(the_run().last, -1);
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
}

static void a_checkpoint_of_no_use_is_forgotten(void **state)
{
    (void)state;
    bool reused;
    struct checkpoint got;
    begin("d", &reused);
    add_rows(0, 2, 0.5);
    e.rows = 2;
    assert_int_equal(checkpoint_take(&e, "state", 5), STATUS_OK);
    struct run_end back = end_with(RUN_QUEUED, NULL);
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
    begin("d", &reused);
    assert_int_equal(checkpoint_discard(&e), STATUS_OK);
    assert_int_equal(the_run().last, 1);
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
    begin("d", &reused);
    assert_int_equal(desk->checkpoint_get(desk, &e, &got), STATUS_NOT_FOUND);
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
}

static void a_run_waits_for_its_data(void **state)
{
    (void)state;
    bool reused;
    begin("d", &reused);
    struct run_end back = end_with(RUN_QUEUED, NULL);
    assert_int_equal(desk->wait_for(desk, &e, &back, "mnist"), STATUS_OK);
    leave();
    assert_int_equal(the_run().state, RUN_QUEUED);
    assert_int_equal(the_run().attempts, 0);
    assert_int_equal(desk->claim(desk, &claim), STATUS_NOT_FOUND);
}

static enum status ask_again(struct conn *c, void *arg)
{
    const char *word;
    (void)arg;
    return store_verification_request(c, run, 5000, &word);
}

static void a_verification_compares(void **state)
{
    (void)state;
    bool reused;
    begin("d", &reused);
    add_rows(0, 2, 0.5);
    struct run_end end = end_with(RUN_SUCCEEDED, "samples");
    assert_int_equal(desk->finish(desk, &e, &end, false), STATUS_OK);
    leave();
    assert_int_equal(store_write(app.store, ask_again, NULL), STATUS_OK);
    begin("d", &reused);
    assert_true(claim.verifies);
    assert_int_equal(claim.last, 1);
    struct trace_entry same = row_of(0, 0.5), other = row_of(1, 0.25),
                       more = row_of(2, 0.5);
    assert_int_equal(desk->compare(desk, &e, &same), STATUS_OK);
    assert_int_equal(desk->compare(desk, &e, &other), STATUS_CONFLICT);
    assert_int_equal(desk->compare(desk, &e, &more), STATUS_CONFLICT);
    struct verification_end v = {.run = claim.run,
                                 .job = claim.job,
                                 .now = 6000,
                                 .state = "different",
                                 .seq = 1,
                                 .reason = "row 1 differs",
                                 .build = "b",
                                 .core = "c"};
    assert_int_equal(desk->verified(desk, &e, &v), STATUS_OK);
    leave();
    assert_int_equal(desk->claim(desk, &claim), STATUS_NOT_FOUND);
}

static enum status cancel_job(struct conn *c, void *arg)
{
    (void)arg;
    struct step_order o = {.job = job, .step = STEP_CANCEL, .now = 3000};
    struct step_result result;
    enum status status = store_job_step(c, &o, &result);
    return status == STATUS_CONFLICT ? STATUS_OK : status;
}

static void one_that_is_to_be_cancelled_is_not_given_back(void **state)
{
    (void)state;
    bool reused;
    begin("d", &reused);
    add_rows(0, 2, 0.5);
    assert_int_equal(store_write(app.store, cancel_job, NULL), STATUS_OK);
    struct run_end back = end_with(RUN_QUEUED, NULL);
    assert_int_equal(desk->requeue(desk, &e, &back), STATUS_OK);
    leave();
    assert_int_equal(the_run().state, RUN_CANCELLED);
    assert_int_equal(the_run().last, 1);
}

static void add_one(void)
{
    struct new_job n = {.runs = 1};
    assert_int_equal(store_write(app.store, add_job, &n), STATUS_OK);
    job = n.job;
    run = n.first;
}

static int at_store(void **state)
{
    (void)state;
    desk = near_desk;
    add_one();
    return 0;
}

static int at_server(void **state)
{
    (void)state;
    desk = remote_desk_of(far_desk);
    add_one();
    return 0;
}

/* Nothing is left for the next test to claim. */
static int clear(void **state)
{
    (void)state;
    return store_write(app.store, cancel_job, NULL) == STATUS_OK ? 0 : -1;
}

int main(void)
{
#define AT_BOTH(test)                                                                    \
    cmocka_unit_test_setup_teardown(test, at_store, clear),                              \
        cmocka_unit_test_setup_teardown(test, at_server, clear)
    const struct CMUnitTest tests[] = {
        AT_BOTH(a_run_that_is_interrupted_and_ends),
        AT_BOTH(a_row_that_differs_ends_the_run),
        AT_BOTH(other_data_forgets_rows_and_checkpoint),
        AT_BOTH(a_checkpoint_of_no_use_is_forgotten),
        AT_BOTH(a_run_waits_for_its_data),
        AT_BOTH(a_verification_compares),
        AT_BOTH(one_that_is_to_be_cancelled_is_not_given_back),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
