/* Parameters of cells, the values of a sweep, as columns of a table and as words. */
#ifndef FRUGAL_CLIENT_PARAMS_H
#define FRUGAL_CLIENT_PARAMS_H

#include <jansson.h>

#include "base/buf.h"
#include "table.h"

/* The pointers that any cell of a list has, as keys of a new object; NULL on lack of
 * memory. */
json_t *params_collect(const json_t *cells);

/* Appends "/network/hidden/0" as "hidden.0": the last two members tell enough. */
void params_add_name(struct buf *b, const char *pointer);

/* Appends the names of all pointers, with commas between: "hidden.0, plasticity". */
void params_add_names(struct buf *b, json_t *all);

/* Appends a value as words: "100", "0.1, 1", "plain", "gate wrong". */
void params_add_words(struct buf *b, const json_t *value);

/* Column heads for `all`, and the values of a cell below them. */
void params_headers(struct table *t, json_t *all);
void params_row(struct table *t, json_t *all, const json_t *cell);

/* A value as words; nothing where there is none. */
void params_value(struct table *t, const json_t *value);

#endif
