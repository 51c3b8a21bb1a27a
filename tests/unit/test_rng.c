#include "helpers.h"

/* Blackman & Vigna's xoshiro256++ 1.0 and Vigna's splitmix64, as published. */
static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static uint64_t reference_next(uint64_t s[4])
{
    const uint64_t result = rotl(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

static uint64_t reference_splitmix(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void next_is_xoshiro(void **state)
{
    (void)state;
    /* The first outputs for the state 1, 2, 3, 4. */
    static const uint64_t known[] = {41943041, 58720359, UINT64_C(3588806011781223),
                                     UINT64_C(3591011842654386),
                                     UINT64_C(9228616714210784205)};
    struct rng r = {.state = {1, 2, 3, 4}};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(rng_next(&r), known[i]);
    uint64_t s[4] = {1, 2, 3, 4};
    r = (struct rng){.state = {1, 2, 3, 4}};
    for (int i = 0; i < 100000; i++)
        CHECK(i, rng_next(&r) == reference_next(s));
    assert_memory_equal(r.state, s, sizeof s);
}

static void init_mixes_with_splitmix(void **state)
{
    (void)state;
    uint64_t known = 1234567;
    assert_int_equal(reference_splitmix(&known), UINT64_C(6457827717110365317));
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct rng r;
        rng_init(&r, seed * seed * 1000003, RNG_ORDER, seed);
        uint64_t mix = seed * seed * 1000003;
        mix = reference_splitmix(&mix) ^ 2;
        mix = reference_splitmix(&mix) ^ seed;
        for (int i = 0; i < 4; i++)
            CHECK(seed, r.state[i] == reference_splitmix(&mix));
    }
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void streams_differ(void **state)
{
    (void)state;
    enum { SEEDS = 100, NUMBERS = 5, ALL = SEEDS * 3 * NUMBERS };
    static uint64_t first[ALL];
    size_t n = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        for (int stream = RNG_WEIGHTS; stream <= RNG_MASKS; stream++)
            for (uint64_t number = 0; number < NUMBERS; number++) {
                struct rng r;
                rng_init(&r, seed, (enum rng_stream)stream, number);
                first[n++] = rng_next(&r);
            }
    qsort(first, ALL, sizeof first[0], ascending);
    for (size_t i = 1; i < ALL; i++)
        CHECK(i, first[i] != first[i - 1]);
}

static void same_seed_same_numbers(void **state)
{
    (void)state;
    struct rng a, b;
    rng_init(&a, 42, RNG_WEIGHTS, 1);
    rng_init(&b, 42, RNG_WEIGHTS, 1);
    for (int i = 0; i < 1001; i++) {
        assert_true(rng_normal(&a) == rng_normal(&b));
        assert_int_equal(rng_below(&a, 1000), rng_below(&b, 1000));
        assert_true(rng_uniform(&a) == rng_uniform(&b));
    }
    struct rng copy = a; /* in the middle of a pair of normal numbers */
    for (int i = 0; i < 5; i++)
        assert_true(rng_normal(&a) == rng_normal(&copy));
}

/* Draws that many times, and expects each of n numbers equally often within 5 sigma. */
static void check_uniform(uint64_t n, uint64_t draws)
{
    uint64_t count[64] = {0};
    struct rng r = dice(n);
    for (uint64_t i = 0; i < draws; i++) {
        uint64_t x = rng_below(&r, n);
        CHECK(n, x < n);
        count[x]++;
    }
    double p = 1 / (double)n, sd = sqrt((double)draws * p * (1 - p));
    for (uint64_t x = 0; x < n; x++)
        CHECK(n, fabs((double)count[x] - (double)draws * p) <= 5 * sd);
}

static void below_is_uniform(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 3, 7, 10, 16, 60};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_uniform(sizes[i], 200000);
    /* Without rejection every third number would come twice as often. */
    const uint64_t large = UINT64_C(3) << 62;
    struct rng r = dice(3);
    uint64_t third[3] = {0};
    for (int i = 0; i < 60000; i++) {
        uint64_t x = rng_below(&r, large);
        assert_true(x < large);
        third[x % 3]++;
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(third[i], 19500, 20500);
    for (int i = 0; i < 1000; i++)
        assert_true(rng_below(&r, UINT64_MAX) < UINT64_MAX);
}

static void uniform_has_53_bits(void **state)
{
    (void)state;
    enum { DRAWS = 1000000 };
    struct rng r = dice(4);
    double sum = 0, squares = 0;
    uint64_t odd = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = rng_uniform(&r), scaled = x * 0x1p53;
        assert_true(x >= 0 && x < 1 && scaled == floor(scaled));
        odd += (uint64_t)scaled & 1;
        sum += x;
        squares += x * x;
    }
    assert_true(fabs(sum / DRAWS - 0.5) < 0.002);
    assert_true(fabs(squares / DRAWS - 1.0 / 3) < 0.002);
    assert_in_range(odd, DRAWS / 2 - 3000, DRAWS / 2 + 3000);
}

static void normal_is_standard(void **state)
{
    (void)state;
    enum { DRAWS = 2000000 };
    struct rng r = dice(5);
    double sum = 0, squares = 0, fourth = 0, product = 0, last = 0;
    uint64_t inside = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = rng_normal(&r);
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
        product += x * last;
        inside += fabs(x) < 1;
        last = x;
    }
    double sem = 1 / sqrt(DRAWS);
    assert_true(fabs(sum / DRAWS) < 5 * sem);
    assert_true(fabs(squares / DRAWS - 1) < 5 * sqrt(2) * sem);
    assert_true(fabs(fourth / DRAWS - 3) < 5 * sqrt(96) * sem);
    assert_true(fabs(product / DRAWS) < 5 * sem);
    assert_true(fabs((double)inside / DRAWS - erf(sqrt(0.5))) < 5 * 0.5 * sem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_is_xoshiro),    cmocka_unit_test(init_mixes_with_splitmix),
        cmocka_unit_test(streams_differ),     cmocka_unit_test(same_seed_same_numbers),
        cmocka_unit_test(below_is_uniform),   cmocka_unit_test(uniform_has_53_bits),
        cmocka_unit_test(normal_is_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
