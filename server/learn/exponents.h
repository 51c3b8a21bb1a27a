/* Energies between and beyond M0 and M1: sums of |dw|^alpha for a few exponents alpha. */
#ifndef FRUGAL_LEARN_EXPONENTS_H
#define FRUGAL_LEARN_EXPONENTS_H

#include <stddef.h>
#include <stdint.h>

enum { EXPONENTS_MAX = 4 };

struct exponents {
    uint32_t count;              /* 0: nothing is computed */
    double value[EXPONENTS_MAX]; /* above 0 */
};

/* ret_sum[k] += times * |x|^value[k]. The same bits on every processor. */
void exponents_add(const struct exponents *e, double x, double times, double *ret_sum);

/* ret_sum[k] += sum over i of |x[i] + shift|^value[k], i = 0 .. n-1; likewise. */
void exponents_sum(const struct exponents *e, const float *x, size_t n, float shift,
                   double *ret_sum);

/* ret[i] = |x[i]|^exponent; likewise. */
void exponents_map(double exponent, const float *x, size_t n, double *ret);

#endif
