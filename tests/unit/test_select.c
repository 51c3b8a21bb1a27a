/* The k largest of scores and of products, against counting by hand. */
#include "helpers.h"

#include "learn/products.h"
#include "learn/select.h"

static size_t count_above(const double *x, size_t n, double t, bool or_equal)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += x[i] > t || (or_equal && x[i] == t);
    return count;
}

/* Whether score i is among the k largest, the first of equals before the others. */
static bool is_chosen(const double *x, size_t n, size_t i, size_t k)
{
    return count_above(x, n, x[i], false) + count_above(x, i, x[i], true) -
               count_above(x, i, x[i], false) <
           k;
}

static void select_cut_agrees_with_counting(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        enum { MOST = 60 };
        struct rng r = dice(seed);
        size_t n = 1 + dice_below(&r, MOST);
        uint32_t values = 1 + dice_below(&r, seed % 2 ? 6 : 1000);
        bool smallest = dice_below(&r, 2);
        double x[MOST], by[MOST], room[MOST] = {0};
        for (size_t i = 0; i < n; i++) {
            x[i] = (double)dice_below(&r, values) / 7;
            by[i] = smallest ? -x[i] : x[i];
        }
        for (size_t k = 0; k <= n + 1; k++) {
            memcpy(room, x, n * sizeof *x);
            struct cut cut = select_cut(room, n, k, smallest);
            for (size_t i = 0; i < n; i++)
                CHECK(seed, cut_takes(&cut, x[i]) == is_chosen(by, n, i, k));
        }
    }
}

/* Some of n entries take no part. */
static void draw_entries(struct rng *r, float *size, size_t n, size_t padded)
{
    uint32_t values = dice_below(r, 3) == 0 ? 1 + dice_below(r, 8) : 0;
    uint32_t of_ten = dice_below(r, 3) == 0 ? dice_below(r, 11) : 10;
    for (size_t i = 0; i < padded; i++) {
        float any = ldexpf((float)rng_uniform(r), (int)dice_below(r, 40) - 30);
        size[i] = values > 0 ? (float)dice_below(r, values) / 3 : any;
        if (i >= n || dice_below(r, 10) >= of_ten)
            size[i] = -1;
    }
}

static void check_threshold(const struct kernels *k, const float *size, size_t n,
                            size_t keep, bool smallest, uint64_t seed)
{
    double by[256] = {0};
    uint8_t mark[256];
    float most = -1;
    for (size_t i = 0; i < n; i++) {
        most = fmaxf(most, size[i]);
        by[i] = size[i] < 0 ? (double)-INFINITY : (double)(smallest ? -size[i] : size[i]);
    }
    if (seed % 2)
        most += 1; /* it may be too much */
    struct threshold threshold = select_threshold(k, size, n, most, keep, smallest);
    threshold_mark(&threshold, size, n, mark);
    for (size_t i = 0; i < n; i++) {
        bool wanted = size[i] >= 0 && is_chosen(by, n, i, keep);
        CHECK(seed, threshold_takes(&threshold, size[i], i) == wanted);
        CHECK(seed, mark[i] == wanted);
    }
}

static void select_threshold_agrees_with_counting(void **state)
{
    (void)state;
    static const char *const variants[] = {"kernels_v1", "kernels_v3", "kernels_v4"};
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct rng r = dice(seed);
        _Alignas(64) float size[256];
        const struct kernels *k = kernels_for(variants[seed % 3]);
        size_t n = 1 + dice_below(&r, dice_below(&r, 2) ? 20 : 250);
        size_t padded = (n + LANES - 1) / LANES * LANES;
        draw_entries(&r, size, n, padded);
        for (size_t keep = 1; keep <= n && k != NULL; keep += 1 + keep / 8)
            check_threshold(k, size, padded, keep, dice_below(&r, 2), seed);
    }
}

/* Sizes that are all alike, all over the range of floats, or equal. */
static float draw_size(struct rng *r, uint32_t kind)
{
    if (kind == 0)
        return ldexpf((float)rng_uniform(r), (int)dice_below(r, 250) - 125);
    if (kind == 1)
        return 1 + (float)dice_below(r, 50) * 1e-6f;
    return (float)fabs(rng_normal(r));
}

static void check_ranking(const struct ranking *k, const float *size, uint64_t seed)
{
    for (uint32_t i = 0; i < k->n; i++) {
        CHECK(seed, k->item[i].size == size[k->item[i].index]);
        CHECK(seed, i == 0 || k->item[i - 1].size > k->item[i].size ||
                        (k->item[i - 1].size == k->item[i].size &&
                         k->item[i - 1].index < k->item[i].index));
    }
}

static void ranking_sorts(void **state)
{
    (void)state;
    enum { MOST = 3000 };
    static float size[MOST];
    struct ranking k;
    assert_int_equal(ranking_init(&k, MOST), STATUS_OK);
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct rng r = dice(seed);
        uint32_t n = dice_below(&r, dice_below(&r, 2) ? 40 : MOST),
                 kind = dice_below(&r, 4);
        for (uint32_t i = 0; i < n; i++) {
            size[i] = i > 0 && dice_below(&r, 5) == 0 ? size[i - 1] : draw_size(&r, kind);
            k.list[i] = (struct ranked){size[i], i};
        }
        ranking_sort(&k, n);
        CHECK(seed, k.n == n);
        check_ranking(&k, size, seed);
    }
    ranking_release(&k);
}

enum { GROUPS = 24, COLUMNS = 40, MEMBERS = 4 };

struct table {
    struct product_group group[GROUPS];
    struct ranking column;
    struct products p;
    double product[GROUPS * COLUMNS * MEMBERS]; /* of all synapses, largest first */
    size_t size;
};

static int larger_first(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Groups of unlike sizes, columns with many ties; sizes of few bits, so that unlike pairs
 * have equal products too, or any. */
static void draw_table(struct table *t, struct rng *r)
{
    uint32_t groups = 1 + dice_below(r, GROUPS), columns = 1 + dice_below(r, COLUMNS);
    uint32_t values = 1 + dice_below(r, COLUMNS);
    float fraction = dice_below(r, 2) ? 1 : (float)rng_uniform(r) + 0.1f, size = 0;
    *t = (struct table){.p = {.groups = groups}};
    if (ranking_init(&t->column, COLUMNS) != STATUS_OK)
        abort();
    t->p.group = t->group;
    t->p.other = &t->column;
    for (uint32_t i = groups; i-- > 0;) {
        size += (float)(1 + dice_below(r, 3)) / 255;
        t->group[i] =
            (struct product_group){.size = size, .members = 1 + dice_below(r, MEMBERS)};
    }
    for (uint32_t j = 0; j < columns; j++)
        t->column.list[j] =
            (struct ranked){(float)(1 + dice_below(r, values)) * fraction, j};
    ranking_sort(&t->column, columns);
    for (uint32_t i = 0; i < groups; i++)
        for (uint32_t j = 0; j < columns; j++)
            for (uint32_t m = 0; m < t->group[i].members; m++)
                t->product[t->size++] =
                    (double)t->group[i].size * (double)t->column.item[j].size;
    qsort(t->product, t->size, sizeof *t->product, larger_first);
}

static void check_cut(struct table *t, size_t k, uint64_t seed)
{
    double line = k < t->size ? t->product[k - 1] : 0;
    size_t beyond = count_above(t->product, t->size, line, false);
    size_t reached = count_above(t->product, t->size, line, true);
    bool split = k < reached;
    CHECK(seed, products_cut(&t->p, k) == (split ? k - beyond : 0));
    for (size_t i = 0; i < t->p.groups; i++) {
        const struct product_group *g = &t->group[i];
        size_t above = 0, equal = 0;
        for (size_t j = 0; j < t->column.n; j++) {
            double product = (double)g->size * (double)t->column.item[j].size;
            above += split ? product > line : product >= line;
            equal += product >= line;
        }
        CHECK(seed, g->above == above && g->equal == equal);
    }
}

static void products_cut_agrees_with_counting(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct rng r = dice(seed);
        struct table t;
        draw_table(&t, &r);
        for (size_t k = 1; k <= t.size + 1; k += 1 + dice_below(&r, 5))
            check_cut(&t, k, seed);
        t.p.expected = rng_uniform(&r);
        check_cut(&t, t.size, seed);
        ranking_release(&t.column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select_cut_agrees_with_counting),
        cmocka_unit_test(select_threshold_agrees_with_counting),
        cmocka_unit_test(ranking_sorts),
        cmocka_unit_test(products_cut_agrees_with_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
