/* The units' nonlinearities and the two output layers. All are exact functions of their
 * input on every processor: exp and its kin come from SLEEF's deterministic functions. */
#ifndef FRUGAL_LEARN_ACTIVATION_H
#define FRUGAL_LEARN_ACTIVATION_H

#include <stddef.h>
#include <stdint.h>

enum activation {
    ACTIVATION_LEAKY_RELU, /* slope 0.1 below zero */
    ACTIVATION_RELU,
    ACTIVATION_ELU,
    ACTIVATION_SIGMOID,
    ACTIVATION_TANH,
};

enum loss {
    LOSS_MSE,           /* linear output, half the squared error */
    LOSS_CROSS_ENTROPY, /* softmax output */
};

/* y[j] = f(y[j]) for the first n of a vector padded to a multiple of LANES; the padding
 * ends up zero. */
void activation_apply(enum activation kind, float *y, size_t n);

/* delta[j] *= f'(a[j]), expressed in the output y[j] = f(a[j]). */
void activation_scale_by_slope(enum activation kind, float *delta, const float *y,
                               size_t n);

/* Turns the n summed inputs in y into outputs, in place, and returns the loss for the
 * class `label`. The padding behind n ends up zero. */
double loss_output(enum loss kind, float *y, size_t n, uint32_t label);

#endif
