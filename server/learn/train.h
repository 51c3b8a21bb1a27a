/* One run: draws samples, lets the learner learn, evaluates now and then, stops.
 *
 * Source: van Rossum & Pache (2024), "Methods": one sample at a time, drawn with
 * replacement, until the test accuracy reaches the goal. The same spec and samples give
 * the same rows, bit for bit; time plays no part in here. */
#ifndef FRUGAL_LEARN_TRAIN_H
#define FRUGAL_LEARN_TRAIN_H

#include "learn/final.h"
#include "learn/learner.h"

enum sample_order {
    ORDER_RANDOM,   /* with replacement */
    ORDER_SHUFFLED, /* every sample once an epoch, in a fresh order */
};

enum { TRAIN_FROZEN_BYTES = 512 << 20 }; /* what frozen_bytes is for a run of a job */

struct train_spec {
    struct learner_spec learner;
    uint64_t seed;
    enum sample_order order;
    uint64_t evaluate_every; /* samples, at least 1 */
    /* What ends the run, whichever comes first. 0: not set. */
    double stop_accuracy;
    uint64_t stop_samples;
    double stop_m0, stop_m1; /* totals over the layers */
    /* Most memory for what layers that do not learn make of the samples; shows in no row.
     */
    size_t frozen_bytes;
};

enum train_outcome {
    OUTCOME_GOAL,     /* stop_accuracy reached */
    OUTCOME_SAMPLES,  /* stop_samples reached */
    OUTCOME_ENERGY,   /* stop_m0 or stop_m1 reached */
    OUTCOME_SECONDS,  /* the observer said that time is up */
    OUTCOME_DIVERGED, /* an error was no longer finite */
    OUTCOME_STOPPED,  /* the observer wanted to stop at once */
};

struct layer_row {
    struct energy spent, direct;
    double changed;     /* share of the synapses that changed, mean per sample since the
                           last row; NaN on the first */
    double weight_norm; /* square root of the sum of w^2 */
};

/* One evaluation. */
struct trace_row {
    uint64_t samples;      /* learnt so far; 0: the untrained network */
    double epoch;          /* samples / size of the training set */
    double train_accuracy; /* over the samples since the last row; NaN on the first */
    double test_accuracy;
    double test_loss;           /* mean; NaN or infinite after divergence */
    uint32_t layers, exponents; /* how many of each */
    struct layer_row layer[NET_LAYERS_MAX];
    struct layer_row total; /* over the layers */
};

enum train_wish { WISH_GO_ON, WISH_CHECKPOINT, WISH_END, WISH_STOP };

/* The only way out of the core. Called on the thread of train_run. */
struct train_observer {
    /* After every sample and every few milliseconds of an evaluation. WISH_CHECKPOINT,
     * heeded after samples only: hand out the state and go on. WISH_END: time is up,
     * evaluate once more and end. WISH_STOP: hand out the state and return as soon as
     * possible. */
    enum train_wish (*poll)(void *arg, uint64_t samples);
    /* Takes a row; anything but STATUS_OK ends the run with that status, which must not
     * be STATUS_STOPPED. */
    enum status (*row)(void *arg, const struct trace_row *row);
    /* Takes what the run leaves, once, after its last row; not when it is stopped.
     * Anything but STATUS_OK is how train_run ends, STATUS_STOPPED as OUTCOME_STOPPED.
     * May be NULL. */
    enum status (*end)(void *arg, const struct final *left);
    /* Takes the state of the run [size bytes, borrowed], from which another train_run can
     * go on behind the rows so far and with the same bits. Anything but STATUS_OK ends
     * the run with that status. NULL: nobody wants it. */
    enum status (*checkpoint)(void *arg, const void *state, size_t size);
    /* A state that was handed out for the same spec and samples, from malloc; NULL: from
     * the beginning. train_run frees it as soon as it has taken it, or fails. */
    void *resume;
    size_t resume_size;
    void *arg;
};

/* Trains from fresh weights, or from where it was left, to the end. NO_MEMORY, CORRUPT
 * (the state to resume from does not fit), or what the observer returned. Any number of
 * runs at a time, each on its own thread; samples are shared. */
enum status train_run(const struct train_spec *spec, const struct samples *training,
                      const struct samples *test, const struct kernels *kernels,
                      const struct train_observer *observer,
                      enum train_outcome *ret_outcome);

#endif
