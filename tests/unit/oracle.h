/* The learning core once more, written for clarity: dense, in double, one synapse at a
 * time, function by function as in the Python reference (frugal_reference.py). What the
 * real core does must agree with this. Names and shapes are the reference's:
 *
 *     w[l]  [rows(l)][columns(l)]   row major, the bias row last
 *     y[0]  the input, y[l + 1] the activities of layer l's targets, each with the bias's
 *           constant 1 behind it
 */
#ifndef FRUGAL_TESTS_ORACLE_H
#define FRUGAL_TESTS_ORACLE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/learner.h"

static const double ORACLE_LEAK = 0.1;

struct oracle {
    struct learner_spec spec;
    double *w[NET_LAYERS_MAX], *start[NET_LAYERS_MAX];
    double *y[NET_LAYERS_MAX + 1];
    double *error[NET_LAYERS_MAX];  /* [columns(l)] */
    double *change[NET_LAYERS_MAX]; /* like w */
    uint64_t m0[NET_LAYERS_MAX];
    double m1[NET_LAYERS_MAX];
    double power[NET_LAYERS_MAX][EXPONENTS_MAX]; /* sum of |dw|^alpha */
    uint32_t *changes[NET_LAYERS_MAX];           /* like w: how often each changed */
};

static inline uint32_t oracle_columns(const struct oracle *o, uint32_t l)
{
    return o->spec.net.units[l + 1];
}

static inline uint32_t oracle_rows(const struct oracle *o, uint32_t l)
{
    return o->spec.net.units[l] + o->spec.net.bias;
}

static inline size_t oracle_size(const struct oracle *o, uint32_t l)
{
    return (size_t)oracle_rows(o, l) * oracle_columns(o, l);
}

static inline double *oracle_vector(size_t n)
{
    double *v = calloc(n + 1, sizeof *v);
    if (v == NULL)
        abort();
    return v;
}

/* w[l]: the first weights, dense, as net_get_weights gives them. */
static inline void oracle_init(struct oracle *o, const struct learner_spec *spec,
                               const struct net *first)
{
    *o = (struct oracle){.spec = *spec};
    o->y[0] = oracle_vector(spec->net.units[0]);
    for (uint32_t l = 0; l < spec->net.layers; l++) {
        size_t size = oracle_size(o, l);
        float *w = calloc(size, sizeof *w);
        o->w[l] = oracle_vector(size);
        o->start[l] = oracle_vector(size);
        o->change[l] = oracle_vector(size);
        o->changes[l] = calloc(size, sizeof *o->changes[l]);
        o->error[l] = oracle_vector(oracle_columns(o, l));
        o->y[l + 1] = oracle_vector(oracle_columns(o, l));
        net_get_weights(first, l, w);
        for (size_t i = 0; i < size; i++)
            o->w[l][i] = o->start[l][i] = (double)w[i];
        free(w);
    }
}

static inline void oracle_release(struct oracle *o)
{
    for (uint32_t l = 0; l < o->spec.net.layers; l++) {
        free(o->w[l]);
        free(o->start[l]);
        free(o->change[l]);
        free(o->changes[l]);
        free(o->error[l]);
        free(o->y[l + 1]);
    }
    free(o->y[0]);
}

static inline double oracle_activate(enum activation kind, double a)
{
    switch (kind) {
    case ACTIVATION_LEAKY_RELU:
        return a > 0 ? a : ORACLE_LEAK * a;
    case ACTIVATION_RELU:
        return a > 0 ? a : 0;
    case ACTIVATION_ELU:
        return a > 0 ? a : expm1(a);
    case ACTIVATION_SIGMOID:
        return 1 / (1 + exp(-a));
    case ACTIVATION_TANH:
        return tanh(a);
    }
    abort();
}

/* Derivative of the activation, expressed in its output y. */
static inline double oracle_slope(enum activation kind, double y)
{
    switch (kind) {
    case ACTIVATION_LEAKY_RELU:
        return y > 0 ? 1 : ORACLE_LEAK;
    case ACTIVATION_RELU:
        return y > 0;
    case ACTIVATION_ELU:
        return y > 0 ? 1 : y + 1;
    case ACTIVATION_SIGMOID:
        return y * (1 - y);
    case ACTIVATION_TANH:
        return 1 - y * y;
    }
    abort();
}

static inline void oracle_softmax(double *a, uint32_t n)
{
    double most = a[0], sum = 0;
    for (uint32_t j = 1; j < n; j++)
        most = a[j] > most ? a[j] : most;
    for (uint32_t j = 0; j < n; j++)
        sum += a[j] = exp(a[j] - most);
    for (uint32_t j = 0; j < n; j++)
        a[j] /= sum;
}

static inline void oracle_forward(struct oracle *o, const double *x)
{
    const struct net_spec *net = &o->spec.net;
    memcpy(o->y[0], x, net->units[0] * sizeof *x);
    for (uint32_t l = 0; l < net->layers; l++) {
        uint32_t columns = oracle_columns(o, l);
        double *a = o->y[l + 1];
        o->y[l][net->units[l]] = 1; /* read only with bias */
        for (uint32_t j = 0; j < columns; j++) {
            a[j] = 0;
            for (uint32_t i = 0; i < oracle_rows(o, l); i++)
                a[j] += o->y[l][i] * o->w[l][i * columns + j];
        }
        if (l + 1 < net->layers)
            for (uint32_t j = 0; j < columns; j++)
                a[j] = oracle_activate(net->activation, a[j]);
        else if (net->loss == LOSS_CROSS_ENTROPY)
            oracle_softmax(a, columns);
    }
}

static inline const double *oracle_output(const struct oracle *o)
{
    return o->y[o->spec.net.layers];
}

static inline uint32_t oracle_class(const struct oracle *o)
{
    const double *y = oracle_output(o);
    uint32_t best = 0;
    for (uint32_t j = 1; j < oracle_columns(o, o->spec.net.layers - 1); j++)
        best = y[j] > y[best] ? j : best;
    return best;
}

/* The loss of the last forward pass. */
static inline double oracle_loss(const struct oracle *o, uint32_t label)
{
    const double *y = oracle_output(o);
    double loss = 0;
    if (o->spec.net.loss == LOSS_CROSS_ENTROPY)
        return -log(y[label]);
    for (uint32_t j = 0; j < oracle_columns(o, o->spec.net.layers - 1); j++)
        loss += ((j == label) - y[j]) * ((j == label) - y[j]) / 2;
    return loss;
}

static inline void oracle_errors(struct oracle *o, uint32_t label)
{
    uint32_t last = o->spec.net.layers - 1;
    for (uint32_t j = 0; j < oracle_columns(o, last); j++)
        o->error[last][j] = (j == label) - o->y[last + 1][j];
    for (uint32_t l = last; l-- > 0;) {
        uint32_t next_columns = oracle_columns(o, l + 1);
        for (uint32_t i = 0; i < oracle_columns(o, l); i++) {
            double back = 0;
            for (uint32_t j = 0; j < next_columns; j++)
                back += o->w[l + 1][i * next_columns + j] * o->error[l + 1][j];
            o->error[l][i] = back * oracle_slope(o->spec.net.activation, o->y[l + 1][i]);
        }
    }
}

/* Every layer's change is computed from the weights before the step. */
static inline void oracle_changes(struct oracle *o)
{
    for (uint32_t l = 0; l < o->spec.net.layers; l++) {
        uint32_t columns = oracle_columns(o, l);
        for (uint32_t i = 0; i < oracle_rows(o, l); i++)
            for (uint32_t j = 0; j < columns; j++) {
                size_t at = (size_t)i * columns + j;
                o->change[l][at] =
                    o->spec.learning_rate[l] *
                    (o->y[l][i] * o->error[l][j] - o->spec.l2 * o->w[l][at]);
            }
    }
}

/* A persistent change: what it costs. */
static inline void oracle_pay(struct oracle *o, uint32_t l, size_t at, double dw)
{
    o->m0[l] += dw != 0;
    o->changes[l][at] += dw != 0;
    o->m1[l] += fabs(dw);
    for (uint32_t k = 0; k < o->spec.exponents.count; k++)
        o->power[l][k] += pow(fabs(dw), o->spec.exponents.value[k]);
}

static inline void oracle_apply(struct oracle *o)
{
    for (uint32_t l = 0; l < o->spec.net.layers; l++)
        for (size_t i = 0; i < oracle_size(o, l); i++) {
            o->w[l][i] += o->change[l][i];
            oracle_pay(o, l, i, o->change[l][i]);
        }
}

/* Learns from x; returns whether it was classified correctly before. */
static inline bool oracle_step(struct oracle *o, const double *x, uint32_t label)
{
    oracle_forward(o, x);
    bool correct = oracle_class(o) == label;
    oracle_errors(o, label);
    oracle_changes(o);
    oracle_apply(o);
    return correct;
}

/* Energy of going straight from the first weights to the present ones; ret_power
 * [EXPONENTS_MAX]. */
static inline void oracle_direct(const struct oracle *o, uint32_t l, uint64_t *ret_m0,
                                 double *ret_m1, double *ret_power)
{
    *ret_m0 = 0;
    *ret_m1 = 0;
    memset(ret_power, 0, EXPONENTS_MAX * sizeof *ret_power);
    for (size_t i = 0; i < oracle_size(o, l); i++) {
        *ret_m0 += o->w[l][i] != o->start[l][i];
        *ret_m1 += fabs(o->w[l][i] - o->start[l][i]);
        for (uint32_t k = 0; k < o->spec.exponents.count; k++)
            ret_power[k] +=
                pow(fabs(o->w[l][i] - o->start[l][i]), o->spec.exponents.value[k]);
    }
}

#endif
