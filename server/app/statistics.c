#include "app/statistics.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The middle of `all` values in order, of which the first n are known. */
static double median_of(const double *x, size_t n, size_t all)
{
    size_t upper = all / 2, lower = (all - 1) / 2;
    return upper < n ? x[lower] + (x[upper] - x[lower]) / 2 : NAN;
}

static double sum_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

/* n - 1 times the variance; `rest` takes off what rounding left in the mean. */
static double squares_about(double mean, const double *x, size_t n)
{
    double squares = 0, rest = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
        rest += x[i] - mean;
    }
    return fmax(0, squares - rest * rest / (double)n);
}

struct statistics statistics_with_missed(double *x, size_t n, const double *floor,
                                         size_t missed)
{
    struct statistics s = {n, missed, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (n > 0) {
        qsort(x, n, sizeof *x, compare);
        s.min = x[0];
        s.median = median_of(x, n, n + missed);
    }
    if (missed > 0) {
        s.at_least = (sum_of(x, n) + sum_of(floor, missed)) / (double)(n + missed);
        return s;
    }
    if (n > 0) {
        s.max = x[n - 1];
        s.mean = sum_of(x, n) / (double)n;
    }
    if (n > 1) {
        s.sd = sqrt(squares_about(s.mean, x, n) / (double)(n - 1));
        s.sem = s.sd / sqrt((double)n);
    }
    return s;
}

struct statistics statistics_of(double *x, size_t n)
{
    return statistics_with_missed(x, n, NULL, 0);
}
