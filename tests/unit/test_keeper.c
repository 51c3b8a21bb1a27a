/* What the keeper does by itself, while nobody asks for anything. */
#include "stores.h"

#include <unistd.h>

#include "store/reserve.h"
#include "work/keeper.h"

static char folder[FOLDER_PATH];
static struct store *s;
static struct workers *workers;
static struct keeper *keeper;

static int start(void **state)
{
    (void)state;
    struct buf why;
    struct workers_options o = {.count = 1, .folder = folder, .lease_seconds = 90, .build = {"test", "core"}};
    log_set_level(LOG_LEVEL_ERROR);
    buf_init(&why, 1000);
    folder_make(folder);
    s = store_at(folder);
    bool ok = workers_start(s, NULL, &o, &workers, &why) == STATUS_OK &&
              workers_state(workers).starved &&
              keeper_start(s, workers, NULL, &keeper, &why) == STATUS_OK;
    buf_release(&why);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    keeper_stop(keeper);
    workers_stop(workers);
    store_close(s);
    folder_remove(folder);
    return 0;
}

static enum status throw_away(struct conn *c, void *arg)
{
    const char *word;
    struct new_job *n = arg;
    struct step_order o = {.step = STEP_CANCEL, .now = 1};
    struct step_result result;
    enum status status = add_job(c, n);
    o.job = n->job;
    if (status == STATUS_OK)
        status = store_job_step(c, &o, &result);
    if (status == STATUS_OK)
        status = store_job_trash(c, n->job, true, 1, &word);
    return status == STATUS_OK ? store_purge_begin(c, n->job) : status;
}

/* In the file itself: for everybody else the job is gone at once. */
static int64_t jobs_left(void)
{
    char path[FILE_PATH];
    sqlite3 *db;
    sqlite3_stmt *q;
    snprintf(path, sizeof path, "%s/frugal.db", folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM job", -1, &q, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return n;
}

/* Whoever began it may be gone, or had no space. */
static void it_goes_on_with_a_purge(void **state)
{
    (void)state;
    struct new_job n = {.runs = 3};
    assert_int_equal(store_write(s, throw_away, &n), STATUS_OK);
    for (int i = 0; i < 600 && jobs_left() > 0; i++)
        usleep(50000);
    assert_int_equal(jobs_left(), 0);
}

static void workers_that_yield_begin_again(void **state)
{
    (void)state;
    int64_t free_bytes;
    if (store_reserve_keep(s, &free_bytes) == STATUS_NO_SPACE)
        skip();
    workers_yield(workers);
    for (int i = 0; i < 600 && workers_state(workers).starved; i++)
        usleep(50000);
    assert_false(workers_state(workers).starved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_with_a_purge),
        cmocka_unit_test(workers_that_yield_begin_again),
    };
    return cmocka_run_group_tests(tests, start, end);
}
