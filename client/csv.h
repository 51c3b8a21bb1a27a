/* Values and lists as CSV: numbers in full, texts quoted where they must be, nothing for
 * null. */
#ifndef FRUGAL_CLIENT_CSV_H
#define FRUGAL_CLIENT_CSV_H

#include <jansson.h>

#include "base/buf.h"
#include "ending.h"

struct csv_column {
    const char *title;
    const char *path; /* members with dots between: "results.m0" */
};

/* Appends one field of a row. */
void csv_add(struct buf *b, const json_t *value);

/* Prints what was made of such fields; on a terminal without what it could obey. */
void csv_write(const struct buf *b);

/* Prints a head line and one row for each object of the list. */
enum ending csv_print(const json_t *list, const struct csv_column *columns, size_t n);

#endif
