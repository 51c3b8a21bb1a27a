#include "app/statistics.h"

#include <math.h>

struct statistics statistics_of(const double *x, size_t n)
{
    struct statistics s = {n, NAN, NAN, NAN, NAN, NAN};
    if (n == 0)
        return s;
    double sum = 0, squares = 0, rest = 0;
    s.min = s.max = x[0];
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
        s.min = fmin(s.min, x[i]);
        s.max = fmax(s.max, x[i]);
    }
    s.mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        squares += (x[i] - s.mean) * (x[i] - s.mean);
        rest += x[i] - s.mean;
    }
    if (n > 1) { /* `rest` takes off what rounding left in the mean */
        s.sd = sqrt((squares - rest * rest / (double)n) / (double)(n - 1));
        s.sem = s.sd / sqrt((double)n);
    }
    return s;
}
