/* Layers that do not learn: what is kept of them changes no bit of a run. */
#include "problems.h"

#include "learn/frozen.h"
#include "learn/frozen_layers.h"
#include "learn/trace.h"
#include "learn/train.h"

enum { TRAINING = 60, TEST = 70, ROWS_MAX = 12 };

struct sets {
    struct inputs training, test;
};

static void sets_init(struct sets *s, struct rng *r, const struct net_spec *net)
{
    uint32_t classes = net->units[net->layers], kind = dice_below(r, 3);
    inputs_init(&s->training, r, TRAINING, net->units[0], classes, kind);
    inputs_init(&s->test, r, TEST, net->units[0], classes, kind);
}

static void sets_release(struct sets *s)
{
    inputs_release(&s->training);
    inputs_release(&s->test);
}

struct record {
    uint32_t rows;
    double value[ROWS_MAX][TRACE_COLUMNS_MAX];
    enum train_outcome outcome;
    uint64_t polls, patience; /* how often to go on; 0: always */
};

static enum train_wish watch(void *arg, uint64_t samples)
{
    struct record *r = arg;
    (void)samples;
    r->polls++;
    return r->patience > 0 && r->polls > r->patience ? WISH_STOP : WISH_GO_ON;
}

static enum status keep(void *arg, const struct trace_row *row)
{
    struct record *r = arg;
    if (r->rows == ROWS_MAX)
        abort();
    trace_values(row, r->value[r->rows++]);
    return STATUS_OK;
}

static void run(const struct train_spec *spec, const struct sets *s, uint64_t patience,
                struct record *ret)
{
    struct train_observer observer = {.poll = watch, .row = keep, .arg = ret};
    memset(ret, 0, sizeof *ret);
    ret->patience = patience;
    if (train_run(spec, s->training.view, s->test.view, kernels_for(NULL), &observer,
                  &ret->outcome) != STATUS_OK)
        abort();
}

/* One to four layers, of which the first ones do not learn. */
static void draw_net(struct learner_spec *s, struct rng *r)
{
    static const uint32_t widths[] = {1, 3, 16, 20, 64, 65, 130};
    uint32_t layers = 1 + dice_below(r, 4), frozen = dice_below(r, layers + 1);
    s->net.layers = layers;
    s->net.units[0] = 1 + dice_below(r, 40);
    for (uint32_t l = 1; l < layers; l++)
        s->net.units[l] = widths[dice_below(r, 7)];
    s->net.units[layers] = 2 + dice_below(r, 6);
    s->net.bias = dice_below(r, 2);
    s->net.activation = (enum activation)dice_below(r, 5);
    s->net.loss = (enum loss)dice_below(r, 2);
    for (uint32_t l = 0; l < layers; l++) {
        s->net.init_std[l] = 0.3;
        s->learning_rate[l] = l < frozen ? 0 : 0.01;
    }
}

static void draw_rule(struct learner_spec *s, struct rng *r)
{
    struct rule *rule = &s->rule;
    bool subnet = dice_below(r, 2);
    rule->mask = dice_below(r, 2) ? MASK_NONE : (enum mask_of)dice_below(r, 3);
    rule->redraw = (enum mask_redraw)dice_below(r, 4);
    rule->cycle = 1 + dice_below(r, 4);
    rule->compete = (enum compete_by)dice_below(r, 5);
    rule->compete_smallest = dice_below(r, 3) == 0;
    for (uint32_t l = 0; l < s->net.layers; l++) {
        if (subnet && l + 1 < s->net.layers)
            rule->subnet[l] = 1 + dice_below(r, s->net.units[l + 1]);
        rule->mask_fraction[l] = rng_uniform(r);
        if (rule->compete != COMPETE_NONE && dice_below(r, 2))
            rule->compete_keep[l] =
                rule_count(rng_uniform(r), rule_competitors(rule, &s->net, l));
    }
    rule->gate = dice_below(r, 3) == 0 ? GATE_WRONG : GATE_NONE;
    rule->cache = dice_below(r, 4) == 0;
    rule->cache_threshold = 0.01;
    rule->cache_decay = 0.01;
    rule->cache_network = dice_below(r, 2);
    s->l2 = dice_below(r, 4) == 0 ? 0.01 : 0;
}

static void draw_spec(struct train_spec *t, struct rng *r, uint64_t seed)
{
    *t = (struct train_spec){.seed = seed, .evaluate_every = 40, .stop_samples = 390};
    t->learner.seed = seed;
    t->order = (enum sample_order)dice_below(r, 2);
    draw_net(&t->learner, r);
    draw_rule(&t->learner, r);
}

static size_t bytes_of(const struct net_spec *net, uint32_t l, size_t samples)
{
    size_t stride = ((size_t)net->units[l + 1] + LANES - 1) / LANES * LANES;
    return samples * stride * sizeof(float);
}

static void no_row_tells_what_is_kept(void **state)
{
    (void)state;
    int with_subnet = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct rng r = dice(seed);
        struct train_spec spec;
        struct sets sets;
        static struct record plain, kept;
        draw_spec(&spec, &r, seed);
        sets_init(&sets, &r, &spec.learner.net);
        run(&spec, &sets, 0, &plain);
        CHECK(seed, plain.rows > 1);
        with_subnet +=
            frozen_applies(&spec.learner) && spec.learner.learning_rate[0] == 0;
        const size_t limits[] = {TRAIN_FROZEN_BYTES, bytes_of(&spec.learner.net, 0, TEST),
                                 bytes_of(&spec.learner.net, 0, TRAINING)};
        for (int i = 0; i < 3; i++) {
            spec.frozen_bytes = limits[i];
            run(&spec, &sets, 0, &kept);
            CHECK(seed, kept.rows == plain.rows && kept.outcome == plain.outcome);
            CHECK(seed, memcmp(kept.value, plain.value, sizeof kept.value) == 0);
        }
        sets_release(&sets);
    }
    assert_true(with_subnet > 10); /* both parts taken out of the same network */
}

static bool always(void *arg)
{
    (void)arg;
    return true;
}

static void check_set(const struct learner *r, const struct samples *s, uint32_t plastic,
                      uint64_t seed)
{
    float *y[NET_LAYERS_MAX];
    const struct fixed_units *u = net_fixed_units(&r->net, s);
    CHECK(seed, u != NULL && u->layer == plastic - 1);
    struct net plain = r->net;
    memset(plain.units, 0, sizeof plain.units);
    for (uint32_t l = 0; l < r->spec.net.layers; l++)
        y[l] = net_vector(r->net.layer[l].stride);
    for (uint32_t t = 0; t < s->count; t++) {
        size_t stride = r->net.layer[u->layer].stride;
        net_forward(&plain, s, t, y);
        CHECK(seed, memcmp(y[u->layer], u->y + t * stride, stride * sizeof(float)) == 0);
    }
    for (uint32_t l = 0; l < r->spec.net.layers; l++)
        free(y[l]);
}

static void check_limit(struct learner *r, const struct sets *s, size_t limit, bool test,
                        bool training, uint64_t seed)
{
    struct frozen_layers f;
    uint32_t plastic = learner_first_plastic(r);
    memset(r->net.units, 0, sizeof r->net.units);
    CHECK(seed, frozen_layers_init(&f, r, s->training.view, s->test.view, limit, always,
                                   NULL) == STATUS_OK);
    CHECK(seed, (net_fixed_units(&r->net, s->test.view) != NULL) == test);
    CHECK(seed, (net_fixed_units(&r->net, s->training.view) != NULL) == training);
    if (test)
        check_set(r, s->test.view, plastic, seed);
    if (training)
        check_set(r, s->training.view, plastic, seed);
    frozen_layers_release(&f);
}

static void keeps_what_there_is_room_for(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct rng r = dice(seed + 1000);
        struct train_spec spec;
        struct sets sets;
        struct learner learner;
        draw_spec(&spec, &r, seed);
        sets_init(&sets, &r, &spec.learner.net);
        learner_draw(&learner, &spec.learner, seed);
        uint32_t plastic = learner_first_plastic(&learner);
        bool frozen = plastic > 0;
        size_t test = frozen ? bytes_of(&spec.learner.net, plastic - 1, TEST) : 0;
        size_t training = frozen ? bytes_of(&spec.learner.net, plastic - 1, TRAINING) : 0;
        check_limit(&learner, &sets, SIZE_MAX, frozen, frozen, seed);
        check_limit(&learner, &sets, test + training, frozen, frozen, seed);
        check_limit(&learner, &sets, test, frozen, false, seed);
        if (frozen) {
            check_limit(&learner, &sets, test + training - 1, true, false, seed);
            check_limit(&learner, &sets, test - 1, false, true, seed);
            check_limit(&learner, &sets, training - 1, false, false, seed);
        }
        learner_release(&learner);
        sets_release(&sets);
    }
}

static void stops_when_told(void **state)
{
    (void)state;
    for (uint32_t layers = 2; layers <= 4; layers++) {
        struct rng r = dice(layers);
        static struct record whole, part;
        struct train_spec spec = {
            .learner = {.net = {.layers = layers, .units = {5, 130, 7, 9, 3}}},
            .evaluate_every = 1,
            .stop_samples = 1,
            .frozen_bytes = TRAIN_FROZEN_BYTES};
        spec.learner.net.units[layers] = 3;
        spec.learner.learning_rate[layers - 1] = 0.1;
        struct sets sets;
        sets_init(&sets, &r, &spec.learner.net);
        run(&spec, &sets, 0, &whole);
        assert_true(whole.outcome == OUTCOME_SAMPLES && whole.polls > 2 * layers);
        for (uint64_t patience = 1; patience < whole.polls; patience++) {
            run(&spec, &sets, patience, &part);
            CHECK(patience, part.outcome == OUTCOME_STOPPED);
            CHECK(patience, part.polls == patience + 1 && part.rows < whole.rows);
        }
        sets_release(&sets);
    }
}

/* In a run on one set, and in one of several chunks. */
static void large_sets_and_equal_ones(void **state)
{
    (void)state;
    struct rng r = dice(77);
    struct sets sets;
    struct learner learner;
    struct frozen_layers f;
    struct learner_spec spec = {
        .net = {.layers = 3, .units = {9, 70, 50, 4}, .bias = true},
        .learning_rate = {0, 0, 0.1}};
    inputs_init(&sets.training, &r, 5000, 9, 4, 1);
    inputs_init(&sets.test, &r, 2048, 9, 4, 1);
    learner_draw(&learner, &spec, 1);
    check_limit(&learner, &sets, SIZE_MAX, true, true, 1);
    memset(learner.net.units, 0, sizeof learner.net.units);
    assert_int_equal(frozen_layers_init(&f, &learner, sets.test.view, sets.test.view,
                                        SIZE_MAX, always, NULL),
                     STATUS_OK);
    check_set(&learner, sets.test.view, 2, 2);
    frozen_layers_release(&f);
    learner_release(&learner);
    sets_release(&sets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_tells_what_is_kept),
        cmocka_unit_test(keeps_what_there_is_room_for),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(large_sets_and_equal_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
