/* The opponent: the same learning as the core's, written as a sensible dense program on
 * OpenBLAS. Every input counts, zero or not; what is separable (energies of an outer
 * product) is taken as such, since anybody would. One thread. */
#ifndef FRUGAL_BENCH_DENSE_H
#define FRUGAL_BENCH_DENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAYERS_MAX = 8, CLASSES = 10 };

/* Images as bytes; the mean over all pixels of the training set is taken off on reading. */
struct images {
    uint32_t count, features;
    uint8_t *pixel, *label;
};

struct images images_read(const char *folder, const char *part);
float images_mean(const struct images *s);

enum by { BY_NONE, BY_UPDATE, BY_WEIGHT, BY_ERROR, BY_ACTIVITY };
enum mask { NO_MASK, UNIT_MASK, SYNAPSE_MASK };

struct rule {
    float rate[LAYERS_MAX];
    enum by by;
    bool per_unit;
    double fraction[LAYERS_MAX]; /* 1: no competition */
    uint32_t subnet[LAYERS_MAX]; /* per hidden layer; 0: all */
    enum mask mask;
    double mask_fraction[LAYERS_MAX]; /* 1: no mask */
    bool gate_wrong;
    double threshold, decay; /* of the cache; threshold 0: no cache */
    bool network;            /* one synapse over it consolidates all */
};

/* w [rows][targets], the last row the bias; the same shape for start and transient. */
struct layer {
    uint32_t sources, targets, rows;
    float *w, *start, *transient, *mask;
    uint8_t *unit_mask;
    float *y, *delta, *change; /* [targets + 1]; y ends with the 1 of the bias */
    double m0, m1, maintenance;
};

struct net {
    uint32_t layers;
    struct layer layer[LAYERS_MAX];
    struct rule rule;
    float *x;               /* [features + 1], the last one 1 */
    float *score, *ordered; /* [largest layer] of a competition */
    uint64_t dice;
};

void *room(size_t bytes); /* zeros, or the end of the program */
uint32_t dice_below(struct net *n, uint32_t limit);
void net_start(struct net *n, const uint32_t *units, uint32_t layers);
void net_step(struct net *n, const struct images *s, uint32_t t, float mean);
void net_update(struct net *n); /* dense_rules.c */

/* On the first `count` images, [count][features + 1] floats; also |w - start| in total. */
double net_accuracy(struct net *n, const float *x, const uint8_t *label, uint32_t count,
                    double *ret_direct);

#endif
