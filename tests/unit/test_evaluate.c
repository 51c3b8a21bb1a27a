#include "problems.h"

#include "learn/evaluate.h"

static bool always(void *arg)
{
    (void)arg;
    return true;
}

/* A network that has learnt a little, so that its offset is not zero. */
static void learner_trained(struct learner *r, struct learner_spec *spec,
                            const struct inputs *in, struct rng *d, uint64_t seed)
{
    for (uint32_t l = 0; l < spec->net.layers; l++)
        spec->learning_rate[l] = 0.01;
    learner_draw(r, spec, seed);
    for (int step = 0; step < 20; step++)
        learner_step(r, in->view, dice_below(d, in->view->count));
}

/* Sample by sample, the loss summed up in the same order. */
static struct evaluation one_by_one(const struct net *n, const struct samples *s)
{
    float *y[NET_LAYERS_MAX];
    uint32_t last = n->spec.layers - 1, correct = 0;
    double loss = 0;
    for (uint32_t l = 0; l <= last; l++)
        y[l] = net_vector(n->layer[l].stride);
    for (uint32_t t = 0; t < s->count; t++) {
        loss += net_forward(n, s, t, y);
        correct += net_class(y[last], n->layer[last].targets) == s->label[t];
    }
    for (uint32_t l = 0; l <= last; l++)
        free(y[l]);
    return (struct evaluation){correct / (double)s->count, loss / s->count};
}

static void check_net(struct learner_spec *spec, uint32_t count, uint64_t seed)
{
    struct rng r = dice(seed);
    struct inputs in;
    struct learner learner;
    struct evaluator *evaluator;
    struct evaluation got;
    inputs_init(&in, &r, count, spec->net.units[0], spec->net.units[spec->net.layers],
                dice_below(&r, 3));
    learner_trained(&learner, spec, &in, &r, seed);
    struct evaluation want = one_by_one(&learner.net, in.view);
    CHECK(seed, evaluator_new(&learner.net, in.view, &evaluator) == STATUS_OK);
    CHECK(seed, evaluate(evaluator, always, NULL, &got) == STATUS_OK);
    CHECK(seed, got.accuracy == want.accuracy);
    CHECK(seed, memcmp(&got.loss, &want.loss, sizeof got.loss) == 0);
    CHECK(seed, isfinite(got.loss) && got.loss > 0);
    evaluator_free(evaluator);
    learner_release(&learner);
    inputs_release(&in);
}

static void equals_the_forward_pass(void **state)
{
    (void)state;
    static const uint32_t widths[] = {1, 2, 16, 63, 64, 65, 100, 127, 128, 129, 130, 200};
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct rng r = dice(seed + 1000);
        struct learner_spec spec = {.net = {.layers = 1 + dice_below(&r, 4),
                                            .bias = dice_below(&r, 2),
                                            .activation = (enum activation)(seed % 5),
                                            .loss = (enum loss)dice_below(&r, 2)}};
        spec.net.units[0] = 1 + dice_below(&r, 100);
        for (uint32_t l = 1; l < spec.net.layers; l++)
            spec.net.units[l] = widths[dice_below(&r, 12)];
        spec.net.units[spec.net.layers] = 2 + dice_below(&r, 20);
        check_net(&spec, 1 + dice_below(&r, 200), seed);
    }
}

static void more_samples_than_a_tile(void **state)
{
    (void)state;
    struct learner_spec narrow = {.net = {.layers = 2, .units = {6, 3, 4}, .bias = true}};
    check_net(&narrow, 70000, 1);
    struct learner_spec wide = {
        .net = {.layers = 3, .units = {5, 65, 1500, 3}, .loss = LOSS_CROSS_ENTROPY}};
    check_net(&wide, 1500, 2);
}

struct patience {
    int asked, left;
};

static bool for_a_while(void *arg)
{
    struct patience *p = arg;
    p->asked++;
    return p->left-- > 0;
}

static void stops_when_told(void **state)
{
    (void)state;
    for (uint32_t layers = 1; layers <= 3; layers++) {
        struct rng r = dice(layers);
        struct inputs in;
        struct learner learner;
        struct learner_spec spec = {.net = {.layers = layers, .units = {5, 400, 200, 3}}};
        spec.net.units[layers] = 3;
        inputs_init(&in, &r, 3000, 5, 3, 1);
        learner_trained(&learner, &spec, &in, &r, layers);
        struct patience endless = {.left = 1 << 30};
        struct evaluator *evaluator;
        struct evaluation got;
        assert_int_equal(evaluator_new(&learner.net, in.view, &evaluator), STATUS_OK);
        assert_int_equal(evaluate(evaluator, for_a_while, &endless, &got), STATUS_OK);
        assert_true(endless.asked >= 3);
        for (int left = 0; left < endless.asked; left++) {
            struct patience p = {.left = left};
            struct evaluation untouched = {-1, -2};
            assert_int_equal(evaluate(evaluator, for_a_while, &p, &untouched),
                             STATUS_STOPPED);
            assert_int_equal(p.asked, left + 1);
            assert_true(untouched.accuracy == -1 && untouched.loss == -2);
        }
        evaluator_free(evaluator);
        learner_release(&learner);
        inputs_release(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_forward_pass),
        cmocka_unit_test(more_samples_than_a_tile),
        cmocka_unit_test(stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
