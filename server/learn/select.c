#include "learn/select.h"

#include <math.h>

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

/* The k-th largest of x [n], k from 1. Three-way partitions, so that ties cost nothing. */
static double kth_largest(double *x, size_t n, size_t k)
{
    for (;;) {
        double pivot = median(x[0], x[n / 2], x[n - 1]);
        size_t above = 0, at = 0, below = n; /* x[0..above) > pivot, x[below..n) < pivot */
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
