/* Changes of the input layer's rows at the background, under a competition by update:
 * those rows are most, and on a sample they all change by the same. They take their
 * changes later, several at a time and in order, before anybody reads them: the same bits
 * as at once, with a fraction of the memory traffic. Private to the core. */
#ifndef FRUGAL_LEARN_BACKGROUND_H
#define FRUGAL_LEARN_BACKGROUND_H

#include "learn/net.h"

struct background;

/* Nothing is waiting. NULL without memory. */
struct background *background_new(const struct layer *input, const struct kernels *k);
void background_free(struct background *b);

/* Rows take what is waiting for them; row [rows], NULL: rows 0 .. rows - 1. */
void background_catch_up(struct background *b, const uint32_t *row, size_t rows);

/* All rows do. */
void background_settle(struct background *b);

/* Where to put what every row at the background changes by on this sample, [stride],
 * zero; the rows of its entries, which have caught up before, are told by
 * background_pass. */
float *background_next(struct background *b);
void background_pass(struct background *b, size_t i);

#endif
