/* Statistics over seeds. The one place where they are computed. */
#ifndef FRUGAL_APP_STATISTICS_H
#define FRUGAL_APP_STATISTICS_H

#include <stddef.h>

struct statistics {
    size_t n;
    double mean;
    double sd;  /* of the sample, n - 1 in the denominator; NaN for n < 2 */
    double sem; /* sd / sqrt(n); NaN for n < 2 */
    double min, max;
};

/* All but n are NaN for n = 0. */
struct statistics statistics_of(const double *x, size_t n);

#endif
