#include "helpers.h"

#include "learn/net.h"

/* What the kernels work on: random numbers with many zeros and ties, zero behind the last
 * column, and copies of what they change. */
struct input {
    size_t n, columns, stride, used;
    float *w, *start;  /* [n][stride] */
    float *x;          /* [n] */
    float *d, *offset; /* [stride] */
    uint32_t *row;     /* [used]: ascending rows; NULL: all */
    float a;
};

struct output {
    float *w;   /* [n][stride] */
    float *out; /* [max(n, stride)] */
    struct tally tally;
};

static float draw(struct rng *r)
{
    switch (dice_below(r, 4)) {
    case 0:
        return 0;
    case 1:
        return (float)dice_below(r, 9) / 4 - 1;
    default:
        return (float)rng_normal(r);
    }
}

static void fill(struct rng *r, float *v, size_t columns)
{
    for (size_t j = 0; j < columns; j++)
        v[j] = draw(r);
}

static void input_init(struct input *in, struct rng *r)
{
    static const uint32_t edges[] = {1,  15, 16,  17,  31,  32, 33,
                                     64, 65, 127, 128, 129, 300};
    bool edge = dice_below(r, 2) == 0;
    *in = (struct input){.n = dice_below(r, dice_below(r, 8) == 0 ? 200 : 40)};
    in->columns = edge ? edges[dice_below(r, 13)] : 1 + dice_below(r, 200);
    in->stride = (in->columns + LANES - 1) / LANES * LANES;
    in->w = net_vector(in->n * in->stride);
    in->start = net_vector(in->n * in->stride);
    in->x = net_vector(in->n);
    in->d = net_vector(in->stride);
    in->offset = net_vector(in->stride);
    fill(r, in->x, in->n);
    fill(r, in->d, in->columns);
    fill(r, in->offset, in->columns);
    for (size_t i = 0; i < in->n; i++) {
        fill(r, in->w + i * in->stride, in->columns);
        fill(r, in->start + i * in->stride, in->columns);
    }
    in->a = draw(r);
    in->used = in->n;
    if (dice_below(r, 2) == 0) {
        in->row = calloc(in->n + 1, sizeof *in->row);
        in->used = 0;
        for (uint32_t i = 0; i < in->n; i++)
            if (dice_below(r, 3) > 0)
                in->row[in->used++] = i;
    }
}

static void input_release(struct input *in)
{
    free(in->w);
    free(in->start);
    free(in->x);
    free(in->d);
    free(in->offset);
    free(in->row);
}

static size_t out_length(const struct input *in)
{
    return in->n > in->stride ? in->n : in->stride;
}

static void output_init(struct output *o, const struct input *in)
{
    size_t length = out_length(in);
    *o = (struct output){.w = net_vector(in->n * in->stride), .out = net_vector(length)};
    memcpy(o->w, in->w, in->n * in->stride * sizeof *o->w);
    memcpy(o->out, in->d, in->stride * sizeof *o->out);
}

static void output_release(struct output *o)
{
    free(o->w);
    free(o->out);
}

static bool same_bits(const struct output *a, const struct output *b,
                      const struct input *in)
{
    return memcmp(a->w, b->w, in->n * in->stride * sizeof *a->w) == 0 &&
           memcmp(a->out, b->out, out_length(in) * sizeof *a->out) == 0 &&
           a->tally.count == b->tally.count &&
           memcmp(&a->tally.sum, &b->tally.sum, sizeof a->tally.sum) == 0;
}

static bool close_enough(const struct output *fast, const struct output *naive,
                         const struct input *in)
{
    bool ok = fast->tally.count == naive->tally.count &&
              is_close(fast->tally.sum, naive->tally.sum, 1e-4);
    for (size_t i = 0; i < in->n * in->stride; i++)
        ok = ok && is_close((double)fast->w[i], (double)naive->w[i], 1e-4);
    for (size_t i = 0; i < out_length(in); i++)
        ok = ok && is_close((double)fast->out[i], (double)naive->out[i], 1e-4);
    return ok;
}

static size_t row_of(const struct input *in, size_t k)
{
    return in->row != NULL ? in->row[k] : k;
}

static void count(struct tally *t, double x)
{
    t->count += x != 0;
    t->sum += fabs(x);
}

/* Each kernel by its table, and by a loop in double over the true columns. */

static void run_accumulate(const struct kernels *k, const struct input *in,
                           struct output *o)
{
    k->accumulate(o->out, o->w, in->stride, in->row, in->x, in->used, in->columns);
}

static void naive_accumulate(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++) {
        double sum = (double)o->out[j];
        for (size_t k = 0; k < in->used; k++)
            sum += (double)in->x[k] * (double)in->w[row_of(in, k) * in->stride + j];
        o->out[j] = (float)sum;
    }
}

static void run_add_outer(const struct kernels *k, const struct input *in,
                          struct output *o)
{
    k->add_outer(o->w, in->stride, in->row, in->x, in->used, in->d, in->columns);
}

static void naive_add_outer(const struct input *in, struct output *o)
{
    for (size_t k = 0; k < in->used; k++)
        for (size_t j = 0; j < in->columns; j++)
            o->w[row_of(in, k) * in->stride + j] += in->x[k] * in->d[j];
}

static void run_back(const struct kernels *k, const struct input *in, struct output *o)
{
    k->back(o->out, o->w, in->stride, in->n, in->d, in->columns);
}

static void naive_back(const struct input *in, struct output *o)
{
    for (size_t i = 0; i < in->n; i++) {
        double sum = 0;
        for (size_t j = 0; j < in->columns; j++)
            sum += (double)in->w[i * in->stride + j] * (double)in->d[j];
        o->out[i] = (float)sum;
    }
}

static void run_add_scaled(const struct kernels *k, const struct input *in,
                           struct output *o)
{
    k->add_scaled(o->out, in->a, in->offset, in->columns);
}

static void naive_add_scaled(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++)
        o->out[j] += in->a * in->offset[j];
}

static void run_fold(const struct kernels *k, const struct input *in, struct output *o)
{
    k->fold(o->w, in->stride, in->n, in->offset, o->out, in->columns);
}

static void naive_fold(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++) {
        double sum = 0;
        for (size_t i = 0; i < in->n; i++) {
            o->w[i * in->stride + j] += in->offset[j];
            sum += (double)o->w[i * in->stride + j];
        }
        o->out[j] = (float)sum;
    }
}

static void run_magnitude(const struct kernels *k, const struct input *in,
                          struct output *o)
{
    o->tally = k->magnitude(in->d, in->columns);
}

static void naive_magnitude(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++)
        count(&o->tally, (double)in->d[j]);
}

static void run_count_from(const struct kernels *k, const struct input *in,
                           struct output *o)
{
    o->tally.count = k->count_from(in->d, in->a, in->stride);
}

static void naive_count_from(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->stride; j++)
        o->tally.count += in->d[j] >= in->a;
}

static void run_distance(const struct kernels *k, const struct input *in,
                         struct output *o)
{
    o->tally = k->distance(in->w, in->start, in->stride, in->n, in->offset, in->columns);
}

static void naive_distance(const struct input *in, struct output *o)
{
    for (size_t i = 0; i < in->n; i++)
        for (size_t j = 0; j < in->columns; j++) {
            size_t at = i * in->stride + j;
            float moved = in->w[at] + in->offset[j]; /* rounds like the kernel */
            count(&o->tally, (double)(moved - in->start[at]));
        }
}

static void run_add_above(const struct kernels *k, const struct input *in,
                          struct output *o)
{
    for (size_t i = 0; i < in->n; i++)
        k->add_above(o->w + i * in->stride, in->x[i], in->d, in->offset, in->a,
                     in->columns);
}

static void naive_add_above(const struct input *in, struct output *o)
{
    for (size_t i = 0; i < in->n; i++)
        for (size_t j = 0; j < in->columns; j++)
            if (in->offset[j] >= in->a)
                o->w[i * in->stride + j] += in->x[i] * in->d[j];
}

/* Two samples over the same rows: the one in `out`, the other in the first row of w. */
static void run_sum_pair(const struct kernels *k, const struct input *in,
                         struct output *o)
{
    float *sums = net_vector(2 * in->stride), *value = net_vector(2 * in->used);
    uint32_t *all = calloc(in->used + 1, sizeof *all);
    for (uint32_t i = 0; i < in->used; i++) {
        all[i] = (uint32_t)row_of(in, i);
        value[2 * i] = in->x[i];
        value[2 * i + 1] = in->x[in->used - 1 - i];
    }
    struct sparse_pair x = {all, value, in->used, in->a, {0.5f, -2}};
    k->sum_pair(sums, in->stride, &x, in->w, in->stride, in->d, in->offset,
                in->row != NULL ? in->d : NULL, in->columns);
    memcpy(o->out, sums, in->columns * sizeof *sums);
    if (in->n > 0)
        memcpy(o->w, sums + in->stride, in->columns * sizeof *sums);
    free(sums);
    free(value);
    free(all);
}

static void naive_sum_pair(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++) {
        double rest = (double)in->a * (double)in->d[j], first = 0, second = 0;
        for (size_t k = 0; k < in->used; k++) {
            double w = (double)in->w[row_of(in, k) * in->stride + j];
            first += (double)in->x[k] * w;
            second += (double)in->x[in->used - 1 - k] * w;
        }
        rest += in->row != NULL ? (double)in->d[j] : 0;
        o->out[j] = (float)(first + rest + 0.5 * (double)in->offset[j]);
        if (in->n > 0)
            o->w[j] = (float)(second + rest - 2 * (double)in->offset[j]);
    }
}

static void run_overlap(const struct kernels *k, const struct input *in, struct output *o)
{
    size_t words = in->n * in->stride / 2;
    o->tally.count =
        k->overlap((const uint64_t *)in->w, (const uint64_t *)in->start, words);
}

static void naive_overlap(const struct input *in, struct output *o)
{
    for (size_t byte = 0; byte < in->n * in->stride * sizeof *in->w; byte++)
        for (int bit = 0; bit < 8; bit++)
            o->tally.count += ((const uint8_t *)in->w)[byte] >> bit &
                              ((const uint8_t *)in->start)[byte] >> bit & 1;
}

/* Which columns a test takes. */
static bool is_plastic(const struct input *in, size_t j)
{
    return in->offset[j] >= 0;
}

static void pack_plastic(const struct kernels *k, const struct input *in, uint16_t *bits)
{
    uint8_t byte[512] = {0};
    for (size_t j = 0; j < in->columns; j++)
        byte[j] = is_plastic(in, j);
    k->pack(bits, byte, in->stride);
}

static void run_sizes(const struct kernels *k, const struct input *in, struct output *o)
{
    uint16_t bits[512 / LANES];
    pack_plastic(k, in, bits);
    o->tally.sum = (double)k->sizes(o->out, in->d, bits, in->stride);
    memset(o->out + in->columns, 0, (in->stride - in->columns) * sizeof *o->out);
}

static void naive_sizes(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++) {
        o->out[j] = is_plastic(in, j) ? fabsf(in->d[j]) : -1;
        o->tally.sum = fmax(o->tally.sum, (double)o->out[j]);
    }
}

static void run_propose(const struct kernels *k, const struct input *in, struct output *o)
{
    uint16_t bits[512 / LANES];
    pack_plastic(k, in, bits);
    k->propose(o->out, in->a, in->d, 0.25f, in->offset, in->row != NULL ? bits : NULL,
               bits, in->stride);
}

static void naive_propose(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++)
        o->out[j] = is_plastic(in, j) ? in->a * in->d[j] - 0.25f * in->offset[j] : 0;
}

static void run_add_change(const struct kernels *k, const struct input *in,
                           struct output *o)
{
    for (size_t i = 0; i < in->n; i++) {
        struct tally t = k->add_change(o->w + i * in->stride, o->out,
                                       in->start + i * in->stride, in->stride);
        o->tally.count += t.count;
        o->tally.sum += t.sum;
    }
}

static void naive_add_change(const struct input *in, struct output *o)
{
    for (size_t i = 0; i < in->n * in->stride; i++) {
        o->w[i] += in->start[i];
        o->out[i % in->stride] += in->start[i];
        count(&o->tally, (double)in->start[i]);
    }
}

/* w is the transient part; what w would be is in `out`. */
static void run_add_transient(const struct kernels *k, const struct input *in,
                              struct output *o)
{
    float *sum = net_vector(in->stride);
    for (size_t i = 0; i < in->n; i++) {
        struct cache_tally t =
            k->add_transient(o->out, o->w + i * in->stride, in->start + i * in->stride,
                             0.25f, 0.75f, 1, sum, in->stride);
        o->tally.count += t.over.count;
        o->tally.sum += t.over.sum + 10 * t.rest;
    }
    for (size_t j = 0; j < in->stride; j++)
        o->tally.sum += fabs((double)sum[j]);
    free(sum);
}

static void naive_add_transient(const struct input *in, struct output *o)
{
    double *sum = calloc(in->stride, sizeof *sum);
    for (size_t i = 0; i < in->n * in->stride; i++) {
        float total = in->start[i] - 0.25f * o->w[i];
        o->out[i % in->stride] += total;
        sum[i % in->stride] += (double)total;
        o->w[i] = 0.75f * o->w[i] + in->start[i];
        bool over = fabsf(o->w[i]) > 1;
        o->tally.count += over;
        o->tally.sum += fabs((double)o->w[i]) * (over ? 1 : 10);
    }
    for (size_t j = 0; j < in->stride; j++)
        o->tally.sum += fabs(sum[j]);
    free(sum);
}

static void run_consolidate(const struct kernels *k, const struct input *in,
                            struct output *o)
{
    for (size_t i = 0; i < in->n; i++) {
        struct tally t =
            k->consolidate(o->w + i * in->stride, fabsf(in->a), o->out, in->stride);
        o->tally.count += t.count;
        o->tally.sum += t.sum;
    }
}

static void naive_consolidate(const struct input *in, struct output *o)
{
    for (size_t i = 0; i < in->n * in->stride; i++) {
        bool over = fabsf(o->w[i]) > fabsf(in->a);
        o->out[i % in->stride] = over ? o->w[i] : 0;
        count(&o->tally, over ? (double)o->w[i] : 0);
        o->w[i] = over ? 0 : o->w[i];
    }
}

enum { LINES = 6 };

/* Lines through a few rows of w; counts go to `out`. */
static size_t draw_lines(const struct input *in, struct line line[LINES])
{
    for (uint32_t i = 0; i < LINES && in->n > 0; i++)
        line[i] = (struct line){i % (uint32_t)in->n, in->x[i % in->n],
                                i % 2 ? in->x[(i + 1) % in->n] : INFINITY};
    return in->n > 0 ? LINES : 0;
}

static void run_count_above(const struct kernels *k, const struct input *in,
                            struct output *o)
{
    struct line line[LINES];
    uint32_t *n = (uint32_t *)net_vector(in->stride);
    for (size_t j = 0; j < in->stride; j++)
        n[j] = 100;
    k->count_above(n, in->w, in->stride, line, draw_lines(in, line), in->stride);
    for (size_t j = 0; j < in->stride; j++)
        o->out[j] = (float)n[j];
    free(n);
}

static void naive_count_above(const struct input *in, struct output *o)
{
    struct line line[LINES];
    size_t lines = draw_lines(in, line);
    for (size_t j = 0; j < in->stride; j++) {
        int n = 100;
        for (size_t k = 0; k < lines; k++) {
            float size = in->w[line[k].of * in->stride + j];
            n += (size >= line[k].least) - (size >= line[k].less);
        }
        o->out[j] = (float)n;
    }
}

static void run_square(const struct kernels *k, const struct input *in, struct output *o)
{
    o->tally.sum = k->square(in->d, in->row != NULL ? in->offset : NULL, in->columns);
}

static void naive_square(const struct input *in, struct output *o)
{
    for (size_t j = 0; j < in->columns; j++) {
        double w = (double)in->d[j] + (in->row != NULL ? (double)in->offset[j] : 0);
        o->tally.sum += w * w;
    }
}

static const struct subject {
    const char *name;
    void (*run)(const struct kernels *k, const struct input *in, struct output *o);
    void (*naive)(const struct input *in, struct output *o);
} subjects[] = {
    {"accumulate", run_accumulate, naive_accumulate},
    {"add_outer", run_add_outer, naive_add_outer},
    {"back", run_back, naive_back},
    {"add_scaled", run_add_scaled, naive_add_scaled},
    {"fold", run_fold, naive_fold},
    {"magnitude", run_magnitude, naive_magnitude},
    {"count_from", run_count_from, naive_count_from},
    {"distance", run_distance, naive_distance},
    {"add_above", run_add_above, naive_add_above},
    {"sum_pair", run_sum_pair, naive_sum_pair},
    {"overlap", run_overlap, naive_overlap},
    {"square", run_square, naive_square},
    {"sizes", run_sizes, naive_sizes},
    {"propose", run_propose, naive_propose},
    {"add_change", run_add_change, naive_add_change},
    {"add_transient", run_add_transient, naive_add_transient},
    {"consolidate", run_consolidate, naive_consolidate},
    {"count_above", run_count_above, naive_count_above},
};

static void check_subject(const struct subject *s, const struct input *in, uint64_t seed)
{
    static const char *const variants[] = {"kernels_v3", "kernels_v4"};
    struct output naive, v1, other;
    output_init(&naive, in);
    output_init(&v1, in);
    s->naive(in, &naive);
    s->run(kernels_for("kernels_v1"), in, &v1);
    if (!close_enough(&v1, &naive, in))
        fail_msg("seed %" PRIu64 ": %s is wrong: n %zu, columns %zu", seed, s->name,
                 in->n, in->columns);
    for (int i = 0; i < 2; i++) {
        const struct kernels *k = kernels_for(variants[i]);
        if (k == NULL)
            continue;
        output_init(&other, in);
        s->run(k, in, &other);
        if (!same_bits(&other, &v1, in))
            fail_msg("seed %" PRIu64 ": %s of %s differs: n %zu, columns %zu", seed,
                     s->name, k->name, in->n, in->columns);
        output_release(&other);
    }
    output_release(&v1);
    output_release(&naive);
}

static void all_variants_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 600; seed++) {
        struct rng r = dice(seed);
        struct input in;
        input_init(&in, &r);
        for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
            check_subject(&subjects[i], &in, seed);
        input_release(&in);
    }
}

static void names_choose(void **state)
{
    (void)state;
    assert_string_equal(kernels_for("kernels_v1")->name, "kernels_v1");
    assert_null(kernels_for("kernels_v2"));
    const struct kernels *fastest = kernels_for("kernels_v4");
    fastest = fastest != NULL ? fastest : kernels_for("kernels_v3");
    fastest = fastest != NULL ? fastest : kernels_for("kernels_v1");
    assert_ptr_equal(kernels_for(NULL), fastest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_variants_agree),
        cmocka_unit_test(names_choose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
