/* A network that learns, one sample at a time, by backpropagation within what its rule
 * leaves plastic, and the energy that its synapses paid for it.
 *
 * Source: van Rossum & Pache, "Competitive plasticity to reduce the energetic costs of
 * learning", PLoS Comput Biol 20(10):e1012553 (2024), "Methods": the change of a synapse
 * is dw = rate * (y * delta - l2 * w); M0 counts the changes, M1 sums |dw|. */
#ifndef FRUGAL_LEARN_LEARNER_H
#define FRUGAL_LEARN_LEARNER_H

#include "learn/background.h"
#include "learn/changes.h"
#include "learn/exponents.h"
#include "learn/masks.h"
#include "learn/net.h"
#include "learn/rule.h"

struct learner_spec {
    struct net_spec net;
    double learning_rate[NET_LAYERS_MAX]; /* per layer; 0 freezes the layer */
    double l2;                            /* 0: no weight decay */
    struct rule rule;
    uint64_t seed;              /* of the masks */
    struct exponents exponents; /* of further energies */
    bool count_changes;         /* of each synapse */
};

/* What the synapses of one layer have paid. */
struct energy {
    uint64_t m0;                 /* changes of persistent weights */
    double m1;                   /* sum of |dw| over them */
    double maintenance;          /* sum over steps of |transient| (cache only) */
    double power[EXPONENTS_MAX]; /* sum of |dw|^alpha for each of spec.exponents */
};

void energy_add(struct energy *sum, const struct energy *e);

/* How the changes of a layer are worked out; settled once, by learner_init. */
enum update_path {
    UPDATE_NONE,    /* the learning rate is 0 */
    UPDATE_OUTER,   /* rows times columns: changes and energies are separable */
    UPDATE_LARGEST, /* the k largest of the products, without forming them */
    UPDATE_WEIGHT,  /* the winners of a competition by |w| */
    UPDATE_DENSE,   /* every synapse by itself */
};

struct learner {
    struct learner_spec spec;
    struct net net;
    struct masks masks;
    enum update_path path[NET_LAYERS_MAX];
    float *start[NET_LAYERS_MAX]; /* first weights, laid out like net.layer[l].w */
    float
        *transient[NET_LAYERS_MAX]; /* the same for the cached changes; NULL: no cache */
    float *y[NET_LAYERS_MAX];       /* [stride] activities of layer l's targets */
    float *delta[NET_LAYERS_MAX];   /* [stride] their errors, times the slope */
    float *zero;                    /* [largest stride] */
    struct contest *contest[NET_LAYERS_MAX]; /* UPDATE_WEIGHT, from learner_start on */
    struct background *background;           /* UPDATE_LARGEST of the input layer */
    struct scratch *scratch;                 /* of the updates, see update.h */
    struct energy energy[NET_LAYERS_MAX];
    struct changes *changes[NET_LAYERS_MAX]; /* NULL: not counted */
    uint64_t steps;
    bool diverged; /* an error was not finite; the weights are useless from here on */
};

/* All weights zero, masks drawn, no energy spent. NO_MEMORY: nothing is left to release.
 * A learner belongs to one thread at a time and must not be moved: its parts point into
 * it. */
enum status learner_init(struct learner *r, const struct learner_spec *spec,
                         const struct kernels *k);
void learner_release(struct learner *r);

/* Declares the present weights to be the first ones: to be called before the first step.
 * NO_MEMORY. */
enum status learner_start(struct learner *r);

/* The first layer that learns, or the last layer: what lies below it never changes. */
uint32_t learner_first_plastic(const struct learner *r);

/* Brings all weights up to date, before anybody else reads them. */
void learner_settle(struct learner *r);

/* Learns from sample t. Returns whether it was classified correctly before. */
bool learner_step(struct learner *r, const struct samples *s, uint32_t t);

/* Whether memory has sufficed for counting the changes of each synapse. */
bool learner_has_counted(const struct learner *r);

/* Energy of going straight from the first weights to the present ones. */
struct energy learner_direct(const struct learner *r, uint32_t layer);

#endif
