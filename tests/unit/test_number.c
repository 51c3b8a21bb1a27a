#include "helpers.h"

#include <math.h>

#include "number.h"

static void check(void (*write)(char text[static NUMBER_TEXT], double, double),
                  double mean, double sem, const char *wanted)
{
    char text[NUMBER_TEXT];
    write(text, mean, sem);
    assert_string_equal(text, wanted);
}

static void test_an_error_is_shown_with_two_digits(void **state)
{
    (void)state;
    check(number_energy, 3.28e9, 1.4e7, "3.280e9 ± 0.014e9");
    check(number_energy, 1.144848e11, 1.2e6, "1.144848e11 ± 0.000012e11");
    check(number_energy, 0.002, 5e-6, "0.002000 ± 0.000005");
    check(number_energy, 0, 0.5, "0.00 ± 0.50");
    check(number_share, 0.95123, 0.0008, "0.9512 ± 0.0008");
    check(number_count, 41234, 821, "41230 ± 820");
}

static void test_an_error_of_nothing(void **state)
{
    (void)state;
    check(number_energy, 1.144848e11, 0, "1.145e11 ± 0");
    check(number_energy, 1.144848e11, 3e3, "1.145e11 ± 0");
    check(number_energy, -1.144848e11, 0, "-1.145e11 ± 0");
    check(number_energy, 1, 0, "1 ± 0");
    check(number_energy, 1.0 / 3, 0, "0.3333 ± 0");
    check(number_energy, 0, 0, "0 ± 0");
    check(number_share, 0.95123, 0, "0.9512 ± 0");
    check(number_count, 3000, 0, "3000 ± 0");
}

static void test_no_error(void **state)
{
    (void)state;
    check(number_energy, 1.144848e11, (double)NAN, "1.145e11");
    check(number_share, 0.95123, (double)NAN, "0.9512");
    check(number_energy, (double)NAN, (double)NAN, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_error_is_shown_with_two_digits),
        cmocka_unit_test(test_an_error_of_nothing),
        cmocka_unit_test(test_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
