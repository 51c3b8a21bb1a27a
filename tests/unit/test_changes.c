/* Counting the changes of each synapse: where the counts are kept, and what they sum up
 * to. */
#include "problems.h"

#include "learn/changes.h"

enum { SOURCES = 6, TARGETS = 5, ROWS = SOURCES + 1 };

/* Synapses from 4 of 6 sources and the bias to 3 of 5 targets may change. */
static struct changes *some_plastic(void)
{
    const struct layer layer = {
        .sources = SOURCES, .targets = TARGETS, .rows = ROWS, .stride = LANES};
    struct changes *c = changes_new(&layer, 4, 3, kernels_for(NULL));
    assert_non_null(c);
    assert_int_equal(changes_rows(c), 5);
    return c;
}

static void expect_row(struct changes *c, size_t i, const uint32_t want[TARGETS])
{
    uint32_t n[TARGETS];
    changes_get(c, i, TARGETS, n);
    assert_memory_equal(n, want, sizeof n);
}

static void parts_add_up(void **state)
{
    (void)state;
    static const uint32_t nothing[TARGETS] = {0};
    static const float change[LANES] = {0.1f, 0, -2};
    _Alignas(64) static const float size[LANES] = {3, 1, 2, -1, -1, -1};
    struct changes *c = some_plastic();
    for (size_t i = 0; i < ROWS; i++)
        expect_row(c, i, nothing);
    c->every += 10;
    changes_of_columns(c, change);
    changes_of_row(c, 1, NULL);
    changes_of_row(c, SOURCES, NULL);
    assert_null(c->single); /* no matrix for whole rows and columns */
    expect_row(c, 0, (const uint32_t[]){11, 10, 11, 0, 0});
    expect_row(c, 1, (const uint32_t[]){12, 11, 12, 0, 0});
    expect_row(c, SOURCES, (const uint32_t[]){12, 11, 12, 0, 0});
    expect_row(c, 4, nothing);
    expect_row(c, 5, nothing);
    changes_of_row(c, 1, change);
    changes_begin(c, size);
    changes_above(c, 3, 2, INFINITY);
    changes_of_synapse(c, SOURCES, 1);
    changes_of_synapse(c, SOURCES, 1);
    assert_non_null(c->single);
    expect_row(c, 0, (const uint32_t[]){11, 10, 11, 0, 0});
    expect_row(c, 1, (const uint32_t[]){13, 11, 13, 0, 0});
    expect_row(c, 3, (const uint32_t[]){12, 10, 12, 0, 0});
    expect_row(c, SOURCES, (const uint32_t[]){12, 13, 12, 0, 0});
    changes_free(c);
}

static void plain_learning_needs_no_matrix(void **state)
{
    (void)state;
    struct rng r = dice(3);
    struct inputs in;
    struct learner learner;
    struct learner_spec spec = {.net = {.layers = 3, .units = {9, 8, 7, 4}, .bias = true},
                                .learning_rate = {0.1, 0.1, 0.1},
                                .rule.subnet = {5, 6},
                                .count_changes = true};
    inputs_init(&in, &r, 20, 9, 4, 1);
    learner_draw(&learner, &spec, 3);
    for (uint32_t t = 0; t < 20; t++)
        learner_step(&learner, in.view, t);
    for (uint32_t l = 0; l < 3; l++) {
        assert_null(learner.changes[l]->single);
        assert_int_equal(learner.changes[l]->every, 20);
    }
    learner_release(&learner);
    inputs_release(&in);
}

static void nothing_is_counted_unless_asked_for(void **state)
{
    (void)state;
    struct learner learner;
    struct learner_spec spec = {.net = {.layers = 1, .units = {9, 4}},
                                .learning_rate = {0.1}};
    learner_draw(&learner, &spec, 1);
    assert_null(learner.changes[0]);
    assert_true(learner_has_counted(&learner));
    learner_release(&learner);
}

#ifdef __SANITIZE_ADDRESS__
static const bool huge_requests_abort = true;
#else
static const bool huge_requests_abort = false;
#endif

static void lack_of_memory_is_remembered(void **state)
{
    (void)state;
    struct changes *c = some_plastic();
    c->rows = SIZE_MAX / LANES / 8; /* a matrix that nobody can have */
    c->failed = huge_requests_abort;
    changes_of_synapse(c, 0, 0);
    assert_true(c->failed);
    changes_begin(c, (const float[LANES]){0});
    changes_above(c, 0, 0, INFINITY);
    changes_of_row(c, 1, (const float[LANES]){1});
    assert_null(c->single);
    changes_free(c);
}

static void bins_double(void **state)
{
    (void)state;
    static const uint32_t first[] = {0, 1, 2, 3, 5, 9, 17};
    struct change_tally t = {.sum = 0};
    for (int bin = 0; bin < CHANGE_BINS; bin++) {
        uint64_t most = change_bin_most(bin);
        uint32_t n[2] = {bin < 7 ? first[bin] : (uint32_t)(most / 2 + 1),
                         most > UINT32_MAX ? UINT32_MAX : (uint32_t)most};
        change_tally_add(&t, n, 2);
        assert_int_equal(t.synapses[bin], 2);
    }
    assert_int_equal(change_bin_most(0), 0);
    assert_int_equal(change_bin_most(4), 8);
}

static void the_index_tells_how_many_synapses_matter(void **state)
{
    (void)state;
    static const uint32_t even[] = {7, 7, 7, 7, 0}, one[] = {0, 0, 9}, two[] = {1, 3};
    struct change_tally t = {.sum = 0}, all = {.sum = 0};
    assert_true(isnan(change_tally_simpson(&t)));
    change_tally_add(&t, one, 2); /* only zeros */
    assert_true(isnan(change_tally_simpson(&t)));
    change_tally_join(&all, &t);
    t = (struct change_tally){.sum = 0};
    change_tally_add(&t, even, 5);
    assert_true(fabs(1 / change_tally_simpson(&t) - 4) < 1e-12);
    change_tally_join(&all, &t);
    t = (struct change_tally){.sum = 0};
    change_tally_add(&t, one, 3);
    assert_true(change_tally_simpson(&t) == 1);
    t = (struct change_tally){.sum = 0};
    change_tally_add(&t, two, 2);
    assert_true(change_tally_simpson(&t) == 10.0 / 16);
    change_tally_join(&all, &t);
    assert_int_equal(all.sum, 28 + 4);
    assert_true(change_tally_simpson(&all) == (4 * 49 + 10) / 1024.0);
    assert_int_equal(all.synapses[0], 3);
    assert_int_equal(all.synapses[4], 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(plain_learning_needs_no_matrix),
        cmocka_unit_test(nothing_is_counted_unless_asked_for),
        cmocka_unit_test(lack_of_memory_is_remembered),
        cmocka_unit_test(bins_double),
        cmocka_unit_test(the_index_tells_how_many_synapses_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
