/* Competition by |dw| within a layer on one sample: both sides of the products |y| * |delta|
 * ranked, the smaller one in groups of equal size. Private to the core. */
#ifndef FRUGAL_LEARN_LARGEST_H
#define FRUGAL_LEARN_LARGEST_H

#include "learn/update.h"

struct largest {
    struct learner *r;
    struct layer *layer;
    const struct step *step;
    const struct samples *samples; /* of the input layer, else NULL */
    uint32_t l;
    bool by_row; /* the groups are rows and the columns are ranked, or the other way round */
    struct products products;
    /* What is not silent, largest first. Rows at the background are not listed. */
    const struct ranked *row, *column;
    uint32_t rows, columns;
    float *x;          /* [rows of the layer] activities of the listed rows, by row */
    const float *change; /* [stride] rate * delta */
    double *sum; /* [ranked + 1] of |change| or |x| over the first ranked ones, as far as
                    the largest group wins; from largest_sum on */
    size_t background; /* group of the rows at the background; SIZE_MAX: none */
    uint32_t unlisted; /* how many rows there are at the background */
};

/* Fills everything but `sum` and the products' results. The sums of a group are over its
 * members: for rows of x, for columns of |change|. */
void largest_rank(struct largest *u);

/* Fills `sum`, once the winners are known. */
void largest_sum(struct largest *u);

#endif
