/* What a subnet leaves out, taken out of the network: in a network with one hidden layer, units
 * outside the subnet never change, nor do their synapses, so what they contribute to the output
 * is the same on every visit to a sample. It is worked out once, and a subnet of k units in a
 * network of N then costs what a network of k units costs. */
#ifndef FRUGAL_LEARN_FROZEN_H
#define FRUGAL_LEARN_FROZEN_H

#include "learn/learner.h"

struct frozen {
    struct net net;        /* the whole network with its first weights; layers 0: none */
    float *sum[FIXED_SETS]; /* [count][stride of layer 1] of training and test set */
};

/* Whether the spec leaves something out that can be worked out once. */
bool frozen_applies(const struct learner_spec *spec);

/* Takes over the network of a learner that has just got its first weights, and leaves it the
 * subnet as its network. `go_on` is asked every few milliseconds. NO_MEMORY, STOPPED; the
 * learner must then be released. */
enum status frozen_split(struct frozen *f, struct learner *r, const struct samples *training,
                         const struct samples *test, bool (*go_on)(void *arg), void *arg);
void frozen_release(struct frozen *f);

/* Sum of the squared weights of layer l that are left out. */
double frozen_square(const struct frozen *f, uint32_t l);

#endif
