#include "learn/activation.h"

#include <string.h>

#include <sleef.h>

#include "learn/kernels.h"

static const float LEAK = 0.1f;

enum { QUAD = 4 }; /* SLEEF's width on every x86-64 processor */

static __m128 sigmoid4(__m128 a)
{
    const __m128 one = _mm_set1_ps(1.0f);
    __m128 e = Sleef_cinz_expf4_u10sse2(_mm_sub_ps(_mm_setzero_ps(), a));
    return _mm_div_ps(one, _mm_add_ps(one, e));
}

static __m128 elu4(__m128 a)
{
    const __m128 zero = _mm_setzero_ps();
    __m128 below = Sleef_cinz_expm1f4_u10sse2(_mm_min_ps(a, zero));
    __m128 positive = _mm_cmpgt_ps(a, zero);
    return _mm_or_ps(_mm_and_ps(positive, a), _mm_andnot_ps(positive, below));
}

static __m128 exp4(__m128 a)
{
    return Sleef_cinz_expf4_u10sse2(a);
}

static __m128 tanh4(__m128 a)
{
    return Sleef_cinz_tanhf4_u10sse2(a);
}

static size_t padded(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

static inline __m128 leaky4(__m128 a)
{
    __m128 positive = _mm_cmpgt_ps(a, _mm_setzero_ps());
    __m128 below = _mm_mul_ps(a, _mm_set1_ps(LEAK));
    return _mm_or_ps(_mm_and_ps(positive, a), _mm_andnot_ps(positive, below));
}

static inline __m128 relu4(__m128 a)
{
    return _mm_and_ps(_mm_cmpgt_ps(a, _mm_setzero_ps()), a);
}

static inline void map(float *y, size_t n, __m128 (*f)(__m128))
{
    for (size_t j = 0; j < n; j += QUAD)
        _mm_store_ps(y + j, f(_mm_load_ps(y + j)));
    memset(y + n, 0, (padded(n) - n) * sizeof *y);
}

void activation_apply(enum activation kind, float *y, size_t n)
{
    switch (kind) {
    case ACTIVATION_LEAKY_RELU:
        map(y, n, leaky4);
        break;
    case ACTIVATION_RELU:
        map(y, n, relu4);
        break;
    case ACTIVATION_ELU:
        map(y, n, elu4);
        break;
    case ACTIVATION_SIGMOID:
        map(y, n, sigmoid4);
        break;
    case ACTIVATION_TANH:
        map(y, n, tanh4);
        break;
    }
}

void activation_scale_by_slope(enum activation kind, float *delta, const float *y,
                               size_t n)
{
    switch (kind) {
    case ACTIVATION_LEAKY_RELU:
        for (size_t j = 0; j < n; j += QUAD) {
            __m128 positive = _mm_cmpgt_ps(_mm_load_ps(y + j), _mm_setzero_ps());
            __m128 slope = _mm_or_ps(_mm_and_ps(positive, _mm_set1_ps(1.0f)),
                                     _mm_andnot_ps(positive, _mm_set1_ps(LEAK)));
            _mm_store_ps(delta + j, _mm_mul_ps(_mm_load_ps(delta + j), slope));
        }
        break;
    case ACTIVATION_RELU:
        for (size_t j = 0; j < n; j++)
            delta[j] = y[j] > 0 ? delta[j] : 0;
        break;
    case ACTIVATION_ELU:
        for (size_t j = 0; j < n; j++)
            delta[j] *= y[j] > 0 ? 1 : y[j] + 1;
        break;
    case ACTIVATION_SIGMOID:
        for (size_t j = 0; j < n; j++)
            delta[j] *= y[j] * (1 - y[j]);
        break;
    case ACTIVATION_TANH:
        for (size_t j = 0; j < n; j++)
            delta[j] *= 1 - y[j] * y[j];
        break;
    }
}

static double squared_error(const float *y, size_t n, uint32_t label)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        double error = (j == label) - (double)y[j];
        sum += error * error;
    }
    return sum / 2;
}

/* The largest input is taken off before exp, so that nothing overflows. */
static double softmax(float *y, size_t n, uint32_t label)
{
    float most = y[0];
    for (size_t j = 1; j < n; j++)
        most = y[j] > most ? y[j] : most;
    double at_label = (double)y[label] - (double)most, sum = 0;
    for (size_t j = 0; j < n; j++)
        y[j] -= most;
    map(y, n, exp4);
    for (size_t j = 0; j < n; j++)
        sum += (double)y[j];
    for (size_t j = 0; j < n; j++)
        y[j] = (float)((double)y[j] / sum);
    return Sleef_cinz_logd1_u10purec(sum) - at_label;
}

double loss_output(enum loss kind, float *y, size_t n, uint32_t label)
{
    if (kind == LOSS_CROSS_ENTROPY)
        return softmax(y, n, label);
    return squared_error(y, n, label);
}
