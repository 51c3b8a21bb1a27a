#include "problems.h"

#include "learn/trace.h"
#include "learn/train.h"

enum { FEATURES = 26, CLASSES = 4, TRAIN = 90, TEST = 40, SAMPLES = 260, ROWS_MAX = 40 };

static struct inputs training, test;

static int start(void **state)
{
    (void)state;
    struct rng r = dice(77);
    inputs_init(&training, &r, TRAIN, FEATURES, CLASSES, 1);
    inputs_init(&test, &r, TEST, FEATURES, CLASSES, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    inputs_release(&training);
    inputs_release(&test);
    return 0;
}

/* What a run leaves behind: its rows as numbers, weights and counts of changes. */
struct left {
    size_t rows;
    double row[ROWS_MAX][TRACE_COLUMNS_MAX];
    float w[3][64 * 64];
    uint32_t changes[3][64 * 64];
    enum train_outcome outcome;
};

/* A run that is interrupted, and its newest state. */
struct attempt {
    struct left *left;
    struct rng dice;
    uint32_t mean; /* polls until something happens; 0: nothing ever does */
    void *state;
    size_t size, rows_at_state;
};

static enum train_wish watch(void *arg, uint64_t samples)
{
    (void)samples;
    struct attempt *a = arg;
    if (a->mean == 0 || dice_below(&a->dice, a->mean) > 0)
        return WISH_GO_ON;
    return dice_below(&a->dice, 3) == 0 ? WISH_STOP : WISH_CHECKPOINT;
}

static enum status take_row(void *arg, const struct trace_row *row)
{
    struct left *left = ((struct attempt *)arg)->left;
    if (left->rows == ROWS_MAX)
        abort();
    trace_values(row, left->row[left->rows++]);
    return STATUS_OK;
}

static enum status take_state(void *arg, const void *state, size_t size)
{
    struct attempt *a = arg;
    free(a->state);
    a->state = malloc(size);
    memcpy(a->state, state, size);
    a->size = size;
    a->rows_at_state = a->left->rows;
    return STATUS_OK;
}

static enum status take_end(void *arg, const struct final *f)
{
    struct left *left = ((struct attempt *)arg)->left;
    for (uint32_t l = 0; l < f->learner->spec.net.layers; l++) {
        const struct layer *layer = final_layer(f, l);
        for (size_t i = 0; i < layer->rows; i++) {
            final_weights(f, l, i, left->w[l] + i * layer->targets);
            final_changes(f, l, i, left->changes[l] + i * layer->targets);
        }
    }
    return STATUS_OK;
}

static void *copy_of(const void *bytes, size_t size)
{
    void *copy = malloc(size + 1);
    memcpy(copy, bytes, size);
    return copy;
}

/* Until the run has ended, each attempt from the newest state. Returns how many it took.
 */
static int run_to_the_end(const struct train_spec *spec, struct attempt *a)
{
    int attempts = 0;
    memset(a->left, 0, sizeof *a->left);
    do {
        struct train_observer observer = {.poll = watch,
                                          .row = take_row,
                                          .end = take_end,
                                          .checkpoint = take_state,
                                          .resume_size = a->size,
                                          .arg = a};
        if (a->state != NULL) /* it may be stopped before there is another one */
            observer.resume = copy_of(a->state, a->size);
        a->left->rows = a->rows_at_state; /* those behind it come again */
        CHECK(attempts, train_run(spec, training.view, test.view, kernels_for(NULL),
                                  &observer, &a->left->outcome) == STATUS_OK);
        attempts++;
    } while (a->left->outcome == OUTCOME_STOPPED);
    free(a->state);
    a->state = NULL;
    return attempts;
}

static struct train_spec standard(void)
{
    return (struct train_spec){
        .learner = {.net = {.layers = 2,
                            .units = {FEATURES, 21, CLASSES},
                            .bias = true,
                            .init_std = {0.3, 0.3, 0.3}},
                    .learning_rate = {0.05, 0.05, 0.05},
                    .exponents = {1, {0.5}},
                    .count_changes = true,
                    .seed = 3},
        .seed = 5,
        .frozen_bytes = SIZE_MAX,
        .evaluate_every = 20,
        .stop_samples = SAMPLES,
    };
}

/* Rules that each keep something of their own between samples, and combinations. */
static const char *make_variant(int variant, struct train_spec *s)
{
    struct rule *rule = &s->learner.rule;
    *s = standard();
    switch (variant) {
    case 0:
        return "plain";
    case 1:
        s->order = ORDER_SHUFFLED;
        return "shuffled epochs";
    case 2:
        rule->compete = COMPETE_UPDATE;
        rule->compete_keep[0] = 50;
        rule->compete_keep[1] = 9;
        return "competition by update";
    case 3:
        rule->compete = COMPETE_WEIGHT;
        rule->compete_keep[0] = 60;
        rule->compete_keep[1] = 20;
        return "competition by weight";
    case 4:
        rule->compete = COMPETE_WEIGHT;
        rule->compete_per_unit = rule->compete_smallest = true;
        rule->compete_keep[0] = 5;
        return "competition by weight in each unit";
    case 5:
        rule->mask = MASK_UNITS;
        rule->redraw = REDRAW_SAMPLE;
        rule->mask_fraction[0] = rule->mask_fraction[1] = 0.5;
        return "unit masks drawn for each sample";
    case 6:
        rule->mask = MASK_SYNAPSES;
        rule->redraw = REDRAW_SAMPLE;
        rule->mask_fraction[0] = 0.3;
        rule->mask_fraction[1] = 1;
        return "synapse masks drawn for each sample";
    case 7:
        rule->mask = MASK_SYNAPSES;
        rule->redraw = REDRAW_CYCLE;
        rule->cycle = 3;
        rule->mask_fraction[0] = rule->mask_fraction[1] = 0.3;
        return "a cycle of synapse masks";
    case 8:
        rule->subnet[0] = 7;
        rule->compete = COMPETE_UPDATE;
        rule->compete_keep[0] = 30;
        return "subnet with competition";
    case 9:
        rule->cache = true;
        rule->cache_threshold = 0.05;
        rule->cache_decay = 0.01;
        rule->gate = GATE_WRONG;
        return "cache of synapses behind a gate";
    case 10:
        rule->cache = rule->cache_network = true;
        rule->cache_threshold = 0.2;
        rule->mask = MASK_SYNAPSES;
        rule->mask_fraction[0] = rule->mask_fraction[1] = 0.6;
        return "cache of the network under a mask";
    case 11:
        s->learner.net.layers = 3;
        s->learner.net.units[2] = 13;
        s->learner.net.units[3] = CLASSES;
        s->learner.learning_rate[0] = 0;
        s->learner.l2 = 0.01;
        s->learner.net.activation = ACTIVATION_TANH;
        s->learner.net.loss = LOSS_CROSS_ENTROPY;
        return "a frozen layer, weight decay, three layers";
    case 12:
        rule->subnet[0] = 2;
        rule->mask = MASK_UNITS;
        rule->mask_fraction[0] = 0.1;
        rule->mask_fraction[1] = 1;
        rule->compete = COMPETE_WEIGHT;
        rule->compete_keep[0] = rule->compete_keep[1] = 5;
        return "a contest without contenders";
    default:
        return NULL;
    }
}

static void interrupted_runs_go_on_with_the_same_bits(void **state)
{
    (void)state;
    static struct left want, got;
    struct train_spec spec;
    const char *name;
    for (int variant = 0; (name = make_variant(variant, &spec)) != NULL; variant++) {
        struct attempt whole = {.left = &want};
        assert_int_equal(run_to_the_end(&spec, &whole), 1);
        assert_true(want.rows > 5);
        int attempts = 0;
        for (uint64_t seed = 0; seed < 12; seed++) {
            struct attempt torn = {.left = &got, .dice = dice(seed), .mean = 30};
            attempts += run_to_the_end(&spec, &torn);
            if (memcmp(&want, &got, sizeof want) != 0)
                fail_msg("%s, seed %" PRIu64 ": not the same", name, seed);
        }
        assert_true(attempts > 24);
    }
}

static void damaged_states_are_refused(void **state)
{
    (void)state;
    static struct left left;
    struct train_spec spec = standard();
    struct attempt a = {.left = &left, .dice = dice(1), .mean = 40};
    struct train_observer observer = {
        .poll = watch, .row = take_row, .checkpoint = take_state, .arg = &a};
    assert_int_equal(train_run(&spec, training.view, test.view, kernels_for(NULL),
                               &observer, &left.outcome),
                     STATUS_OK);
    assert_non_null(a.state);
    size_t sizes[] = {0, 1, 20, a.size / 2, a.size - 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct train_observer cut = {.poll = watch,
                                     .row = take_row,
                                     .resume = copy_of(a.state, sizes[i]),
                                     .resume_size = sizes[i],
                                     .arg = &a};
        assert_int_equal(train_run(&spec, training.view, test.view, kernels_for(NULL),
                                   &cut, &left.outcome),
                         STATUS_CORRUPT);
    }
    ((unsigned char *)a.state)[0] ^= 1;
    struct train_observer other = {
        .poll = watch, .resume = a.state, .resume_size = a.size, .arg = &a};
    assert_int_equal(train_run(&spec, training.view, test.view, kernels_for(NULL), &other,
                               &left.outcome),
                     STATUS_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupted_runs_go_on_with_the_same_bits),
        cmocka_unit_test(damaged_states_are_refused),
    };
    return cmocka_run_group_tests(tests, start, end);
}
