/* The parameters of cells as the first columns of a CSV table: "cell", then one for each
 * pointer that any cell sets. */
#ifndef FRUGAL_HTTP_CELLS_CSV_H
#define FRUGAL_HTTP_CELLS_CSV_H

#include <jansson.h>

#include "base/buf.h"

struct cells_csv {
    json_t *pointers; /* an object whose keys they are; owned */
};

void cells_csv_init(struct cells_csv *c);
void cells_csv_release(struct cells_csv *c);

/* Each cell must be known before the first line is written. */
void cells_csv_know(struct cells_csv *c, const char *params);

/* Both end without a comma or a line end. */
void cells_csv_header(const struct cells_csv *c, struct buf *text);
void cells_csv_begin(const struct cells_csv *c, int64_t cell, const char *params,
                     struct buf *text);

/* A comma and a number, or nothing where it is not finite. */
void csv_number(struct buf *text, double x);
void csv_count(struct buf *text, size_t n);

#endif
