/* Space that the store holds back, takes and gives back. */
#include "stores.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/reserve.h"
#include "store/writer.h"

static char folder[FOLDER_PATH];
static struct store *s;
static int64_t wanted, free_bytes;

static int start(void **state)
{
    (void)state;
    struct statvfs disk;
    log_set_level((enum log_level) - 1); /* what is refused is logged as an error */
    folder_make(folder);
    s = store_at(folder);
    if (statvfs(folder, &disk) != 0)
        return -1;
    wanted = (int64_t)disk.f_blocks / 20 * (int64_t)disk.f_frsize;
    wanted = wanted < 64 << 20 ? wanted : 64 << 20;
    return 0;
}

static int end(void **state)
{
    (void)state;
    store_close(s);
    folder_remove(folder);
    return 0;
}

/* Whether the disk of the tests has space enough for a reserve. */
static void make_reserve(void)
{
    if (store_reserve_keep(s, &free_bytes) == STATUS_NO_SPACE)
        skip();
}

static int64_t pieces(int n)
{
    return n * (wanted / 16);
}

static void the_reserve_is_whole_and_stays(void **state)
{
    (void)state;
    make_reserve();
    assert_int_equal(store_reserve_left(s), wanted);
    assert_int_equal(store_reserve_keep(s, &free_bytes), STATUS_OK);
    assert_int_equal(store_reserve_left(s), wanted);
    assert_true(free_bytes >= wanted);
}

static void it_is_given_in_pieces_and_made_again(void **state)
{
    (void)state;
    make_reserve();
    assert_true(reserve_give(s, LEAVE_FOR_START));
    assert_int_equal(store_reserve_left(s), wanted - pieces(1));
    for (int i = 1; i < 16 && reserve_give(s, LEAVE_FOR_START); i++)
        ;
    assert_int_equal(store_reserve_left(s), wanted / 4);
    assert_false(reserve_give(s, LEAVE_FOR_START));
    while (reserve_give(s, LEAVE_NOTHING))
        ;
    assert_int_equal(store_reserve_left(s), 0);
    assert_true(atomic_load(&s->tight));
    make_reserve();
    assert_int_equal(store_reserve_left(s), wanted);
    assert_false(atomic_load(&s->tight));
}

static void a_reader_can_be_closed_before_its_thread_ends(void **state)
{
    (void)state;
    assert_non_null(store_reader(s));
    assert_non_null(s->readers);
    for (int i = 0; i < 2; i++) {
        store_reader_close(s);
        assert_null(s->readers);
    }
    assert_non_null(store_reader(s));
}

/* A write that finds no space until it was tried so often. */
struct hungry {
    int until, tries;
    bool frees;
};

static bool run_sql(struct conn *c, const char *text)
{
    return sqlite3_exec(c->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static enum status eat(struct conn *c, void *arg)
{
    struct hungry *h = arg;
    c->frees = h->frees;
    run_sql(c, ++h->tries < h->until ? "PRAGMA max_page_count = 1"
                                     : "PRAGMA max_page_count = 1000000");
    return run_sql(c, "CREATE TABLE IF NOT EXISTS eaten (b BLOB);"
                      "INSERT INTO eaten VALUES (zeroblob(100000))")
               ? STATUS_OK
               : conn_status(c);
}

static void count_cry(void *count)
{
    ++*(int *)count;
}

static void a_write_without_space_is_tried_again(void **state)
{
    (void)state;
    int cries = 0;
    struct hungry h = {.until = 4};
    make_reserve();
    store_on_full(s, count_cry, &cries);
    assert_int_equal(store_write(s, eat, &h), STATUS_OK);
    assert_int_equal(h.tries, 4);
    assert_int_equal(cries, 3);
    assert_int_equal(store_reserve_left(s), wanted - pieces(3));
    store_on_full(s, NULL, NULL);
}

static void the_last_quarter_is_for_writes_that_make_space(void **state)
{
    (void)state;
    struct hungry h = {.until = 1000}, freeing = {.until = 15, .frees = true};
    make_reserve();
    assert_int_equal(store_write(s, eat, &h), STATUS_NO_SPACE);
    assert_int_equal(store_reserve_left(s), wanted / 4);
    make_reserve();
    assert_int_equal(store_write(s, eat, &freeing), STATUS_OK);
    assert_int_equal(freeing.tries, 15);
    assert_int_equal(store_reserve_left(s), wanted - pieces(14));
    make_reserve();
}

static enum status purge_some(struct conn *c, void *arg)
{
    (void)arg;
    return store_purge_some(c, s);
}

/* Finds no space after it has stretched the log, and then finds some. */
static enum status stretch(struct conn *c, void *arg)
{
    bool fits = ++*(int *)arg > 1;
    run_sql(c, "PRAGMA max_page_count = 1000000;"
               "CREATE TABLE IF NOT EXISTS eaten (b BLOB);"
               "INSERT INTO eaten VALUES (zeroblob(20000000))");
    run_sql(c, fits ? "DELETE FROM eaten" : "PRAGMA max_page_count = 1");
    return run_sql(c, "INSERT INTO eaten VALUES (zeroblob(100000))") ? STATUS_OK
                                                                     : conn_status(c);
}

static void a_log_that_was_stretched_gives_its_space_back(void **state)
{
    (void)state;
    char log[FILE_PATH];
    struct stat st;
    int tries = 0;
    make_reserve();
    assert_int_equal(store_write(s, stretch, &tries), STATUS_OK);
    assert_int_equal(tries, 2);
    store_write(s, purge_some, NULL); /* the log comes in between */
    snprintf(log, sizeof log, "%s/frugal.db-wal", folder);
    assert_int_equal(stat(log, &st), 0);
    assert_in_range(st.st_size, 0, 9000000);
    make_reserve();
}

static enum status decide(struct conn *c, void *arg)
{
    (void)c;
    ++*(int *)arg;
    return STATUS_NO_SPACE;
}

static void a_refusal_is_no_want_of_space(void **state)
{
    (void)state;
    int tries = 0;
    make_reserve();
    assert_int_equal(store_write(s, decide, &tries), STATUS_NO_SPACE);
    assert_int_equal(tries, 1);
    assert_int_equal(store_reserve_left(s), wanted);
}

static enum status live(struct conn *c, void *arg)
{
    (void)arg;
    return run_sql(c, "CREATE TABLE life (b BLOB);"
                      "INSERT INTO life VALUES (zeroblob(1000000));"
                      "DROP TABLE life")
               ? STATUS_OK
               : conn_status(c);
}

static enum status count_free(struct conn *c, void *ret)
{
    return conn_read(c, STATEMENT_FREE_PAGES, ret);
}

static enum status throw_away(struct conn *c, void *arg)
{
    const char *word;
    const struct new_job *n = arg;
    struct step_order o = {.job = n->job, .step = STEP_CANCEL, .now = 1};
    struct step_result result;
    enum status status = store_job_step(c, &o, &result);
    if (status == STATUS_OK)
        status = store_job_trash(c, n->job, true, 1, &word);
    return status == STATUS_OK ? store_purge_begin(c, n->job) : status;
}

/* Free pages of ordinary life are used again; those of a purge go back to the disk. */
static void only_a_purge_makes_the_file_shorter(void **state)
{
    (void)state;
    int64_t pages = 0;
    struct new_job n = {.runs = 3};
    while (store_write(s, purge_some, NULL) == STATUS_OK) /* those of before this start */
        ;
    assert_int_equal(store_write(s, live, NULL), STATUS_OK);
    assert_int_equal(store_write(s, purge_some, NULL), STATUS_NOT_FOUND);
    assert_int_equal(store_write(s, count_free, &pages), STATUS_OK);
    assert_true(pages > 200);
    assert_int_equal(store_write(s, add_job, &n), STATUS_OK);
    assert_int_equal(store_write(s, throw_away, &n), STATUS_OK);
    enum status status;
    while ((status = store_write(s, purge_some, NULL)) == STATUS_OK)
        ;
    assert_int_equal(status, STATUS_NOT_FOUND);
    assert_int_equal(store_write(s, count_free, &pages), STATUS_OK);
    assert_int_equal(pages, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reserve_is_whole_and_stays),
        cmocka_unit_test(it_is_given_in_pieces_and_made_again),
        cmocka_unit_test(a_reader_can_be_closed_before_its_thread_ends),
        cmocka_unit_test(a_write_without_space_is_tried_again),
        cmocka_unit_test(the_last_quarter_is_for_writes_that_make_space),
        cmocka_unit_test(a_log_that_was_stretched_gives_its_space_back),
        cmocka_unit_test(a_refusal_is_no_want_of_space),
        cmocka_unit_test(only_a_purge_makes_the_file_shorter),
    };
    return cmocka_run_group_tests(tests, start, end);
}
