/* How a layer's weights change on one sample: the paths of enum update_path. Private to
 * the core. */
#ifndef FRUGAL_LEARN_UPDATE_H
#define FRUGAL_LEARN_UPDATE_H

#include "learn/learner.h"
#include "learn/products.h"
#include "learn/select.h"

/* What a layer's cache holds on this sample before anything is consolidated: synapses
 * over the threshold, and the magnitudes of the others. */
struct cached {
    uint64_t over;
    double rest;
};

/* What a column changes by in a row of activity 1. */
struct column_change {
    uint32_t index;
    float change;
};

/* Room for one layer's update at a time. */
struct scratch {
    float *x;        /* [most rows, rounded up to LANES] presynaptic activities */
    uint32_t *index; /* [most rows] */
    uint8_t *column; /* [largest stride] 1 where the target may change on this sample */
    uint16_t *column_bits, *mask_bits; /* [largest stride / LANES] */
    float *change;                     /* [largest stride] rate * delta there, else 0 */
    float *size;     /* [largest stride] what targets compete by, -1 where not plastic */
    float *row_size; /* [most rows, rounded up to LANES] |y| of a hidden layer */
    float *unused;   /* [largest stride] takes what nobody reads later */
    double *score;   /* [most competitors]; dense: of every synapse */
    float *dense;    /* the changes of a dense row; of all rows [rows][stride] where they
                        compete */
    struct cached cached[NET_LAYERS_MAX];
    /* For each exponent, of x and of change: [exponents][power_rows],
     * [..][power_columns]. */
    double *row_power, *column_power;
    size_t power_rows, power_columns;
    /* For UPDATE_LARGEST: */
    struct ranking rows, columns;
    struct product_group *groups;  /* [most rows or columns + 2] */
    double *sum;                   /* [most rows or columns + 2] */
    struct column_change *winners; /* [most rows or columns + 2] */
    double
        expected[NET_LAYERS_MAX]; /* the last threshold as a share of the largest |dw| */
};

/* NULL without memory. */
struct scratch *scratch_new(const struct learner *r);
void scratch_free(struct scratch *s);

/* A sample, and what its layers are about to do with it. */
struct step {
    const struct samples *samples;
    uint32_t t;
    uint32_t label;
};

/* Plastic sources and targets of layer l as the subnet leaves them: the first ones. */
uint32_t plastic_sources(const struct learner *r, uint32_t l);
uint32_t plastic_targets(const struct learner *r, uint32_t l);

/* Fills scratch->column and scratch->change for layer l: what subnet, unit mask and a
 * competition among units leave of its targets. */
void plastic_columns(struct learner *r, const struct step *step, uint32_t l);

/* Activities of all rows of layer l, the bias included, into x [rows], and LANES zeros.
 * Sources that the subnet leaves out are silent. */
void presynaptic(const struct learner *r, const struct step *step, uint32_t l, float *x);

/* Fills row_power and column_power: a change that is a product has the product of the two
 * as its power. */
void product_powers(struct learner *r, uint32_t l);

void update_outer(struct learner *r, const struct step *step, uint32_t l);
void update_largest(struct learner *r, const struct step *step, uint32_t l);
void update_weight(struct learner *r, const struct step *step, uint32_t l);
void update_dense(struct learner *r, const struct step *step, uint32_t l, bool closed);

/* Synaptic caching: takes note of a row's transient part and consolidates it if synapses
 * do so by themselves; then, once all layers have taken this sample's changes, counts
 * what stays transient, or consolidates the whole network. */
void cache_take(struct learner *r, uint32_t l, size_t i, const struct cache_tally *t);
void cache_settle(struct learner *r);

#endif
