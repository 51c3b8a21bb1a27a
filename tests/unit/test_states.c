/* The table of states against the picture of the design, drawn once more. */
#include "helpers.h"

#include "store/states.h"

/* Rows: from; columns: to, both in the order of enum run_state. */
static const char *const may[RUN_STATES] = {
    /* queued   */ ".hr..c..",
    /* held     */ "q....c..",
    /* running  */ "qh.sfctd",
    /* success  */ "........",
    /* failed   */ "q.......",
    /* cancel   */ "q.......",
    /* timeout  */ "q.......",
    /* dead     */ "q.......",
};

static void every_transition_is_in_the_picture(void **state)
{
    (void)state;
    for (int from = 0; from < RUN_STATES; from++)
        for (int to = 0; to < RUN_STATES; to++)
            CHECK(from * 10 + to,
                  run_state_may_become((enum run_state)from, (enum run_state)to) ==
                      (may[from][to] != '.'));
}

static void only_a_retry_leads_out_of_an_end(void **state)
{
    (void)state;
    for (int s = 0; s < RUN_STATES; s++)
        for (int step = 0; step < RUN_STEPS; step++) {
            enum run_state to = run_state_after((enum run_state)s, (enum run_step)step);
            CHECK(s, !run_state_is_final((enum run_state)s) || to == RUN_STATES ||
                         step == STEP_RETRY);
            CHECK(s, to == RUN_STATES || to == run_step_aim((enum run_step)step));
        }
}

static void names_lead_back(void **state)
{
    (void)state;
    for (int s = 0; s < RUN_STATES; s++)
        assert_int_equal(run_state_of(run_state_name((enum run_state)s)), s);
    assert_int_equal(run_state_of("dancing"), RUN_STATES);
}

static void a_job_is_what_its_runs_are(void **state)
{
    (void)state;
    static const struct {
        long long runs[RUN_STATES];
        const char *want;
    } cases[] = {
        {{3}, "queued"},
        {{2, 1}, "queued"},
        {{0, 2}, "held"},
        {{0, 1, 0, 2}, "held"},
        {{1, 0, 1}, "running"},
        {{0, 0, 1, 5}, "running"},
        {{1, 0, 0, 1}, "running"},
        {{0, 0, 0, 4}, "succeeded"},
        {{0, 0, 0, 4, 1}, "failed"},
        {{0, 0, 0, 4, 0, 1}, "cancelled"},
        {{0, 0, 0, 4, 0, 1, 1}, "failed"},
        {{0, 0, 0, 0, 0, 0, 0, 1}, "failed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(job_state_of(cases[i].runs), cases[i].want) != 0)
            fail_msg("case %zu: %s", i, job_state_of(cases[i].runs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_transition_is_in_the_picture),
        cmocka_unit_test(only_a_retry_leads_out_of_an_end),
        cmocka_unit_test(names_lead_back),
        cmocka_unit_test(a_job_is_what_its_runs_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
