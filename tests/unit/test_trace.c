#include "helpers.h"

#include "learn/trace.h"

static const char *const single[] = {"samples", "epoch", "train_accuracy",
                                     "test_accuracy", "test_loss"};
static const char *const layered[] = {
    "m0",          "m1",   "m0_direct", "m1_direct",   "maintenance", "changed",
    "weight_norm", "m0.5", "m2",        "m0.5_direct", "m2_direct",
};

/* With two exponents, or with none. */
static void check_names(uint32_t layers, const struct exponents *e)
{
    char name[TRACE_NAME_MAX], want[64];
    uint32_t per_layer = 7 + 2 * e->count;
    assert_int_equal(trace_columns(layers, e->count), 5 + per_layer * (1 + layers));
    for (uint32_t c = 0; c < trace_columns(layers, e->count); c++) {
        uint32_t layer = c < 5 ? 0 : (c - 5) / per_layer;
        const char *base = c < 5 ? single[c] : layered[(c - 5) % per_layer];
        snprintf(want, sizeof want, layer > 0 ? "%s_layer%u" : "%s", base, layer);
        trace_column_name(e, c, name);
        assert_string_equal(name, want);
    }
}

static void columns_have_names(void **state)
{
    (void)state;
    const struct exponents none = {.count = 0}, two = {2, {0.5, 2}};
    for (uint32_t layers = 1; layers <= NET_LAYERS_MAX; layers++) {
        assert_true(trace_columns(layers, EXPONENTS_MAX) <= TRACE_COLUMNS_MAX);
        check_names(layers, &none);
        check_names(layers, &two);
    }
}

static void exponents_are_named_exactly(void **state)
{
    (void)state;
    static const struct {
        double exponent;
        const char *name;
    } cases[] = {
        {4, "m4_direct_layer17"},
        {0.1, "m0.1_direct_layer17"},
        {1.0 / 3, "m0.3333333333333333_direct_layer17"},
        {1 + 0x1p-52, "m1.0000000000000002_direct_layer17"},
        {1e-300, "m1e-300_direct_layer17"},
        {-0.1 + 0.3, "m0.19999999999999998_direct_layer17"},
        {0x1.fffffffffffffp-1022, "m4.4501477170144023e-308_direct_layer17"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct exponents e = {1, {cases[i].exponent}};
        char name[TRACE_NAME_MAX];
        trace_column_name(&e, trace_columns(NET_LAYERS_MAX, 1) - 1, name);
        assert_string_equal(name, cases[i].name);
    }
}

static void values_are_in_their_order(void **state)
{
    (void)state;
    const struct trace_row row = {
        .samples = 9,
        .epoch = 0.5,
        .train_accuracy = 0.25,
        .test_accuracy = 0.75,
        .test_loss = 2,
        .layers = 2,
        .exponents = 1,
        .layer = {{{10, 1.5, 11, {21}}, {3, 0.5, 0, {22}}, 0.125, 12},
                  {{20, 2.5, 13, {23}}, {4, 0.25, 0, {24}}, 0.0625, 14}},
        .total = {{30, 4, 24, {25}}, {7, 0.75, 0, {26}}, 0.1, 15}};
    static const double want[] = {
        9,  0.5, 0.25, 0.75, 2,                      /* single values */
        30, 4,   7,    0.75, 24, 0.1,    15, 25, 26, /* in total */
        10, 1.5, 3,    0.5,  11, 0.125,  12, 21, 22, /* layer 1 */
        20, 2.5, 4,    0.25, 13, 0.0625, 14, 23, 24,
    };
    double value[TRACE_COLUMNS_MAX];
    trace_values(&row, value);
    assert_int_equal(trace_columns(2, 1), sizeof want / sizeof want[0]);
    assert_memory_equal(value, want, sizeof want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_have_names),
        cmocka_unit_test(exponents_are_named_exactly),
        cmocka_unit_test(values_are_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
