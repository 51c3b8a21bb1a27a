/* Every rule in every combination against the oracle; the fast path for the largest
 * products against the dense one. */
#include "problems.h"

#include "learn/update.h"
#include "rules_oracle.h"

enum { SAMPLES = 16, PATHS = UPDATE_DENSE + 1 };

/* Steps taken, by path, over all random networks. */
static uint64_t path_steps[PATHS];

struct trial {
    uint64_t seed;
    struct rng r;
    struct learner_spec spec;
    struct learner learner;
    struct rules oracle;
    struct masks twin; /* REDRAW_SAMPLE: a step ahead of the learner's */
    struct inputs in;
};

static void draw_restrictions(struct learner_spec *s, struct rng *r)
{
    struct rule *rule = &s->rule;
    bool subnet = dice_below(r, 4) == 0;
    rule->mask = dice_below(r, 2) ? MASK_NONE : (enum mask_of)dice_below(r, 3);
    rule->redraw = (enum mask_redraw)dice_below(r, 4);
    rule->cycle = 1 + dice_below(r, 4);
    for (uint32_t l = 0; l < s->net.layers; l++) {
        if (subnet && l + 1 < s->net.layers)
            rule->subnet[l] = 1 + dice_below(r, s->net.units[l + 1]);
        rule->mask_fraction[l] = dice_below(r, 4) == 0 ? 1 : rng_uniform(r);
    }
}

static void draw_competition(struct learner_spec *s, struct rng *r)
{
    struct rule *rule = &s->rule;
    rule->compete = (enum compete_by)dice_below(r, 5);
    if (rule->compete == COMPETE_UPDATE || rule->compete == COMPETE_WEIGHT)
        rule->compete_per_unit = dice_below(r, 3) == 0;
    rule->compete_smallest = dice_below(r, 3) == 0;
    for (uint32_t l = 0; l < s->net.layers && rule->compete != COMPETE_NONE; l++) {
        double fraction = rng_uniform(r);
        if (dice_below(r, 4) > 0)
            rule->compete_keep[l] =
                rule_count(fraction * fraction, rule_competitors(rule, &s->net, l));
    }
}

static void draw_spec(struct learner_spec *s, struct rng *r, uint64_t seed,
                      uint32_t widest)
{
    *s = (struct learner_spec){
        .net = {.layers = 1 + dice_below(r, 4)}, .seed = seed, .count_changes = true};
    for (uint32_t l = 0; l <= s->net.layers; l++)
        s->net.units[l] = 1 + dice_below(r, widest);
    for (uint32_t l = 0; l < s->net.layers; l++)
        s->learning_rate[l] = dice_below(r, 8) == 0 ? 0 : 0.005 + 0.05 * rng_uniform(r);
    s->net.bias = dice_below(r, 2);
    s->net.activation = (enum activation)dice_below(r, 5);
    s->net.loss = (enum loss)dice_below(r, 2);
    if (s->net.units[s->net.layers] ==
        2) /* the errors of a softmax would tie by rounding */
        s->net.loss = LOSS_MSE;
    s->l2 = dice_below(r, 5) == 0 ? 0.05 : 0;
    draw_restrictions(s, r);
    draw_competition(s, r);
    uint32_t gate = dice_below(r, 4);
    s->rule.gate = gate == 0 ? GATE_WRONG : gate == 1 ? GATE_ERROR : GATE_NONE;
    s->rule.gate_error = 0.2 + rng_uniform(r);
    s->rule.cache = dice_below(r, 4) == 0;
    s->rule.cache_threshold = 0.002 + 0.03 * rng_uniform(r);
    s->rule.cache_decay = dice_below(r, 3) == 0 ? 0 : 0.05 * rng_uniform(r);
    s->rule.cache_network = dice_below(r, 2);
    s->exponents.count = dice_below(r, EXPONENTS_MAX + 1);
    for (uint32_t k = 0; k < s->exponents.count; k++) /* at times 0.5 or 2 exactly */
        s->exponents.value[k] = dice_below(r, 3) == 0 ? 0.5 + 1.5 * dice_below(r, 2)
                                                      : 0.3 + 3.7 * rng_uniform(r);
}

/* A fixed mask that may leave a target, or everything, without plastic synapses. */
static void set_masks(struct trial *t)
{
    struct rule *rule = &t->spec.rule;
    if (rule->mask == MASK_NONE || rule->redraw != REDRAW_NEVER || dice_below(&t->r, 2))
        return;
    for (uint32_t l = 0; l < t->spec.net.layers; l++) {
        size_t size = t->spec.net.units[l + 1];
        if (rule->mask == MASK_SYNAPSES)
            size *= t->learner.net.layer[l].rows;
        uint8_t *mask = calloc(size, 1);
        uint32_t of_ten = dice_below(&t->r, 10);
        for (size_t i = 0; i < size; i++)
            mask[i] = dice_below(&t->r, 10) < of_ten;
        if (masks_set(&t->learner.masks, l, mask, size) != STATUS_OK)
            abort();
        free(mask);
    }
}

static void trial_init(struct trial *t, uint64_t seed, uint32_t widest)
{
    *t = (struct trial){.seed = seed, .r = dice(seed)};
    draw_spec(&t->spec, &t->r, seed, widest);
    inputs_init(&t->in, &t->r, SAMPLES, t->spec.net.units[0],
                t->spec.net.units[t->spec.net.layers], dice_below(&t->r, 3));
    for (size_t i = 0; i < (size_t)SAMPLES * t->spec.net.units[0]; i++)
        t->in.x[i] = (double)(float)t->in.x[i]; /* so ties are ties on both sides */
    learner_draw(&t->learner, &t->spec, seed);
    set_masks(t);
    if (masks_init(&t->twin, &t->spec.rule, &t->spec.net, seed) != STATUS_OK ||
        learner_start(&t->learner) != STATUS_OK) /* again: a contest needs its mask */
        abort();
    rules_init(&t->oracle, &t->spec, &t->learner.net);
    masks_next(&t->twin, &t->spec.rule, t->spec.net.layers);
}

static void trial_release(struct trial *t)
{
    rules_release(&t->oracle);
    masks_release(&t->twin, t->spec.net.layers);
    learner_release(&t->learner);
    inputs_release(&t->in);
}

/* How much x^alpha changes, x at most `largest`, when x changes by 1e-6. */
static double slack(double largest, double alpha)
{
    double least = alpha < 1 ? 0 : largest;
    return pow(least + 1e-6, alpha) - pow(least, alpha);
}

/* Every count of changes exactly, and their sum is M0. */
static void compare_changes(const struct trial *t, uint32_t l)
{
    const struct layer *layer = &t->learner.net.layer[l];
    const uint32_t *want = t->oracle.o.changes[l];
    uint32_t n[64];
    uint64_t sum = 0;
    for (size_t i = 0; i < layer->rows; i++) {
        changes_get(t->learner.changes[l], i, layer->targets, n);
        for (size_t j = 0; j < layer->targets; j++) {
            CHECK(t->seed, n[j] == want[i * layer->targets + j]);
            sum += n[j];
        }
    }
    CHECK(t->seed, sum == t->learner.energy[l].m0);
}

/* Weights and energies to 1e-4, M0 exactly. */
static void compare(const struct trial *t)
{
    const struct oracle *o = &t->oracle.o;
    for (uint32_t l = 0; l < t->spec.net.layers; l++) {
        const struct energy *e = &t->learner.energy[l];
        struct energy direct = learner_direct(&t->learner, l);
        size_t size = oracle_size(o, l);
        float *w = calloc(size, sizeof *w);
        double largest = 0, m1, power[EXPONENTS_MAX];
        uint64_t m0;
        net_get_weights(&t->learner.net, l, w);
        for (size_t i = 0; i < size; i++)
            largest = fmax(largest, fabs(o->w[l][i]));
        for (size_t i = 0; i < size; i++)
            CHECK(t->seed, fabs((double)w[i] - o->w[l][i]) <= 1e-4 * largest);
        free(w);
        CHECK(t->seed, e->m0 == o->m0[l]);
        CHECK(t->seed, fabs(e->m1 - o->m1[l]) <= 1e-4 * o->m1[l]);
        CHECK(t->seed, fabs(e->maintenance - t->oracle.maintenance[l]) <=
                           1e-4 * t->oracle.maintenance[l]);
        oracle_direct(o, l, &m0, &m1, power);
        CHECK(t->seed, fabs(direct.m1 - m1) <= 1e-4 * m1 + 1e-6 * (double)size);
        CHECK(t->seed, direct.m0 <= m0);
        compare_changes(t, l);
        for (uint32_t k = 0; k < EXPONENTS_MAX; k++) {
            double alpha = t->spec.exponents.value[k];
            CHECK(t->seed, fabs(e->power[k] - o->power[l][k]) <= 1e-4 * o->power[l][k]);
            CHECK(t->seed, fabs(direct.power[k] - power[k]) <=
                               1e-3 * power[k] + slack(largest, alpha) * (double)size);
        }
    }
}

/* A sample whose pixels all cancel the background: the core's sums, taken in two parts,
 * leave rounding errors of 1e-8 where there is exactly nothing. */
static bool cancels(const struct trial *t, uint32_t i)
{
    uint32_t features = t->spec.net.units[0], zeros = 0;
    for (uint32_t f = 0; f < features; f++)
        zeros += t->in.x[(size_t)i * features + f] == 0;
    return zeros == features && t->in.view->background != 0;
}

/* Both learn from sample i, unless a decision on it is too narrow: then neither does. */
static bool trial_step(struct trial *t, uint32_t i)
{
    const struct rule *rule = &t->spec.rule;
    uint32_t label = t->in.view->label[i];
    bool anew = rule->redraw == REDRAW_SAMPLE;
    const struct masks *masks = anew ? &t->twin : &t->learner.masks;
    const uint8_t *mask[NET_LAYERS_MAX];
    for (uint32_t l = 0; l < t->spec.net.layers; l++)
        mask[l] = masks_of(masks, rule, l, label, t->learner.steps);
    rules_look(&t->oracle, t->in.x + (size_t)i * t->spec.net.units[0], label, mask);
    if (t->oracle.close || cancels(t, i))
        return false;
    rules_take(&t->oracle);
    CHECK(t->seed, learner_step(&t->learner, t->in.view, i) == t->oracle.correct);
    for (uint32_t l = 0; l < t->spec.net.layers; l++) {
        const struct layer_masks *used = &t->learner.masks.layer[l];
        path_steps[t->learner.path[l]]++;
        if (anew && mask[l] != NULL)
            CHECK(t->seed, memcmp(mask[l], used->plastic, used->size) == 0);
        CHECK(t->seed, t->learner.energy[l].m0 == t->oracle.o.m0[l]);
    }
    if (anew)
        masks_next(&t->twin, rule, t->spec.net.layers);
    return true;
}

/* Returns the number of steps taken. */
static int run_trial(uint64_t seed, uint32_t widest, int steps)
{
    struct trial t;
    int taken = 0;
    trial_init(&t, seed, widest);
    for (int passed = 0; taken < steps && passed < 50;) {
        bool took = trial_step(&t, dice_below(&t.r, SAMPLES));
        passed = took ? 0 : passed + 1;
        taken += took;
    }
    CHECK(seed, !t.learner.diverged && t.learner.steps == (uint64_t)taken);
    learner_settle(&t.learner);
    compare(&t);
    trial_release(&t);
    return taken;
}

static void all_rules_agree_with_the_oracle(void **state)
{
    (void)state;
    int taken = 0;
    for (uint64_t seed = 0; seed < 1200; seed++)
        taken += run_trial(seed, seed % 3 == 0 ? 40 : 12, 40);
    assert_true(taken > 1200 * 20);
}

static void small_networks_agree_over_thousands_of_steps(void **state)
{
    (void)state;
    int taken = 0;
    for (uint64_t seed = 5000; seed < 5060; seed++)
        taken += run_trial(seed, 6, 2200);
    assert_true(taken > 60 * 500);
}

static void every_path_was_taken(void **state)
{
    (void)state;
    for (int path = 0; path < PATHS; path++)
        assert_true(path_steps[path] > 500);
}

/* Blobs of 12 x 12 pixels, black around, in few shades where `coarse`. */
static void draw_blobs(uint8_t *pixel, uint32_t count, struct rng *r, bool coarse)
{
    for (uint32_t t = 0; t < count; t++) {
        double cx = 3 + 6 * rng_uniform(r), cy = 3 + 6 * rng_uniform(r);
        double width = 1 + 2 * rng_uniform(r);
        for (int i = 0; i < 144; i++) {
            double dx = i % 12 - cx, dy = (double)(i / 12) - cy;
            double light = 290 * exp(-(dx * dx + dy * dy) / (2 * width * width)) - 20;
            int shade = light < 0 ? 0 : light > 255 ? 255 : (int)light;
            *pixel++ = (uint8_t)(coarse ? shade / 85 * 85 : shade);
        }
    }
}

static void force_dense(struct learner *r)
{
    for (uint32_t l = 0; l < r->spec.net.layers; l++)
        r->path[l] = UPDATE_DENSE;
    scratch_free(r->scratch);
    r->scratch = scratch_new(r);
    if (r->scratch == NULL)
        abort();
}

/* One step of both from the same weights. */
static void step_alike(struct learner *fast, struct learner *dense,
                       const struct samples *s, uint32_t t, uint64_t seed)
{
    float *before[2], *a[2], *b[2];
    for (uint32_t l = 0; l < 2; l++) {
        size_t size = fast->net.layer[l].rows * fast->net.layer[l].targets;
        before[l] = net_vector(size);
        a[l] = net_vector(size);
        b[l] = net_vector(size);
        net_get_weights(&fast->net, l, before[l]);
        net_set_weights(&fast->net, l, before[l]);
        net_set_weights(&dense->net, l, before[l]);
    }
    CHECK(seed, learner_step(fast, s, t) == learner_step(dense, s, t));
    learner_settle(fast);
    for (uint32_t l = 0; l < 2; l++) {
        net_get_weights(&fast->net, l, a[l]);
        net_get_weights(&dense->net, l, b[l]);
        for (size_t i = 0; i < fast->net.layer[l].rows * fast->net.layer[l].targets;
             i++) {
            CHECK(seed, (a[l][i] != before[l][i]) == (b[l][i] != before[l][i]));
            CHECK(seed, is_close((double)a[l][i], (double)b[l][i], 1e-6));
        }
        CHECK(seed, fast->energy[l].m0 == dense->energy[l].m0);
        CHECK(seed, is_close(fast->energy[l].m1, dense->energy[l].m1, 1e-5));
        free(before[l]);
        free(a[l]);
        free(b[l]);
    }
}

/* Counts of every synapse, and the further energies. */
static void same_records(const struct learner *fast, const struct learner *dense,
                         uint64_t seed)
{
    for (uint32_t l = 0; l < 2; l++) {
        const struct layer *layer = &fast->net.layer[l];
        uint32_t a[64], b[64];
        for (size_t i = 0; i < layer->rows; i++) {
            changes_get(fast->changes[l], i, layer->targets, a);
            changes_get(dense->changes[l], i, layer->targets, b);
            CHECK(seed, memcmp(a, b, layer->targets * sizeof a[0]) == 0);
        }
        for (int k = 0; k < 2; k++)
            CHECK(seed,
                  is_close(fast->energy[l].power[k], dense->energy[l].power[k], 1e-5));
    }
}

static void largest_wins_as_dense_does_on_images(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        enum { COUNT = 50 };
        struct rng r = dice(seed);
        struct learner_spec spec = {
            .net = {.layers = 2, .units = {144, 30, 10}, .bias = seed % 4 > 0},
            .learning_rate = {0.05, 0.05},
            .exponents = {2, {0.5, 1.6}},
            .count_changes = true,
            .rule = {.compete = COMPETE_UPDATE,
                     .compete_keep = {1 + dice_below(&r, seed % 3 == 0 ? 3000 : 200),
                                      1 + dice_below(&r, 100)}},
        };
        uint8_t pixel[COUNT * 144], label[COUNT];
        struct samples *raw, *s;
        struct learner fast, dense;
        draw_blobs(pixel, COUNT, &r, seed % 2);
        for (uint32_t t = 0; t < COUNT; t++)
            label[t] = (uint8_t)dice_below(&r, 10);
        float background = seed % 3 == 2 ? 0 : -85.0f / 255.0f;
        if (samples_from_pixels(pixel, label, COUNT, 144, 10, &raw) != STATUS_OK ||
            samples_with_background(raw, background, &s) != STATUS_OK)
            abort();
        learner_draw(&fast, &spec, seed);
        learner_draw(&dense, &spec, seed);
        force_dense(&dense);
        CHECK(seed, fast.path[0] == UPDATE_LARGEST && fast.path[1] == UPDATE_LARGEST);
        for (int step = 0; step < 300; step++)
            step_alike(&fast, &dense, s, dice_below(&r, COUNT), seed);
        same_records(&fast, &dense, seed);
        learner_release(&fast);
        learner_release(&dense);
        samples_free(s);
        samples_free(raw);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rules_agree_with_the_oracle),
        cmocka_unit_test(small_networks_agree_over_thousands_of_steps),
        cmocka_unit_test(every_path_was_taken),
        cmocka_unit_test(largest_wins_as_dense_does_on_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
