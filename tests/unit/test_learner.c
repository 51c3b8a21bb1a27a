#include "problems.h"

#include "oracle.h"

/* Weights to 1e-4 of their layer's largest, M0 exactly, the others to 1e-4. */
static void compare(const struct learner *r, const struct oracle *o, uint64_t seed)
{
    for (uint32_t l = 0; l < o->spec.net.layers; l++) {
        size_t size = oracle_size(o, l);
        double largest = 0, m1, power[EXPONENTS_MAX];
        uint64_t m0;
        float *w = calloc(size, sizeof *w);
        net_get_weights(&r->net, l, w);
        for (size_t i = 0; i < size; i++)
            largest = fmax(largest, fabs(o->w[l][i]));
        for (size_t i = 0; i < size; i++)
            CHECK(seed, fabs((double)w[i] - o->w[l][i]) <= 1e-4 * largest);
        free(w);
        /* With weight decay a float now and then rounds a change to nothing. */
        uint64_t rounded = o->spec.l2 > 0 ? 2 : 0;
        CHECK(seed, r->energy[l].m0 <= o->m0[l]);
        CHECK(seed, r->energy[l].m0 + rounded >= o->m0[l]);
        CHECK(seed, fabs(r->energy[l].m1 - o->m1[l]) <= 1e-4 * o->m1[l]);
        struct energy direct = learner_direct(r, l);
        oracle_direct(o, l, &m0, &m1, power);
        CHECK(seed, fabs(direct.m1 - m1) <= 1e-4 * m1 + 1e-6 * (double)size);
        CHECK(seed, direct.m0 <= size);
    }
}

static void draw_spec(struct learner_spec *spec, struct rng *r)
{
    *spec = (struct learner_spec){.net = {.layers = 1 + dice_below(r, 4)}};
    for (uint32_t l = 0; l <= spec->net.layers; l++)
        spec->net.units[l] = 1 + dice_below(r, 70);
    spec->net.bias = dice_below(r, 2);
    spec->net.activation = (enum activation)dice_below(r, 5);
    spec->net.loss = (enum loss)dice_below(r, 2);
    spec->l2 = dice_below(r, 3) == 0 ? 0.05 : 0;
    for (uint32_t l = 0; l < spec->net.layers; l++)
        spec->learning_rate[l] = dice_below(r, 5) == 0 ? 0 : 0.05 * rng_uniform(r);
}

/* Steps both; what the learner says of a sample must be what the oracle says, unless two
 * outputs are as good as equal. */
static void step_both(struct learner *r, struct oracle *o, const struct inputs *in,
                      uint32_t t, uint64_t seed)
{
    uint32_t features = o->spec.net.units[0], label = in->view->label[t];
    uint32_t outputs = oracle_columns(o, o->spec.net.layers - 1);
    bool correct = oracle_step(o, in->x + (size_t)t * features, label);
    const double *y = oracle_output(o);
    bool clear = true;
    for (uint32_t j = 0; j < outputs; j++)
        clear = clear && (j == label || fabs(y[j] - y[label]) > 1e-4);
    bool said = learner_step(r, in->view, t);
    CHECK(seed, !clear || said == correct);
}

static void agrees_with_the_oracle(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct rng r = dice(seed);
        struct learner_spec spec;
        struct learner learner;
        struct oracle oracle;
        struct inputs in;
        draw_spec(&spec, &r);
        inputs_init(&in, &r, 12, spec.net.units[0], spec.net.units[spec.net.layers],
                    dice_below(&r, 3));
        learner_draw(&learner, &spec, seed);
        oracle_init(&oracle, &spec, &learner.net);
        for (int step = 0; step < 40; step++)
            step_both(&learner, &oracle, &in, dice_below(&r, 12), seed);
        compare(&learner, &oracle, seed);
        oracle_release(&oracle);
        learner_release(&learner);
        inputs_release(&in);
    }
}

/* The offset of the input layer is folded back now and then. */
static void agrees_over_thousands_of_steps(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct rng r = dice(seed);
        struct learner_spec spec = {
            .net = {.layers = 2, .units = {9, 5, 3}, .bias = true},
            .learning_rate = {0.02, 0.02},
            .l2 = seed % 5 == 4 ? 0.01 : 0,
        };
        struct learner learner;
        struct oracle oracle;
        struct inputs in;
        inputs_init(&in, &r, 20, 9, 3, 1);
        learner_draw(&learner, &spec, seed);
        oracle_init(&oracle, &spec, &learner.net);
        int folds = 0;
        for (int step = 0; step < 3300; step++) {
            step_both(&learner, &oracle, &in, dice_below(&r, 20), seed);
            folds += learner.net.offset[0] == 0;
            if (step % 512 == 0)
                compare(&learner, &oracle, seed);
        }
        CHECK(seed, !learner.diverged && learner.steps == 3300 && folds >= 3);
        CHECK(seed, spec.l2 > 0 || folds < 10);
        compare(&learner, &oracle, seed);
        oracle_release(&oracle);
        learner_release(&learner);
        inputs_release(&in);
    }
}

/* m0_direct counts the synapses that differ from their first value. */
static void direct_counts_what_moved(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct rng r = dice(seed);
        struct learner_spec spec;
        struct learner learner;
        struct inputs in;
        float *first[NET_LAYERS_MAX];
        draw_spec(&spec, &r);
        inputs_init(&in, &r, 6, spec.net.units[0], spec.net.units[spec.net.layers],
                    dice_below(&r, 2));
        learner_draw(&learner, &spec, seed);
        for (uint32_t l = 0; l < spec.net.layers; l++) {
            struct energy direct = learner_direct(&learner, l);
            CHECK(seed, direct.m0 == 0 && direct.m1 == 0);
            first[l] = net_vector(learner.net.layer[l].rows * spec.net.units[l + 1]);
            net_get_weights(&learner.net, l, first[l]);
        }
        for (int step = 0; step < 3; step++)
            learner_step(&learner, in.view, dice_below(&r, 6));
        for (uint32_t l = 0; l < spec.net.layers; l++) {
            size_t size = learner.net.layer[l].rows * spec.net.units[l + 1];
            float *now = net_vector(size);
            struct energy direct = learner_direct(&learner, l);
            uint64_t m0 = 0;
            double m1 = 0;
            net_get_weights(&learner.net, l, now);
            for (size_t i = 0; i < size; i++) {
                m0 += now[i] != first[l][i];
                m1 += fabs((double)now[i] - (double)first[l][i]);
            }
            CHECK(seed, direct.m0 == m0 && is_close(direct.m1, m1, 1e-5));
            CHECK(seed, spec.learning_rate[l] > 0 || m0 == 0);
            free(now);
            free(first[l]);
        }
        learner_release(&learner);
        inputs_release(&in);
    }
}

/* Where an input is exactly zero, its synapses never change. */
static void silent_inputs_never_move(void **state)
{
    (void)state;
    static const uint8_t pixels[] = {51, 0, 51, 102, 255, 51, 51, 0, 51, 51, 204, 0};
    static const uint8_t labels[] = {0, 1, 1};
    struct samples *raw, *s;
    assert_int_equal(samples_from_pixels(pixels, labels, 3, 4, 2, &raw), STATUS_OK);
    assert_int_equal(samples_with_background(raw, -51.0f / 255.0f, &s), STATUS_OK);
    struct learner_spec spec = {.net = {.layers = 2, .units = {4, 20, 2}, .bias = true},
                                .learning_rate = {0.05, 0.05}};
    struct learner learner;
    learner_draw(&learner, &spec, 1);
    for (int step = 0; step < 50; step++)
        learner_step(&learner, s, 0); /* its inputs 0 and 2 are zero */
    assert_int_equal(learner.energy[0].m0, 50 * 20 * (2 + 1));
    assert_int_equal(learner_direct(&learner, 0).m0, 20 * (2 + 1));
    learner_release(&learner);
    samples_free(s);
    samples_free(raw);
}

static void an_infinite_error_is_noticed(void **state)
{
    (void)state;
    for (uint32_t l2 = 0; l2 < 2; l2++)
        for (uint32_t kind = 0; kind < 5; kind++) {
            struct rng r = dice(kind);
            struct inputs in;
            struct learner_spec spec = {.net = {.layers = 2,
                                                .units = {10, 8, 3},
                                                .activation = (enum activation)kind},
                                        .learning_rate = {1e6, 1e6},
                                        .l2 = 0.01 * l2};
            struct learner learner;
            inputs_init(&in, &r, 10, 10, 3, 1);
            learner_draw(&learner, &spec, kind);
            for (int step = 0; step < 200 && !learner.diverged; step++)
                learner_step(&learner, in.view, dice_below(&r, 10));
            float w[80];
            net_get_weights(&learner.net, 0, w);
            bool finite = true;
            for (int i = 0; i < 80; i++)
                finite = finite && isfinite(w[i]);
            CHECK(kind, finite || learner.diverged);
            learner_release(&learner);
            inputs_release(&in);
        }
}

/* The oracle itself: its changes follow the gradient of its loss. */
static void the_oracle_follows_the_gradient(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct rng r = dice(seed);
        struct learner_spec spec;
        struct learner learner;
        struct oracle o;
        struct inputs in;
        draw_spec(&spec, &r);
        spec.l2 = 0;
        inputs_init(&in, &r, 1, spec.net.units[0], spec.net.units[spec.net.layers], 1);
        learner_draw(&learner, &spec, seed);
        oracle_init(&o, &spec, &learner.net);
        uint32_t label = in.view->label[0], l = dice_below(&r, spec.net.layers);
        spec.learning_rate[l] = o.spec.learning_rate[l] = 0.05;
        oracle_forward(&o, in.x);
        oracle_errors(&o, label);
        oracle_changes(&o);
        for (int probe = 0; probe < 20; probe++) {
            double *w = &o.w[l][dice_below(&r, (uint32_t)oracle_size(&o, l))];
            double change = o.change[l][w - o.w[l]], before = *w;
            *w = before + 1e-6;
            oracle_forward(&o, in.x);
            double above = oracle_loss(&o, label);
            *w = before - 1e-6;
            oracle_forward(&o, in.x);
            double gradient = (above - oracle_loss(&o, label)) / 2e-6;
            *w = before;
            CHECK(seed, fabs(change + 0.05 * gradient) <= 1e-6);
        }
        oracle_release(&o);
        learner_release(&learner);
        inputs_release(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_follows_the_gradient),
        cmocka_unit_test(agrees_with_the_oracle),
        cmocka_unit_test(agrees_over_thousands_of_steps),
        cmocka_unit_test(direct_counts_what_moved),
        cmocka_unit_test(silent_inputs_never_move),
        cmocka_unit_test(an_infinite_error_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
