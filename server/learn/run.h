/* A run at work, shared by train.c and what it is made of. Private to the core. */
#ifndef FRUGAL_LEARN_RUN_H
#define FRUGAL_LEARN_RUN_H

#include "learn/evaluate.h"
#include "learn/frozen.h"
#include "learn/frozen_layers.h"
#include "learn/train.h"

struct run {
    const struct train_spec *spec;
    const struct samples *training, *test;
    const struct train_observer *observer;
    struct learner learner;
    struct evaluator *evaluator; /* of its network on the test set */
    struct frozen frozen;        /* what a subnet leaves out of the learner's network */
    double frozen_square[NET_LAYERS_MAX]; /* of its weights, per layer */
    struct frozen_layers frozen_layers;   /* what its first layers make of the sets */
    double norm[NET_LAYERS_MAX]; /* of its weights at the last row, or at the first */
    struct rng order;
    uint32_t *permutation; /* [training->count], ORDER_SHUFFLED only */
    uint64_t samples;
    uint64_t since_row, correct_since_row;
    uint64_t m0_at_row[NET_LAYERS_MAX]; /* M0 at the last row */
    double test_accuracy;               /* at the last row */
    bool row_is_due;
};

/* ORDER_SHUFFLED: the order of the samples in an epoch. */
void run_shuffle(struct run *r, uint64_t epoch);

/* Whether the observer does not want to stop; `arg` is the run. */
bool run_goes_on(void *arg);

/* Evaluates and hands out a row. STOPPED, or what the observer returned. */
enum status run_write_row(struct run *r);

/* Hands out the state, if anybody wants it. NO_MEMORY, or what the observer returned. */
enum status run_save(struct run *r);

/* Goes on from the state that the observer has, and frees it; `r` is at its beginning.
 * CORRUPT, NO_MEMORY. */
enum status run_resume(struct run *r);

#endif
