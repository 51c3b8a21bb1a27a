/* What a run leaves at its end: the whole network and the changes of each synapse. */
#include "problems.h"

#include "learn/train.h"

enum { FEATURES = 20, HIDDEN = 12, SUBNET = 5, CLASSES = 3, SAMPLES = 60 };

static struct inputs training, test;

static int start(void **state)
{
    (void)state;
    struct rng r = dice(11);
    inputs_init(&training, &r, SAMPLES, FEATURES, CLASSES, 1);
    inputs_init(&test, &r, SAMPLES, FEATURES, CLASSES, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    inputs_release(&training);
    inputs_release(&test);
    return 0;
}

/* A copy of what was left. */
struct left {
    int calls;
    uint32_t layers;
    bool counted;
    size_t rows[2], targets[2];
    float w[2][(FEATURES + 1) * HIDDEN];
    uint32_t changes[2][(FEATURES + 1) * HIDDEN];
    struct change_tally tally[2];
    struct trace_row last;
    enum status answer; /* of the observer */
    uint64_t stop_at;
    enum train_outcome outcome;
};

static enum train_wish watch(void *arg, uint64_t samples)
{
    const struct left *left = arg;
    return left->stop_at > 0 && samples >= left->stop_at ? WISH_STOP : WISH_GO_ON;
}

static enum status keep_row(void *arg, const struct trace_row *row)
{
    ((struct left *)arg)->last = *row;
    return STATUS_OK;
}

static enum status keep_end(void *arg, const struct final *f)
{
    struct left *left = arg;
    left->calls++;
    left->layers = final_layers(f);
    left->counted = f->counted;
    for (uint32_t l = 0; l < 2; l++) {
        const struct layer *layer = final_layer(f, l);
        left->rows[l] = layer->rows;
        left->targets[l] = layer->targets;
        for (size_t i = 0; i < layer->rows; i++) {
            final_weights(f, l, i, left->w[l] + i * layer->targets);
            if (f->counted)
                final_changes(f, l, i, left->changes[l] + i * layer->targets);
        }
        if (f->counted && final_tally(f, l, &left->tally[l]) != STATUS_OK)
            abort();
    }
    return left->answer;
}

static struct train_spec standard(void)
{
    return (struct train_spec){
        .learner = {.net = {.layers = 2,
                            .units = {FEATURES, HIDDEN, CLASSES},
                            .bias = true,
                            .init_std = {0.3, 0.3}},
                    .learning_rate = {0.05, 0.05},
                    .count_changes = true},
        .seed = 5,
        .evaluate_every = 50,
        .stop_samples = 130,
    };
}

static enum status run(const struct train_spec *spec, struct left *left)
{
    struct train_observer observer = {
        .poll = watch, .row = keep_row, .end = keep_end, .arg = left};
    return train_run(spec, training.view, test.view, kernels_for(NULL), &observer,
                     &left->outcome);
}

static void whole_network_is_left(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    static struct left left;
    assert_int_equal(run(&spec, &left), STATUS_OK);
    assert_int_equal(left.calls, 1);
    assert_int_equal(left.layers, 2);
    assert_true(left.counted);
    assert_int_equal(left.rows[0], FEATURES + 1);
    assert_int_equal(left.targets[0], HIDDEN);
    assert_int_equal(left.rows[1], HIDDEN + 1);
    assert_int_equal(left.targets[1], CLASSES);
    for (uint32_t l = 0; l < 2; l++) {
        double square = 0;
        size_t size = left.rows[l] * left.targets[l];
        for (size_t i = 0; i < size; i++) {
            square += (double)left.w[l][i] * (double)left.w[l][i];
            assert_int_equal(left.changes[l][i], 130);
        }
        assert_true(is_close(sqrt(square), left.last.layer[l].weight_norm, 1e-5));
        assert_int_equal(left.tally[l].sum, left.last.layer[l].spent.m0);
        assert_true(
            is_close(1 / change_tally_simpson(&left.tally[l]), (double)size, 1e-9));
    }
}

/* A subnet that is split off leaves what one that is not does: a mask over everything
 * keeps it in one piece. */
static void a_subnet_leaves_the_whole_network(void **state)
{
    (void)state;
    static struct left split, whole;
    struct train_spec spec = standard();
    spec.learner.rule.subnet[0] = SUBNET;
    assert_true(frozen_applies(&spec.learner));
    assert_int_equal(run(&spec, &split), STATUS_OK);
    spec.learner.rule.mask = MASK_UNITS;
    spec.learner.rule.mask_fraction[0] = spec.learner.rule.mask_fraction[1] = 1;
    assert_false(frozen_applies(&spec.learner));
    assert_int_equal(run(&spec, &whole), STATUS_OK);
    for (uint32_t l = 0; l < 2; l++) {
        size_t size = whole.rows[l] * whole.targets[l], changed = 0;
        assert_int_equal(split.rows[l], whole.rows[l]);
        assert_int_equal(split.targets[l], whole.targets[l]);
        assert_memory_equal(split.changes[l], whole.changes[l], size * sizeof(uint32_t));
        for (size_t i = 0; i < size; i++) {
            assert_true(is_close((double)split.w[l][i], (double)whole.w[l][i], 1e-4));
            changed += split.changes[l][i] > 0;
        }
        assert_int_equal(changed,
                         l == 0 ? (FEATURES + 1) * SUBNET : (SUBNET + 1) * CLASSES);
        assert_int_equal(split.tally[l].synapses[0], size - changed);
        assert_int_equal(split.tally[l].sum, split.last.layer[l].spent.m0);
    }
}

static void counts_are_left_only_if_asked_for(void **state)
{
    (void)state;
    static struct left left;
    struct train_spec spec = standard();
    spec.learner.count_changes = false;
    assert_int_equal(run(&spec, &left), STATUS_OK);
    assert_int_equal(left.calls, 1);
    assert_false(left.counted);
}

static void diverged_runs_leave_something_too(void **state)
{
    (void)state;
    static struct left left;
    struct train_spec spec = standard();
    spec.learner.learning_rate[0] = spec.learner.learning_rate[1] = 100;
    assert_int_equal(run(&spec, &left), STATUS_OK);
    assert_int_equal(left.outcome, OUTCOME_DIVERGED);
    assert_int_equal(left.calls, 1);
    for (uint32_t l = 0; l < 2; l++)
        assert_int_equal(left.tally[l].sum, left.last.layer[l].spent.m0);
}

static void stopped_runs_leave_nothing(void **state)
{
    (void)state;
    static struct left left = {.stop_at = 70};
    struct train_spec spec = standard();
    assert_int_equal(run(&spec, &left), STATUS_OK);
    assert_int_equal(left.outcome, OUTCOME_STOPPED);
    assert_int_equal(left.calls, 0);
}

static void the_observer_may_refuse(void **state)
{
    (void)state;
    struct train_spec spec = standard();
    static struct left left = {.answer = STATUS_NO_SPACE};
    assert_int_equal(run(&spec, &left), STATUS_NO_SPACE);
    left.answer = STATUS_STOPPED;
    assert_int_equal(run(&spec, &left), STATUS_OK);
    assert_int_equal(left.outcome, OUTCOME_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_network_is_left),
        cmocka_unit_test(a_subnet_leaves_the_whole_network),
        cmocka_unit_test(counts_are_left_only_if_asked_for),
        cmocka_unit_test(diverged_runs_leave_something_too),
        cmocka_unit_test(stopped_runs_leave_nothing),
        cmocka_unit_test(the_observer_may_refuse),
    };
    return cmocka_run_group_tests(tests, start, end);
}
