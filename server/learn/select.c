#include "learn/select.h"

#include <math.h>
#include <string.h>

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

static double median(double a, double b, double c)
{
    double low = fmin(a, b), high = fmax(a, b);
    return fmax(low, fmin(high, c));
}

/* The k-th largest of x [n], k from 1. Three-way partitions, so that ties cost nothing.
 */
static double kth_largest(double *x, size_t n, size_t k)
{
    for (;;) {
        double pivot = median(x[0], x[n / 2], x[n - 1]);
        size_t above = 0, at = 0,
               below = n; /* x[0..above) > pivot, x[below..n) < pivot */
        while (at < below) {
            if (x[at] > pivot)
                swap(&x[at++], &x[above++]);
            else if (x[at] < pivot)
                swap(&x[at], &x[--below]);
            else
                at++;
        }
        if (k <= above) {
            n = above;
        } else if (k > below) {
            x += below;
            n -= below;
            k -= below;
        } else {
            return pivot;
        }
    }
}

struct cut select_cut(double *x, size_t n, size_t k, bool smallest)
{
    if (k >= n)
        return (struct cut){smallest ? INFINITY : -INFINITY, n, smallest};
    if (k == 0)
        return (struct cut){smallest ? -INFINITY : INFINITY, 0, smallest};
    double score = kth_largest(x, n, smallest ? n - k + 1 : k);
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++)
        beyond += smallest ? x[i] < score : x[i] > score;
    return (struct cut){score, k - beyond, smallest};
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* A size that exactly `rank` entries reach, or the largest that more do; ret_count is how
 * many. Bisects on the bits of floats, which are ordered like the floats: counting has no
 * branches, and the threshold is mostly an octave or two below the largest size. */
static float find_threshold(const struct kernels *k, const float *size, size_t n,
                            float most, size_t rank, size_t *ret_count)
{
    uint32_t high = bits_of(most) + 1; /* fewer than rank reach it, and at least rank */
    uint32_t low = high;               /* reach this one, in the end */
    uint32_t step = 1u << 23;          /* an octave */
    size_t count = 0;
    for (; count < rank && low > 0; step *= 2) {
        high = low;
        low = high > step ? high - step : 0;
        count = k->count_from(size, float_of(low), n);
    }
    while (count != rank && high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        size_t reach = k->count_from(size, float_of(middle), n);
        if (reach >= rank) {
            low = middle;
            count = reach;
        } else {
            high = middle;
        }
    }
    *ret_count = count;
    return float_of(low);
}

/* The entry behind the first `ties` that equal x. */
static size_t end_of_ties(const float *size, size_t n, float x, size_t ties)
{
    size_t i = 0;
    for (; i < n && ties > 0; i++)
        ties -= size[i] == x;
    return i;
}

struct threshold select_threshold(const struct kernels *kernels, const float *size,
                                  size_t n, float most, size_t k, bool smallest)
{
    size_t all = kernels->count_from(size, 0, n), reached;
    if (k >= all)
        return (struct threshold){smallest ? INFINITY : 0, n, smallest};
    size_t rank = smallest ? all - k : k; /* entries that reach it, ties aside */
    struct threshold c = {.smallest = smallest};
    c.size = find_threshold(kernels, size, n, most, rank, &reached);
    size_t beyond = kernels->count_from(size, float_of(bits_of(c.size) + 1), n);
    size_t ties = smallest ? reached - rank : rank - beyond;
    c.end = end_of_ties(size, n, c.size, ties);
    return c;
}

void threshold_mark(const struct threshold *c, const float *size, size_t n, uint8_t *ret)
{
    size_t end = c->end < n ? c->end : n;
    if (c->smallest) {
        for (size_t i = 0; i < n; i++)
            ret[i] = (size[i] < c->size) & (size[i] >= 0);
    } else {
        for (size_t i = 0; i < n; i++)
            ret[i] = size[i] > c->size;
    }
    for (size_t i = 0; i < end; i++)
        ret[i] |= size[i] == c->size;
}
