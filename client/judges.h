/* Shapes that the rules of findings.c look for. */
#ifndef FRUGAL_CLIENT_JUDGES_H
#define FRUGAL_CLIENT_JUDGES_H

#include "finding.h"

enum verdict judges_verdict(bool agrees);

/* What is swept in a cell, and a result of it, as words: for one sentence, in rooms that
 * are used in turn. One thread. */
const char *judges_words(const json_t *cell);
const char *judges_amount(const json_t *cell, const char *metric);

/* It falls from the first value at `pointer` to an inner minimum, and grows from there,
 * by a tenth at least on both sides. */
void judges_valley(struct findings *f, const json_t *cells, const char *label,
                   const char *pointer, const char *metric);

/* Plain backprop needs more than `least` times what the lowest cell does. */
void judges_saving(struct findings *f, const char *label, const json_t *plain,
                   const json_t *lowest, const char *metric, double least);

/* The means of M0 differ by no more than `most_share` of their mean where the value at
 * `pointer` is at least `lowest`. */
void judges_flat(struct findings *f, const char *label, const json_t *cells,
                 const char *pointer, double lowest, double most_share);

/* The lowest point of a grid of subnets and competition lies on neither of its edges,
 * where the subnet (k) is the whole network or the fraction (p) is one. */
void judges_both(struct findings *f, const json_t *cells, const char *pointer_k,
                 const char *pointer_p, const char *metric);

#endif
