#include "problems.h"

#include "learn/trace.h"
#include "learn/train.h"

enum { FEATURES = 30, CLASSES = 4, TRAIN = 200, TEST = 100, ROWS_MAX = 500 };

static struct samples *train_raw, *train_set, *test_raw, *test_set;

/* A noisy pattern for each class. */
static void draw_set(struct rng *r, uint32_t count, struct samples **ret_raw,
                     struct samples **ret_set)
{
    static uint8_t pixel[TRAIN * FEATURES], label[TRAIN];
    for (uint32_t t = 0; t < count; t++) {
        label[t] = (uint8_t)dice_below(r, CLASSES);
        for (uint32_t i = 0; i < FEATURES; i++) {
            bool on =
                i % CLASSES == label[t] ? dice_below(r, 10) < 6 : dice_below(r, 10) < 2;
            pixel[t * FEATURES + i] = (uint8_t)(on ? 100 + dice_below(r, 100) : 0);
        }
    }
    if (samples_from_pixels(pixel, label, count, FEATURES, CLASSES, ret_raw) !=
            STATUS_OK ||
        samples_with_background(*ret_raw, -0.17f, ret_set) != STATUS_OK)
        abort();
}

static int sets_make(void **state)
{
    (void)state;
    struct rng r = dice(1);
    draw_set(&r, TRAIN, &train_raw, &train_set);
    draw_set(&r, TEST, &test_raw, &test_set);
    return 0;
}

static int sets_free(void **state)
{
    (void)state;
    samples_free(train_set);
    samples_free(train_raw);
    samples_free(test_set);
    samples_free(test_raw);
    return 0;
}

/* What a run tells, and what it is told. */
struct record {
    size_t rows;
    struct trace_row row[ROWS_MAX];
    uint64_t polls, last_poll, polls_told_to_stop;
    uint64_t end_at, stop_at; /* samples; 0: never */
    uint64_t stop_in_evaluation_at;
    size_t refuse_row; /* 0: none */
    enum train_outcome outcome;
};

static enum train_wish watch(void *arg, uint64_t samples)
{
    struct record *r = arg;
    bool in_evaluation = r->polls > 0 && samples == r->last_poll;
    r->polls++;
    r->last_poll = samples;
    if (r->stop_at > 0 && samples >= r->stop_at) {
        r->polls_told_to_stop++;
        return WISH_STOP;
    }
    if (in_evaluation && r->stop_in_evaluation_at > 0 &&
        samples >= r->stop_in_evaluation_at)
        return WISH_STOP;
    return r->end_at > 0 && samples >= r->end_at ? WISH_END : WISH_GO_ON;
}

static enum status keep(void *arg, const struct trace_row *row)
{
    struct record *r = arg;
    if (r->rows + 1 == r->refuse_row)
        return STATUS_NO_SPACE;
    if (r->rows == ROWS_MAX)
        abort();
    r->row[r->rows++] = *row;
    return STATUS_OK;
}

static struct train_spec standard(void)
{
    return (struct train_spec){
        .learner = {.net = {.layers = 2,
                            .units = {FEATURES, 20, CLASSES},
                            .bias = true,
                            .init_std = {0.1, 0.1}},
                    .learning_rate = {0.02, 0.02}},
        .seed = 7,
        .evaluate_every = 50,
        .stop_samples = 1020,
    };
}

static enum status run_on(const struct train_spec *spec, const struct kernels *k,
                          struct record *r)
{
    struct train_observer observer = {.poll = watch, .row = keep, .arg = r};
    r->outcome = (enum train_outcome)99;
    return train_run(spec, train_set, test_set, k, &observer, &r->outcome);
}

static struct record *run_new(const struct train_spec *spec)
{
    struct record *r = calloc(1, sizeof *r);
    if (r == NULL || run_on(spec, kernels_for(NULL), r) != STATUS_OK)
        abort();
    return r;
}

static bool same_rows(const struct record *a, const struct record *b)
{
    bool same = a->rows == b->rows && a->outcome == b->outcome;
    for (size_t i = 0; same && i < a->rows; i++) {
        double x[TRACE_COLUMNS_MAX], y[TRACE_COLUMNS_MAX];
        trace_values(&a->row[i], x);
        trace_values(&b->row[i], y);
        same = memcmp(x, y,
                      trace_columns(a->row[i].layers, a->row[i].exponents) *
                          sizeof x[0]) == 0;
    }
    return same;
}

static double total_m0(const struct trace_row *row)
{
    return (double)row->total.spent.m0;
}

static double total_m1(const struct trace_row *row)
{
    return row->total.spent.m1;
}

static void rows_come_when_due(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    struct record *r = run_new(&spec);
    assert_int_equal(r->outcome, OUTCOME_SAMPLES);
    assert_int_equal(r->rows, 22); /* 0, 50 .. 1000, 1020 */
    for (size_t i = 0; i < r->rows; i++) {
        const struct trace_row *row = &r->row[i];
        assert_int_equal(row->samples, i < 21 ? 50 * i : 1020);
        assert_true(row->epoch == (double)row->samples / TRAIN);
        assert_int_equal(row->layers, 2);
        assert_true(i == 0 ? isnan(row->train_accuracy)
                           : row->train_accuracy >= 0 && row->train_accuracy <= 1);
        assert_true(row->test_loss > 0 && isfinite(row->test_loss));
        assert_true(i == 0 || total_m0(row) > total_m0(row - 1));
        assert_true(i == 0 || total_m1(row) > total_m1(row - 1));
        assert_true(row->layer[0].direct.m1 <= row->layer[0].spent.m1 * 1.0001);
    }
    assert_true(total_m0(&r->row[0]) == 0 && total_m1(&r->row[0]) == 0);
    assert_int_equal(r->row[0].layer[1].direct.m0, 0);
    assert_true(r->row[21].test_accuracy > r->row[0].test_accuracy + 0.2);
    assert_true(r->row[21].train_accuracy > 0.5);
    free(r);
}

/* Totals, shares and norms follow from the layers and from the rows before. */
static void rows_add_up(void **state)
{
    (void)state;
    static const double synapses[] = {(FEATURES + 1) * 20, 21 * CLASSES};
    struct train_spec spec = standard();
    spec.learner.net.activation = ACTIVATION_RELU; /* some synapses rest */
    struct record *r = run_new(&spec);
    for (size_t i = 0; i < r->rows; i++) {
        const struct trace_row *row = &r->row[i];
        const struct layer_row *a = &row->layer[0], *b = &row->layer[1], *t = &row->total;
        assert_int_equal(t->spent.m0, a->spent.m0 + b->spent.m0);
        assert_int_equal(t->direct.m0, a->direct.m0 + b->direct.m0);
        assert_true(t->spent.m1 == a->spent.m1 + b->spent.m1);
        assert_true(t->direct.m1 == a->direct.m1 + b->direct.m1);
        assert_true(t->spent.maintenance == 0);
        assert_true(
            is_close(t->weight_norm, hypot(a->weight_norm, b->weight_norm), 1e-12));
        assert_true(a->weight_norm > 1 && b->weight_norm > 0.5 && t->weight_norm < 50);
        if (i == 0) {
            assert_true(isnan(a->changed) && isnan(b->changed) && isnan(t->changed));
            /* sd 0.1 at the start */
            assert_true(is_close(a->weight_norm, 0.1 * sqrt(synapses[0]), 0.1));
            continue;
        }
        double samples = (double)(row->samples - row[-1].samples);
        for (int l = 0; l < 2; l++) {
            uint64_t m0 = row->layer[l].spent.m0 - row[-1].layer[l].spent.m0;
            double share = (double)m0 / synapses[l] / samples;
            assert_true(is_close(row->layer[l].changed, share, 1e-12));
            assert_true(share > 0.1 && share < 1);
        }
        double share = (double)(t->spent.m0 - row[-1].total.spent.m0) /
                       (synapses[0] + synapses[1]) / samples;
        assert_true(is_close(t->changed, share, 1e-12));
    }
    free(r);
}

static void same_seed_same_rows(void **state)
{
    (void)state;
    static const char *const variants[] = {"kernels_v1", "kernels_v3", "kernels_v4"};
    for (int i = 0; i < 12; i++) {
        struct train_spec spec = standard();
        spec.learner.net.activation = (enum activation)(i % 5);
        spec.learner.net.loss = (enum loss)(i % 2);
        spec.learner.l2 = i % 3 == 0 ? 0.01 : 0;
        spec.order = i % 4 == 0 ? ORDER_SHUFFLED : ORDER_RANDOM;
        spec.seed = (uint64_t)i;
        struct record *first = run_new(&spec);
        for (int v = 0; v < 3; v++) {
            if (kernels_for(variants[v]) == NULL)
                continue;
            struct record *r = calloc(1, sizeof *r);
            assert_int_equal(run_on(&spec, kernels_for(variants[v]), r), STATUS_OK);
            if (!same_rows(r, first))
                fail_msg("seed %d: %s gives other rows", i, variants[v]);
            free(r);
        }
        spec.seed = (uint64_t)i + 100;
        struct record *other = run_new(&spec);
        CHECK(i, !same_rows(other, first));
        free(other);
        free(first);
    }
}

static void stops_at_the_goal(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    spec.stop_accuracy = 0.7;
    spec.stop_samples = 20000;
    struct record *r = run_new(&spec);
    assert_int_equal(r->outcome, OUTCOME_GOAL);
    assert_true(r->rows > 2);
    for (size_t i = 0; i < r->rows; i++)
        assert_int_equal(r->row[i].test_accuracy >= 0.7, i + 1 == r->rows);
    free(r);
    spec.stop_accuracy = 1e-9;
    r = run_new(&spec);
    assert_int_equal(r->outcome, OUTCOME_GOAL);
    assert_int_equal(r->rows, 1);
    assert_int_equal(r->row[0].samples, 0);
    free(r);
}

/* The budget is reached with the last sample and not before. */
static void check_budget(const struct train_spec *spec,
                         double (*spent)(const struct trace_row *), double budget)
{
    struct record *r = run_new(spec);
    assert_int_equal(r->outcome, OUTCOME_ENERGY);
    const struct trace_row *last = &r->row[r->rows - 1];
    assert_true(spent(last) >= budget);
    struct train_spec shorter = *spec;
    shorter.stop_m0 = shorter.stop_m1 = 0;
    shorter.stop_samples = last->samples - 1;
    struct record *before = run_new(&shorter);
    assert_true(spent(&before->row[before->rows - 1]) < budget);
    free(before);
    free(r);
}

static void stops_when_energy_is_spent(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    spec.stop_m0 = 100000;
    check_budget(&spec, total_m0, 100000);
    spec.stop_m0 = 0;
    spec.stop_m1 = 2.5;
    check_budget(&spec, total_m1, 2.5);
}

static void notices_divergence(void **state)
{
    (void)state;
    for (int kind = 0; kind < 10; kind++) {
        struct train_spec spec = standard();
        spec.learner.learning_rate[0] = spec.learner.learning_rate[1] = 50;
        spec.learner.net.init_std[0] = spec.learner.net.init_std[1] = 1;
        spec.learner.net.activation = kind < 5 ? ACTIVATION_LEAKY_RELU : ACTIVATION_ELU;
        spec.learner.l2 = kind % 2 ? 0.1 : 0;
        spec.seed = (uint64_t)kind;
        struct record *r = run_new(&spec);
        CHECK(kind, r->outcome == OUTCOME_DIVERGED);
        const struct trace_row *last = &r->row[r->rows - 1];
        CHECK(kind, last->samples > 0 && last->samples < 1020);
        for (size_t i = 0; i < r->rows; i++) {
            const struct trace_row *row = &r->row[i];
            CHECK(kind, row->test_accuracy >= 0 && row->test_accuracy <= 1);
            CHECK(kind, isfinite(total_m1(row)) || (row == last && spec.learner.l2 > 0));
            CHECK(kind, isfinite(row->test_loss) || row == last);
        }
        free(r);
    }
}

static void stops_at_once_when_told(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    struct record *r = calloc(1, sizeof *r);
    r->stop_at = 130;
    assert_int_equal(run_on(&spec, kernels_for(NULL), r), STATUS_OK);
    assert_int_equal(r->outcome, OUTCOME_STOPPED);
    assert_int_equal(r->last_poll, 130);
    assert_int_equal(r->polls_told_to_stop, 1);
    assert_int_equal(r->rows, 3); /* 0, 50, 100 */
    *r = (struct record){.stop_in_evaluation_at = 100};
    assert_int_equal(run_on(&spec, kernels_for(NULL), r), STATUS_OK);
    assert_int_equal(r->outcome, OUTCOME_STOPPED);
    assert_int_equal(r->last_poll, 100);
    assert_int_equal(r->rows, 2);
    free(r);
}

static void ends_with_a_row_when_time_is_up(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    struct record *r = calloc(1, sizeof *r);
    r->end_at = 130;
    assert_int_equal(run_on(&spec, kernels_for(NULL), r), STATUS_OK);
    assert_int_equal(r->outcome, OUTCOME_SECONDS);
    assert_int_equal(r->rows, 4);
    assert_int_equal(r->row[3].samples, 130);
    free(r);
}

static void a_refused_row_ends_the_run(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    struct record *r = calloc(1, sizeof *r);
    r->refuse_row = 3;
    assert_int_equal(run_on(&spec, kernels_for(NULL), r), STATUS_NO_SPACE);
    assert_int_equal(r->outcome, 99);
    assert_int_equal(r->rows, 2);
    assert_int_equal(r->last_poll, 100);
    free(r);
}

/* Sample t has t + 1 pixels, so the changes of one step tell which sample it was. */
static void trace_order(enum sample_order order, uint32_t n, uint32_t steps,
                        uint32_t ret[static 200])
{
    uint8_t pixel[20 * 20] = {0}, label[20] = {0};
    struct samples *s;
    for (uint32_t t = 0; t < n; t++)
        memset(pixel + t * 20, 200, t + 1);
    assert_int_equal(samples_from_pixels(pixel, label, n, 20, 3, &s), STATUS_OK);
    struct train_spec spec = {
        .learner = {.net = {.layers = 1, .units = {20, 3}, .init_std = {0.1}},
                    .learning_rate = {0.001}},
        .order = order,
        .seed = 3,
        .evaluate_every = 1,
        .stop_samples = steps,
    };
    struct record *r = calloc(1, sizeof *r);
    struct train_observer observer = {.poll = watch, .row = keep, .arg = r};
    assert_int_equal(train_run(&spec, s, s, kernels_for(NULL), &observer, &r->outcome),
                     STATUS_OK);
    assert_int_equal(r->rows, steps + 1);
    for (uint32_t i = 0; i < steps; i++)
        ret[i] =
            (uint32_t)(r->row[i + 1].layer[0].spent.m0 - r->row[i].layer[0].spent.m0) /
                3 -
            1;
    free(r);
    samples_free(s);
}

static void shuffled_epochs_see_each_sample_once(void **state)
{
    (void)state;
    enum { N = 20, EPOCHS = 10 };
    uint32_t order[200], seen[N], kept_place = 0;
    trace_order(ORDER_SHUFFLED, N, N * EPOCHS, order);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        memset(seen, 0, sizeof seen);
        for (uint32_t i = 0; i < N; i++) {
            uint32_t t = order[(uint32_t)epoch * N + i];
            seen[t]++;
            kept_place += t == i;
        }
        for (int t = 0; t < N; t++)
            CHECK(epoch, seen[t] == 1);
        CHECK(epoch, epoch == 0 || memcmp(order, order + (ptrdiff_t)epoch * N,
                                          N * sizeof order[0]) != 0);
    }
    assert_in_range(kept_place, 1, 30); /* one an epoch is to be expected */
    trace_order(ORDER_RANDOM, N, 200, order);
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < 200; i++)
        seen[order[i]]++;
    bool even = true;
    for (int t = 0; t < N; t++) {
        assert_in_range(seen[t], 1, 30);
        even = even && seen[t] == EPOCHS;
    }
    assert_false(even);
    trace_order(ORDER_SHUFFLED, 1, 5, order);
    assert_int_equal(order[4], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_when_due),
        cmocka_unit_test(rows_add_up),
        cmocka_unit_test(same_seed_same_rows),
        cmocka_unit_test(stops_at_the_goal),
        cmocka_unit_test(stops_when_energy_is_spent),
        cmocka_unit_test(notices_divergence),
        cmocka_unit_test(stops_at_once_when_told),
        cmocka_unit_test(ends_with_a_row_when_time_is_up),
        cmocka_unit_test(a_refused_row_ends_the_run),
        cmocka_unit_test(shuffled_epochs_see_each_sample_once),
    };
    return cmocka_run_group_tests(tests, sets_make, sets_free);
}
