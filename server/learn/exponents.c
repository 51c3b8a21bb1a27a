#include "learn/exponents.h"

#include <math.h>

#include <sleef.h>

enum { PAIR = 2 }; /* doubles of SLEEF's width on every x86-64 processor */

/* x is at least 0. Squares and roots are exact on every processor without SLEEF. */
static __m128d power2(__m128d x, double exponent)
{
    if (exponent == 2)
        return _mm_mul_pd(x, x);
    if (exponent == 0.5)
        return _mm_sqrt_pd(x);
    return Sleef_cinz_powd2_u10sse2(x, _mm_set1_pd(exponent));
}

void exponents_add(const struct exponents *e, double x, double times, double *ret_sum)
{
    for (uint32_t k = 0; k < e->count; k++)
        ret_sum[k] += times * _mm_cvtsd_f64(power2(_mm_set1_pd(fabs(x)), e->value[k]));
}

/* |x[i] + shift|, or 0 behind the end. */
static double size_at(const float *x, size_t n, float shift, size_t i)
{
    return i < n ? (double)fabsf(x[i] + shift) : 0;
}

void exponents_sum(const struct exponents *e, const float *x, size_t n, float shift,
                   double *ret_sum)
{
    __m128d sum[EXPONENTS_MAX] = {_mm_setzero_pd()};
    for (size_t i = 0; e->count > 0 && i < n; i += PAIR) {
        double a = size_at(x, n, shift, i), b = size_at(x, n, shift, i + 1);
        if (a == 0 && b == 0) /* most of a matrix, when synapses compete */
            continue;
        for (uint32_t k = 0; k < e->count; k++)
            sum[k] = _mm_add_pd(sum[k], power2(_mm_set_pd(b, a), e->value[k]));
    }
    for (uint32_t k = 0; k < e->count; k++)
        ret_sum[k] +=
            _mm_cvtsd_f64(sum[k]) + _mm_cvtsd_f64(_mm_unpackhi_pd(sum[k], sum[k]));
}

void exponents_map(double exponent, const float *x, size_t n, double *ret)
{
    for (size_t i = 0; i < n; i += PAIR) {
        double a = size_at(x, n, 0, i), b = size_at(x, n, 0, i + 1);
        __m128d power =
            a == 0 && b == 0 ? _mm_setzero_pd() : power2(_mm_set_pd(b, a), exponent);
        ret[i] = _mm_cvtsd_f64(power);
        if (i + 1 < n)
            ret[i + 1] = _mm_cvtsd_f64(_mm_unpackhi_pd(power, power));
    }
}
