/* Ends that come when rows before them could not be kept. */
#include "stores.h"

#include "work/ending.h"

static char folder[FOLDER_PATH];
static struct store *s;

static int start(void **state)
{
    (void)state;
    log_set_level((enum log_level) - 1);
    folder_make(folder);
    s = store_at(folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    store_close(s);
    folder_remove(folder);
    return 0;
}

static bool copy_state(void *arg, const struct run *r)
{
    *(enum run_state *)arg = r->state;
    return false;
}

static enum status cancel(struct conn *c, void *arg)
{
    const struct new_job *n = arg;
    struct step_order o = {.job = n->job, .step = STEP_CANCEL, .now = 3000};
    struct step_result result;
    enum status status = store_job_step(c, &o, &result);
    return status == STATUS_CONFLICT ? STATUS_OK : status;
}

/* The state of a run that has succeeded, but for a row that the store refused. */
static enum run_state finish_after(enum status row, enum status *ret_waits_for)
{
    struct buf why;
    struct new_job n = {.runs = 1};
    struct claim claim = {.run = 0};
    enum run_state found = RUN_STATES;
    assert_int_equal(store_write(s, add_job, &n), STATUS_OK);
    assert_int_equal(store_write(s, claim_run, &claim), STATUS_OK);
    struct execution_place place = {.desk = store_desk_open(s, NULL, 0)};
    struct execution e = {.claim = &claim, .place = &place, .row_status = row};
    struct run_end ends = {.state = RUN_SUCCEEDED, .outcome = "samples"};
    buf_init(&why, 1000);
    finish(&e, &ends, &why);
    *ret_waits_for = e.waits_for;
    store_run_get(store_reader(s), claim.run, copy_state, &found);
    assert_int_equal(store_write(s, cancel, &n), STATUS_OK); /* no claim after this one */
    store_desk_close(place.desk);
    buf_release(&why);
    claim_free(&claim);
    return found;
}

static void a_run_without_one_of_its_rows_goes_back(void **state)
{
    (void)state;
    const enum status passes[] = {STATUS_NO_SPACE, STATUS_NO_MEMORY, STATUS_IO};
    enum status waits_for = STATUS_OK;
    for (int i = 0; i < 3; i++) {
        CHECK(i, finish_after(passes[i], &waits_for) == RUN_QUEUED);
        CHECK(i, waits_for == passes[i]);
    }
}

static void one_with_all_of_them_ends(void **state)
{
    (void)state;
    enum status waits_for = STATUS_OK;
    assert_int_equal(finish_after(STATUS_OK, &waits_for), RUN_SUCCEEDED);
    assert_int_equal(finish_after(STATUS_CONFLICT, &waits_for), RUN_FAILED);
    assert_int_equal(finish_after(STATUS_INTERNAL, &waits_for), RUN_FAILED);
    assert_int_equal(finish_after(STATUS_CORRUPT, &waits_for), RUN_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_with_all_of_them_ends),
        cmocka_unit_test(a_run_without_one_of_its_rows_goes_back),
    };
    return cmocka_run_group_tests(tests, start, end);
}
