/* Which rows of a layer change on a sample, the same ones for all its targets. Among the
 * synapses of one target |dw| is in the order of |y|, so when they compete by |dw|, all
 * targets have the same winners: the rows with the largest, or smallest, |y|. Private to
 * the core. */
#ifndef FRUGAL_LEARN_WINNERS_H
#define FRUGAL_LEARN_WINNERS_H

#include "learn/update.h"

/* The presynaptic side of a layer on one sample: which rows change, and in what measure.
 */
struct source {
    const uint32_t *index; /* rows that are changed one by one; NULL: the first n */
    const float *value;    /* [n] their share of the change */
    size_t n;
    bool bias;           /* the bias row changes too, by 1 */
    float to_offset;     /* share of every feature of the input layer */
    float to_column_sum; /* sum of the shares of the input layer's rows */
    uint64_t active;     /* activities that are not zero, the bias included */
    double sum_abs;      /* of the activities */
};

/* The rows, the bias among them, are listed one by one in the learner's scratch; silent
 * ones, which do not change, are left out. One list at a time. */

/* The winners among features and bias. */
struct source winning_features(const struct learner *r, const struct step *step);

/* The winners among bias and plastic units below layer l; l > 0. */
struct source winning_units(const struct learner *r, uint32_t l);

/* All features and the bias. */
struct source active_features(const struct learner *r, const struct step *step);

#endif
