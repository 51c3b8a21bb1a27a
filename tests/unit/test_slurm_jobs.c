/* What squeue --json says, in the forms of several versions of Slurm, and nonsense. */
#include "helpers.h"

#include "base/hash.h"
#include "remote/slurm_jobs.h"

static struct slurm_jobs jobs;

static bool read_text(const char *text)
{
    return slurm_jobs_read(text, strlen(text), "ours", &jobs);
}

static void tasks_that_wait_are_counted(void **state)
{
    (void)state;
    assert_true(read_text(
        "{\"jobs\": [{\"name\": \"ours\", \"job_id\": 9, \"array_job_id\": 9, "
        "\"array_task_id\": null, \"array_task_string\": \"1-3,7,9-10%2\", "
        "\"job_state\": \"PENDING\", \"state_reason\": \"Resources\"}, "
        "{\"name\": \"theirs\", \"job_id\": 1, \"job_state\": \"PENDING\"}, "
        "{\"name\": \"ours\", \"job_id\": 11, \"array_job_id\": 9, \"array_task_id\": 4, "
        "\"job_state\": \"RUNNING\"}]}"));
    static const int64_t wanted[] = {1, 2, 3, 7, 9, 10};
    assert_int_equal(jobs.pending, 6);
    assert_int_equal(jobs.running, 1);
    assert_int_equal(jobs.failed, 0);
    assert_string_equal(jobs.reason, "Resources");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(jobs.waits[i].job, 9);
        assert_int_equal(jobs.waits[i].task, wanted[i]);
    }
    char name[SLURM_ID_TEXT];
    slurm_task_name(&jobs.waits[3], name);
    assert_string_equal(name, "9_7");
}

static void what_was_requeued_comes_first(void **state)
{
    (void)state;
    assert_true(read_text(
        "{\"jobs\": [{\"name\": \"ours\", \"job_id\": 3, \"job_state\": \"PENDING\", "
        "\"state_reason\": \"Priority\"}, {\"name\": \"ours\", \"job_id\": 4, "
        "\"job_state\": [\"PENDING\"], \"state_reason\": \"BeginTime\"}]}"));
    assert_int_equal(jobs.pending, 2);
    assert_int_equal(jobs.delayed, 1);
    assert_int_equal(jobs.waits[0].job, 4);
    assert_int_equal(jobs.waits[1].job, 3);
    assert_string_equal(jobs.reason, "Priority");
    char name[SLURM_ID_TEXT];
    slurm_task_name(&jobs.waits[0], name);
    assert_string_equal(name, "4");
}

static void failures_are_told_from_ends(void **state)
{
    (void)state;
    assert_true(read_text(
        "{\"jobs\": [{\"name\": \"ours\", \"job_id\": 5, \"job_state\": \"FAILED\", "
        "\"exit_code\": 32512}, {\"name\": \"ours\", \"job_id\": 6, \"job_state\": "
        "\"TIMEOUT\"}, {\"name\": \"ours\", \"job_id\": 7, \"job_state\": "
        "\"PREEMPTED\"}, "
        "{\"name\": \"ours\", \"job_id\": 8, \"job_state\": \"NODE_FAIL\"}, "
        "{\"name\": \"ours\", \"job_id\": 9, \"job_state\": \"COMPLETED\"}]}"));
    assert_int_equal(jobs.pending + jobs.running, 0);
    assert_int_equal(jobs.failed, 1);
    assert_int_equal(jobs.failure[0].job, 5);
    assert_int_equal(jobs.exit_code, 127);
    assert_string_equal(jobs.state, "FAILED");
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",   "<html>",        "{}",
                                        "[]", "{\"jobs\": 7}", "{\"jobs\": null}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK(i, !read_text(texts[i]));
    assert_true(
        read_text("{\"jobs\": [7, null, {}, {\"name\": 3}, {\"name\": \"ours\"}]}"));
    assert_int_equal(jobs.pending + jobs.running + jobs.failed, 0);
    assert_true(
        read_text("{\"jobs\": [{\"name\": \"ours\", \"job_state\": \"PENDING\", "
                  "\"array_job_id\": 1, \"array_task_string\": \"0-99999999\"}]}"));
    assert_int_equal(jobs.pending, SLURM_TASKS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_that_wait_are_counted),
        cmocka_unit_test(what_was_requeued_comes_first),
        cmocka_unit_test(failures_are_told_from_ends),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
