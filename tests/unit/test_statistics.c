#include "helpers.h"

#include "app/statistics.h"

static void nothing_is_known_of_nothing(void **state)
{
    (void)state;
    struct statistics s = statistics_of(NULL, 0);
    assert_int_equal(s.n, 0);
    assert_true(isnan(s.mean) && isnan(s.sd) && isnan(s.sem));
    assert_true(isnan(s.min) && isnan(s.max));
}

static void one_value_has_no_spread(void **state)
{
    (void)state;
    struct statistics s = statistics_of(&(double){0.951}, 1);
    assert_int_equal(s.n, 1);
    assert_true(s.mean == 0.951 && s.min == 0.951 && s.max == 0.951);
    assert_true(isnan(s.sd) && isnan(s.sem));
}

static void known_samples(void **state)
{
    (void)state;
    struct statistics s = statistics_of((double[]){3, 7}, 2);
    assert_int_equal(s.n, 2);
    assert_true(s.mean == 5 && s.min == 3 && s.max == 7);
    assert_true(is_close(s.sd, sqrt(8), 1e-15) && is_close(s.sem, 2, 1e-15));
    s = statistics_of((double[]){2, 4, 4, 4, 5, 5, 7, 9}, 8);
    assert_true(s.mean == 5);
    assert_true(is_close(s.sd, sqrt(32.0 / 7), 1e-15));
    assert_true(is_close(s.sem, sqrt(32.0 / 7 / 8), 1e-15));
    s = statistics_of((double[]){-5, -9, -1}, 3);
    assert_true(s.mean == -5 && s.min == -9 && s.max == -1 && s.sd == 4);
}

static void large_offset_costs_no_digits(void **state)
{
    (void)state;
    double x[1000], squares = 0;
    for (int i = 0; i < 1000; i++) {
        double d = i - 499.5;
        x[i] = 3.28e9 + d;
        squares += d * d;
    }
    struct statistics s = statistics_of(x, 1000);
    assert_true(s.mean == 3.28e9);
    assert_true(is_close(s.sd, sqrt(squares / 999), 1e-12));
    s = statistics_of((double[]){1e15 + 1, 1e15 + 2, 1e15 + 4}, 3);
    assert_true(is_close(s.sd, sqrt(7.0 / 3), 1e-12)); /* the mean itself is rounded */
}

static void equal_values_have_no_spread(void **state)
{
    (void)state;
    struct rng r = dice(1);
    for (uint64_t seed = 0; seed < 2000; seed++) {
        double x[50], value = rng_normal(&r) * 1e6;
        size_t n = 2 + dice_below(&r, 49);
        for (size_t i = 0; i < n; i++)
            x[i] = value;
        struct statistics s = statistics_of(x, n);
        CHECK(seed, s.sd >= 0 && s.sd <= 1e-13 * fabs(value));
        CHECK(seed, is_close(s.mean, value, 1e-13));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_of_nothing),
        cmocka_unit_test(one_value_has_no_spread),
        cmocka_unit_test(known_samples),
        cmocka_unit_test(large_offset_costs_no_digits),
        cmocka_unit_test(equal_values_have_no_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
