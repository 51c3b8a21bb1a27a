#include "helpers.h"

#include "learn/pairs.h"

/* Small images with many zeros, and with equal neighbours. */
struct images {
    uint32_t count, features, classes;
    uint8_t *pixel; /* [count][features] */
    uint8_t *label;
};

static void images_init(struct images *m, uint64_t seed)
{
    struct rng r = dice(seed);
    m->count = 1 + dice_below(&r, 20);
    m->features = 1 + dice_below(&r, 40);
    m->classes = 1 + dice_below(&r, 10);
    size_t size = (size_t)m->count * m->features;
    m->pixel = calloc(size, 1);
    m->label = calloc(m->count, 1);
    uint32_t ink = dice_below(&r, 11); /* in tenths; 0: all black */
    for (size_t i = 0; i < size; i++) {
        bool inked = dice_below(&r, 10) < ink;
        m->pixel[i] =
            (uint8_t)(inked ? (dice_below(&r, 3) ? 51 : dice_below(&r, 256)) : 0);
    }
    for (uint32_t t = 0; t < m->count; t++)
        m->label[t] = (uint8_t)dice_below(&r, m->classes);
}

static void images_release(struct images *m)
{
    free(m->pixel);
    free(m->label);
}

/* Entries ascending and not zero, sums as of the dense vectors x = s + background. */
static void check_samples(const struct samples *s, const float *x, uint64_t seed)
{
    CHECK(seed, s->start[0] == 0);
    for (uint32_t t = 0; t < s->count; t++) {
        double sum_s = 0, sum_abs = 0;
        uint32_t active = 0;
        uint64_t e = s->start[t];
        for (uint32_t i = 0; i < s->features; i++) {
            float want = x[(size_t)t * s->features + i], sparse = 0;
            if (e < s->start[t + 1] && s->index[e] == i)
                sparse = s->value[e++];
            CHECK(seed, fabsf(sparse + s->background - want) <= 1e-6f);
            sum_s += (double)sparse;
            sum_abs += fabs((double)want);
            active += want != 0;
        }
        CHECK(seed, e == s->start[t + 1]);
        CHECK(seed, is_close((double)s->sum_s[t], sum_s, 1e-6));
        CHECK(seed, is_close(s->sum_abs[t], sum_abs, 1e-6));
        CHECK(seed, s->active[t] == active);
    }
    for (uint64_t e = 0; e < s->start[s->count]; e++)
        CHECK(seed, s->value[e] != 0);
}

static float *dense(const struct images *m, float background)
{
    size_t size = (size_t)m->count * m->features;
    float *x = calloc(size, sizeof *x);
    for (size_t i = 0; i < size; i++)
        x[i] = (float)m->pixel[i] / 255.0f + background;
    return x;
}

static void from_pixels(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct images m;
        struct samples *s;
        images_init(&m, seed);
        float *x = dense(&m, 0);
        CHECK(seed, samples_from_pixels(m.pixel, m.label, m.count, m.features, m.classes,
                                        &s) == STATUS_OK);
        CHECK(seed, s->count == m.count && s->features == m.features);
        CHECK(seed, s->classes == m.classes && s->background == 0);
        CHECK(seed, memcmp(s->label, m.label, m.count) == 0);
        check_samples(s, x, seed);
        for (uint64_t e = 0, t = 0; e < s->start[s->count]; e++) {
            while (e >= s->start[t + 1])
                t++;
            uint8_t pixel = m.pixel[t * m.features + s->index[e]];
            CHECK(seed, s->value[e] == (float)pixel / 255.0f);
        }
        free(x);
        samples_free(s);
        images_release(&m);
    }
}

static void with_background(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct images m;
        struct samples *s, *centred, *again;
        images_init(&m, seed);
        struct rng r = dice(seed);
        /* minus 51 / 255 makes many inputs exactly zero */
        float background = seed % 2 ? -51.0f / 255.0f : (float)rng_normal(&r);
        float *x = dense(&m, background), *raw = dense(&m, 0);
        samples_from_pixels(m.pixel, m.label, m.count, m.features, m.classes, &s);
        CHECK(seed, samples_with_background(s, background, &centred) == STATUS_OK);
        CHECK(seed, centred->background == background);
        CHECK(seed, centred->count == s->count && centred->features == s->features);
        CHECK(seed, centred->classes == s->classes);
        CHECK(seed, centred->start == s->start && centred->index == s->index);
        CHECK(seed, centred->value == s->value && centred->label == s->label);
        check_samples(centred, x, seed);
        check_samples(s, raw, seed);
        CHECK(seed, samples_with_background(centred, 0, &again) == STATUS_OK);
        check_samples(again, raw, seed);
        samples_free(again);
        samples_free(centred);
        samples_free(s);
        free(x);
        free(raw);
        images_release(&m);
    }
}

static void from_values(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct rng r = dice(seed);
        uint32_t count = 1 + dice_below(&r, 10), features = 1 + dice_below(&r, 20);
        size_t size = (size_t)count * features;
        float *x = calloc(size, sizeof *x);
        uint8_t *label = calloc(count, 1);
        int levels = 1 + (int)dice_below(&r, 6), seen[6] = {0}, most = 0;
        for (size_t i = 0; i < size; i++) {
            int level = (int)dice_below(&r, (uint32_t)levels);
            x[i] = (float)(level - 2) / 4;
            seen[level]++;
        }
        for (int i = 0; i < levels; i++)
            most = seen[i] > most ? seen[i] : most;
        struct samples *s;
        CHECK(seed, samples_from_values(x, label, count, features, 1, &s) == STATUS_OK);
        check_samples(s, x, seed);
        int level = (int)lrintf(s->background * 4) + 2;
        CHECK(seed, level >= 0 && level < levels && seen[level] == most);
        CHECK(seed, s->start[count] == size - (size_t)most);
        samples_free(s);
        free(label);
        free(x);
    }
}

static void a_small_set(void **state)
{
    (void)state;
    static const float x[] = {-0.5f, 0, 0.25f, -0.5f, -0.5f, -0.5f};
    struct samples *s;
    assert_int_equal(samples_from_values(x, (const uint8_t[]){1, 0}, 2, 3, 2, &s),
                     STATUS_OK);
    assert_true(s->background == -0.5f);
    assert_int_equal(s->start[1], 2);
    assert_int_equal(s->start[2], 2);
    assert_int_equal(s->index[0], 1);
    assert_int_equal(s->index[1], 2);
    assert_true(s->value[0] == 0.5f && s->value[1] == 0.75f);
    assert_true(s->sum_s[0] == 1.25f && s->sum_s[1] == 0);
    assert_true(s->sum_abs[0] == 0.75 && s->sum_abs[1] == 1.5);
    assert_int_equal(s->active[0], 2);
    assert_int_equal(s->active[1], 3);
    assert_int_equal(s->label[0], 1);
    samples_free(s);
    samples_free(NULL);
}

/* Every sample is in one pair, with partners of its class, and its entries are there. */
static void check_pairs(const struct samples *s, const struct pairs *p, uint32_t first,
                        uint32_t count, uint64_t seed)
{
    uint32_t *seen = calloc((size_t)s->count + 1, sizeof *seen);
    for (uint32_t pair = 0; pair < p->count; pair++) {
        const uint32_t *of = p->sample + 2 * (size_t)pair;
        CHECK(seed, s->label[of[0]] == s->label[of[1]]);
        for (size_t i = 0; i < 2; i++) {
            uint64_t e = s->start[of[i]], end = s->start[of[i] + 1];
            for (uint64_t at = p->start[pair]; at < p->start[pair + 1]; at++) {
                bool has = e < end && s->index[e] == p->index[at];
                CHECK(seed, at == p->start[pair] || p->index[at] > p->index[at - 1]);
                CHECK(seed, p->value[2 * at + i] == (has ? s->value[e] : 0));
                e += has;
            }
            CHECK(seed, e == end);
            seen[of[i]] += i == 0 || of[0] != of[1];
        }
    }
    for (uint32_t t = 0; t < s->count; t++)
        CHECK(seed, seen[t] == (t >= first && t < first + count));
    free(seen);
}

static void pairs(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct rng r = dice(seed + 5000);
        struct images m;
        struct samples *s;
        struct pairs *p;
        images_init(&m, seed);
        CHECK(seed, samples_from_pixels(m.pixel, m.label, m.count, m.features, m.classes,
                                        &s) == STATUS_OK);
        uint32_t first = dice_below(&r, m.count),
                 count = dice_below(&r, m.count - first + 1);
        CHECK(seed, pairs_new(s, first, count, kernels_for(NULL), &p) == STATUS_OK);
        check_pairs(s, p, first, count, seed);
        pairs_free(p);
        CHECK(seed, samples_pair(s) == STATUS_OK && s->pairs != NULL);
        check_pairs(s, s->pairs, 0, s->count, seed);
        samples_free(s);
        images_release(&m);
    }
}

/* Twins find each other, so that a pair has no more entries than one of them. */
static void twins_are_paired(void **state)
{
    (void)state;
    enum { TWINS = 1500, FEATURES = 80 };
    struct rng r = dice(1);
    struct samples *s;
    uint8_t *pixel = calloc(2 * TWINS, FEATURES), *label = calloc(2 * TWINS, 1);
    for (uint32_t i = 0; i < TWINS * FEATURES; i++) {
        uint32_t t = i / FEATURES, at = i % FEATURES, twin = 2 * TWINS - 1 - t;
        bool inked = dice_below(&r, 2) || at == 0;
        pixel[t * FEATURES + at] = pixel[twin * FEATURES + at] = inked;
        label[t] = label[twin] = (uint8_t)(t % 4);
    }
    assert_int_equal(samples_from_pixels(pixel, label, 2 * TWINS, FEATURES, 4, &s),
                     STATUS_OK);
    assert_int_equal(samples_pair(s), STATUS_OK);
    assert_int_equal(s->pairs->count, TWINS);
    assert_int_equal(2 * s->pairs->start[TWINS], s->start[2 * TWINS]);
    samples_free(s);
    free(pixel);
    free(label);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_pixels), cmocka_unit_test(with_background),
        cmocka_unit_test(from_values), cmocka_unit_test(a_small_set),
        cmocka_unit_test(pairs),       cmocka_unit_test(twins_are_paired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
