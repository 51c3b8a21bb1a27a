/* Statistics over seeds. The one place where they are computed. */
#ifndef FRUGAL_APP_STATISTICS_H
#define FRUGAL_APP_STATISTICS_H

#include <stddef.h>

struct statistics {
    size_t n; /* values that are known */
    size_t
        missed; /* values that are only known to be larger than any that is asked for */
    double mean;
    double sd;  /* of the sample, n - 1 in the denominator; NaN for n < 2 */
    double sem; /* sd / sqrt(n); NaN for n < 2 */
    double median, min, max;
    double at_least; /* a lower bound of the mean where values are missed; else NaN */
};

/* Of x [n], which is put in order; all must be finite. All but n are NaN for n = 0. */
struct statistics statistics_of(double *x, size_t n);

/* The same when `missed` further values are larger than was waited for: an energy that
 * was never enough. The mean, s.d. and maximum of such a sample are not known, and NaN;
 * the median is where it falls among the values that are. floor [missed]: what each of
 * them is at least, from which comes at_least; NaN for one of which nothing is known. */
struct statistics statistics_with_missed(double *x, size_t n, const double *floor,
                                         size_t missed);

#endif
