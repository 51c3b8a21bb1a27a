/* Competition by |dw| within a layer on one sample: both sides of the products |y| *
 * |delta| ranked, the smaller one in groups of equal size. Private to the core. */
#ifndef FRUGAL_LEARN_LARGEST_H
#define FRUGAL_LEARN_LARGEST_H

#include "learn/update.h"

struct largest {
    struct learner *r;
    struct layer *layer;
    struct changes *changes; /* NULL: not counted */
    const struct step *step;
    const struct samples *samples; /* of the input layer, else NULL */
    uint32_t l;
    bool by_row; /* the groups are rows and the columns are ranked, or the other way round
                  */
    struct products products;
    float most_row, most_column;   /* the largest |y| and |delta| */
    float least_row, least_column; /* smaller ones are not listed; above 0 */
    /* What is listed, largest first; of the rows at the background none is. */
    const struct ranked *row, *column;
    uint32_t rows, columns;
    float *x;            /* [rows of the layer] activities of the listed rows, by row */
    const float *change; /* [stride] rate * delta */
    struct column_change *winner; /* the columns in their order, as far as any wins; from
                                     largest_sum on, like sum: */
    double *sum; /* [ranked + 1] of |change| or |x| over the first ranked ones, as far as
                    the largest group wins; from largest_sum on */
    size_t background;      /* group of the rows at the background; SIZE_MAX: none */
    uint32_t at_background; /* how many rows there are at the background */
};

/* Looks at both sides; false: they are not finite. */
bool largest_look(struct largest *u);

/* Ranks both sides, as far as they can be part of a product that reaches `share` of the
 * largest one. Fills everything but `sum` and the products' results; the sums of a group
 * are over its members: for rows of x, for columns of |change|. */
void largest_rank(struct largest *u, double share);

/* Whether no product of what was not listed can reach the threshold. */
bool largest_is_complete(const struct largest *u);

/* `winners` of the synapses that equal the threshold change and are counted, the last
 * step: the groups are used up. */
void largest_change_ties(struct largest *u, uint64_t winners);

/* Fills `sum`, once the winners are known. */
void largest_sum(struct largest *u);

#endif
