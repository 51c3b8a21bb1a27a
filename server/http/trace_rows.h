/* Traces on their way out: which columns, rows in blocks, numbers as text. */
#ifndef FRUGAL_HTTP_TRACE_ROWS_H
#define FRUGAL_HTTP_TRACE_ROWS_H

#include "http/feed.h"
#include "store/traces.h"

/* The columns that were asked for. */
struct trace_columns {
    char *names; /* all of the run, cut at their ends; owned */
    const char *name[TRACE_COLUMNS_MAX + 1];
    size_t place[TRACE_COLUMNS_MAX + 1]; /* of the value in a row */
    size_t count;
};

enum { PLACE_OF_SECONDS = TRACE_COLUMNS_MAX };

/* Keeps those that `wanted`, a list with commas, names; NULL: all but the seconds, which
 * differ between two runs of the same spec. `names` is the run's list, NULL: none.
 * ret->names is
 * NULL without memory. */
void trace_columns_choose(const char *names, const char *wanted,
                          struct trace_columns *ret);
void trace_columns_release(struct trace_columns *c);

/* The value of a column in a row; NaN: none. */
double trace_value_at(const struct trace_stored *row, size_t place);

/* Appends a number: nothing, or null in JSON, for what is not finite. */
void trace_add_csv(struct buf *b, double x);
void trace_add_json(struct buf *b, double x);

/* Rows of a run's trace, up to `end`, as they were when it was begun. */
struct trace_source {
    const struct app *app;
    int64_t run, attempts;
    int64_t end; /* seq of the last row to read; -1: none */
};

enum { BLOCK_ROWS = 256 };

/* Some rows, with the columns that were asked for. */
struct trace_block {
    double *value; /* [BLOCK_ROWS][columns]; owned */
    size_t rows;
    int64_t after, last; /* seq before the first row, and of the last one */
    bool is_read;
};

/* Reads the rows behind `after`, unless they are there already. CONFLICT: they are not
 * those of the same attempt any more; CORRUPT; NO_MEMORY. */
enum status trace_block_read(struct trace_block *b, const struct trace_source *s,
                             const struct trace_columns *c, int64_t after);
void trace_block_release(struct trace_block *b);

#endif
