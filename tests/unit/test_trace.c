#include "helpers.h"

#include "learn/trace.h"

static const char *const single[] = {"samples", "epoch", "train_accuracy",
                                     "test_accuracy", "test_loss"};
static const char *const layered[] = {"m0",          "m1",      "m0_direct",  "m1_direct",
                                      "maintenance", "changed", "weight_norm"};

static void columns_have_names(void **state)
{
    (void)state;
    char name[TRACE_NAME_MAX], want[64];
    for (uint32_t layers = 1; layers <= NET_LAYERS_MAX; layers++) {
        assert_int_equal(trace_columns(layers), 5 + 7 * (1 + layers));
        assert_true(trace_columns(layers) <= TRACE_COLUMNS_MAX);
        for (uint32_t c = 0; c < trace_columns(layers); c++) {
            trace_column_name(c, name);
            if (c < 5)
                snprintf(want, sizeof want, "%s", single[c]);
            else if (c < 12)
                snprintf(want, sizeof want, "%s", layered[c - 5]);
            else
                snprintf(want, sizeof want, "%s_layer%u", layered[(c - 5) % 7],
                         (c - 5) / 7);
            assert_string_equal(name, want);
        }
    }
}

static void values_are_in_their_order(void **state)
{
    (void)state;
    const struct trace_row row = {.samples = 9,
                                  .epoch = 0.5,
                                  .train_accuracy = 0.25,
                                  .test_accuracy = 0.75,
                                  .test_loss = 2,
                                  .layers = 2,
                                  .layer = {{{10, 1.5, 11}, {3, 0.5, 0}, 0.125, 12},
                                            {{20, 2.5, 13}, {4, 0.25, 0}, 0.0625, 14}},
                                  .total = {{30, 4, 24}, {7, 0.75, 0}, 0.1, 15}};
    static const double want[] = {9,  0.5, 0.25, 0.75, 2,    30, 4,      7,  0.75,
                                  24, 0.1, 15,   10,   1.5,  3,  0.5,    11, 0.125,
                                  12, 20,  2.5,  4,    0.25, 13, 0.0625, 14};
    double value[TRACE_COLUMNS_MAX];
    trace_values(&row, value);
    assert_int_equal(trace_columns(2), sizeof want / sizeof want[0]);
    assert_memory_equal(value, want, sizeof want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_have_names),
        cmocka_unit_test(values_are_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
