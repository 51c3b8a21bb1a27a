/* Reads samples, a line "n missed" each and then n values and `missed` lower bounds, one a
 * line, and prints what the server makes of them: n, missed, mean, s.d., s.e.m., median,
 * minimum, maximum and the lower bound of the mean, with every digit. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/statistics.h"

static bool read_values(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (scanf("%lf", &x[i]) != 1)
            return false;
    return true;
}

int main(void)
{
    size_t n, missed;
    while (scanf("%zu %zu", &n, &missed) == 2) {
        double *x = calloc(n + missed + 1, sizeof *x);
        if (x == NULL || !read_values(x, n + missed)) {
            free(x);
            return 1;
        }
        struct statistics s = statistics_with_missed(x, n, x + n, missed);
        printf("%zu %zu %.17g %.17g %.17g %.17g %.17g %.17g %.17g\n", s.n, s.missed, s.mean,
               s.sd, s.sem, s.median, s.min, s.max, s.at_least);
        free(x);
    }
    return 0;
}
