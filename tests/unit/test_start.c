/* When the next run may begin, from what the workers have left. */
#include "helpers.h"

#include "app/start.h"

static double after(double a, double b, int64_t before, double mean)
{
    double left[] = {a, b};
    return start_after(left, 2, before, mean);
}

static void runs_at_work_come_first(void **state)
{
    (void)state;
    assert_true(after(500, 300, 0, 1) == 300);
    assert_float_equal(after(500, 300, 1, 1), 301, 1e-3);
    assert_float_equal(after(500, 300, 1, 400), 500, 1e-3);
    assert_float_equal(after(500, 300, 2, 400), 700, 1e-3);
    assert_float_equal(after(10, 300, 3, 100), 300, 1e-3);
    assert_float_equal(after(10, 300, 4, 100), 310, 1e-3);
    assert_float_equal(after(0, 0, 100000, 2), 100000, 1e-3);
}

static void free_workers_begin_at_once(void **state)
{
    (void)state;
    assert_true(after(0, 0, 0, 5) == 0);
    assert_true(after(0, 0, 1, 5) == 0);
    assert_true(after(300, 0, 0, 0) == 0);
}

static void nobody_may_know(void **state)
{
    (void)state;
    assert_true(isnan(start_after(NULL, 0, 0, 1)));
    assert_true(isnan(after(INFINITY, INFINITY, 0, 0)));
    assert_true(isnan(after(1, 2, 2, 0)));
    assert_true(after(INFINITY, 7, 0, 0) == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_at_work_come_first),
        cmocka_unit_test(free_workers_begin_at_once),
        cmocka_unit_test(nobody_may_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
