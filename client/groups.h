/* Ways to look at rows for the rules of findings.c. */
#ifndef FRUGAL_CLIENT_GROUPS_H
#define FRUGAL_CLIENT_GROUPS_H

#include "rows.h"

/* The cells by all that is swept but for `pointer`: label -> list of cells, in order. The
 * caller owns it. */
json_t *groups_of(const json_t *cells, const char *pointer);

/* The first number in the value at `pointer`: 100 of 100, [100] or [100, 1]; else NaN. */
double groups_number(const json_t *cell, const char *pointer);

/* The mean; NaN where there is none, or some seeds missed the goal. */
double groups_mean(const json_t *cell, const char *metric);

double groups_sem(const json_t *cell, const char *metric);

/* What is known of it at least: the mean, a lower bound of it, or the median. */
double groups_at_least(const json_t *cell, const char *metric);

/* The cell with the lowest mean; NULL: none has one. */
const json_t *groups_lowest(const json_t *cells, const char *metric);

/* The cells whose value at `pointer` equals `value`, or does not. The caller owns it. */
json_t *groups_where(const json_t *cells, const char *pointer, const json_t *value,
                     bool equal);

/* The cells whose first number at `pointer` is the highest, as an owned list. */
json_t *groups_at_top(const json_t *cells, const char *pointer);

/* Appends all that is swept, as words, but for `without` (NULL: nothing). */
void groups_add_words(struct buf *b, const json_t *cell, const char *without);

#endif
