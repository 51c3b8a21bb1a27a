/* A network of fully connected layers and its forward pass.
 *
 * A network with unit numbers n[0], n[1] .. n[L] has L layers of synapses. Layer l holds
 * n[l] rows of n[l+1] columns, plus one row for the bias synapses, whose presynaptic
 * activity is the constant 1. On the input layer a synapse's weight is
 *
 *     weight = w[i][j] + offset[j]        (the bias row has no offset)
 *
 * A change that is the same for every row, as the constant background of a centred image
 * causes, then costs one addition per column, and the background's contribution to the
 * summed input is column_sum, kept up to date. net_fold moves the offset back into w. */
#ifndef FRUGAL_LEARN_NET_H
#define FRUGAL_LEARN_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "learn/activation.h"
#include "learn/kernels.h"
#include "learn/rng.h"
#include "learn/samples.h"

enum { NET_LAYERS_MAX = 17 };

struct net_spec {
    uint32_t layers;                    /* L, at least 1 */
    uint32_t units[NET_LAYERS_MAX + 1]; /* n[0] .. n[L] */
    bool bias;
    enum activation activation; /* of the hidden units */
    enum loss loss;
    double init_std[NET_LAYERS_MAX]; /* of the initial weights, per layer */
};

struct layer {
    uint32_t sources; /* without the bias */
    uint32_t targets;
    size_t rows;   /* sources, plus one with bias */
    size_t stride; /* targets rounded up to a multiple of LANES */
    float *w;      /* [rows][stride], the bias row last */
};

/* What units that are not part of the network, since they never change, contribute to the
 * summed input of layer 1: the same on every visit to a sample. */
struct fixed_input {
    const struct samples *samples;
    const float *sum; /* [count][stride of layer 1]; borrowed */
};

/* The activities of a hidden layer that never change, since no synapse below it does. */
struct fixed_units {
    const struct samples *samples;
    uint32_t layer; /* whose targets they are */
    const float *y; /* [count][stride of that layer]; borrowed */
};

enum { FIXED_SETS = 2 }; /* training and test */

struct net {
    struct net_spec spec;
    const struct kernels *kernels;
    struct layer layer[NET_LAYERS_MAX];
    float *offset;     /* [layer[0].stride] */
    float *column_sum; /* [layer[0].stride]: of w over the rows of features */
    struct fixed_input fixed[FIXED_SETS]; /* samples NULL: none */
    struct fixed_units units[FIXED_SETS]; /* the same */
};

/* All weights are zero. NO_MEMORY: nothing is left to release. One thread at a time
 * changes a net; several may run the forward pass of one. */
enum status net_init(struct net *n, const struct net_spec *spec, const struct kernels *k);
void net_release(struct net *n);

/* Gaussian weights, drawn layer by layer, row by row, bias row last. */
void net_draw_weights(struct net *n, struct rng *r);

/* The weights of layer l as a dense row-major matrix [rows][targets]. */
void net_set_weights(struct net *n, uint32_t l, const float *w);
void net_get_weights(const struct net *n, uint32_t l, float *ret_w);

/* Square root of the sum of squared weights of layer l. */
double net_norm(const struct net *n, uint32_t l);

/* Offset into w, fresh column sums. Rounds, so it belongs at fixed steps of a run. */
void net_fold(struct net *n);

/* A vector of floats, zero, at a 64-byte boundary; free() it. NULL without memory. */
float *net_vector(size_t length);

/* Summed input of layer l's targets for sample t, from y_in [sources] into ret_a
 * [stride]; l > 0. */
void net_sum_dense(const struct net *n, uint32_t l, const struct samples *s, uint32_t t,
                   const float *y_in, float *ret_a);

/* The part of that which does not depend on y_in, added to a: bias and fixed input. */
void net_finish_sum(const struct net *n, uint32_t l, const struct samples *s, uint32_t t,
                    float *a);

/* What is known of the set's activities; NULL: nothing. */
const struct fixed_units *net_fixed_units(const struct net *n, const struct samples *s);

/* The forward pass for sample t: ret_y[l] [stride of layer l] are the activities of layer
 * l's targets, the last one the output. Below fixed units nothing is filled in. Returns
 * the loss. */
double net_forward(const struct net *n, const struct samples *s, uint32_t t,
                   float *const *ret_y);

/* The class of an output vector: its largest entry, of equals the first. */
uint32_t net_class(const float *y, uint32_t classes);

#endif
