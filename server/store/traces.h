/* The rows of traces: one per evaluation, as doubles in the order of the run's columns.
 */
#ifndef FRUGAL_STORE_TRACES_H
#define FRUGAL_STORE_TRACES_H

#include <stddef.h>

#include "learn/trace.h"
#include "store/store.h"

struct trace_entry {
    int64_t run, job, seq;
    struct trace_row row;
    double seconds; /* of computing, so far */
    int64_t now;    /* ms since 1970, when it was computed; only for store_trace_add */
};

/* Part of a write. A row that is there already, from before a crash, must be the same bit
 * for bit: CONFLICT otherwise; but one that the disk has damaged is replaced. The run's
 * newest results follow the newest row, and one that is further than it ever was frees it
 * of suspicion. */
enum status store_trace_add(struct conn *c, const struct trace_entry *e);

/* The same with the numbers of the row, in the order of the columns, instead of e->row.
 */
enum status store_trace_add_values(struct conn *c, const struct trace_entry *e,
                                   const double *value, size_t count);
enum status store_trace_compare_values(struct conn *c, const struct trace_entry *e,
                                       const double *value, size_t count);

/* Whether the stored row is the same bit for bit; any connection. CONFLICT: it differs,
 * or is not there; CORRUPT: the disk has damaged it. */
enum status store_trace_compare(struct conn *c, const struct trace_entry *e);

/* Part of a write: deletes the rows behind `seq` (-1: all); the run's results are those
 * of the newest one that is left. CORRUPT: that is damaged. */
enum status store_trace_cut(struct conn *c, int64_t run, int64_t seq);

/* Part of a write: deletes all of them; the run's results stay. */
enum status store_trace_forget(struct conn *c, int64_t run);

/* A row as it is kept; value [count] lives only as long as the visit. */
struct trace_stored {
    int64_t seq;
    double seconds; /* a measurement of the machine, not part of what must be the same */
    const double *value; /* in the order of the run's columns */
    size_t count;
};

/* The number at a place of the row; NaN where there is none. */
double store_trace_value(const struct trace_stored *row, int place);

typedef bool trace_visit(void *arg, const struct trace_stored *row);

/* Which of the numbers in a row has that name; -1: none. `columns`: those of struct run.
 */
int store_trace_place(const char *columns, const char *name);

/* One row. NOT_FOUND; CORRUPT: it is damaged. */
enum status store_trace_get(struct conn *c, int64_t run, int64_t seq, trace_visit *visit,
                            void *arg);

/* Rows of a run with a seq above `after`, ascending. CORRUPT: one is damaged, or missing.
 */
enum status store_trace_list(struct conn *c, int64_t run, int64_t after,
                             trace_visit *visit, void *arg);

/* How many rows the ranges cover that are kept of a trace. */
enum { TRACE_PART_SMALL = 16, TRACE_PART_LARGE = 256 };

/* The least and the greatest value of each column in rows first to last; NaN where no row
 * has a number. Live only as long as the visit. */
struct trace_range {
    int64_t first, last;
    const double *least, *greatest; /* [count] */
    size_t count;
};

typedef bool trace_range_visit(void *arg, const struct trace_range *range);

/* Those of `size` rows, of number `from` to below `to`, ascending: number n begins with
 * row n * size. Some may be missing; at one that is damaged the visit ends. */
enum status store_trace_part_list(struct conn *c, int64_t run, int64_t size, int64_t from,
                                  int64_t to, trace_range_visit *visit, void *arg);

/* How often the run was begun: as long as that stays, its rows do, too. NOT_FOUND. */
enum status store_run_attempts(struct conn *c, int64_t run, int64_t *ret);

/* Part of a write, private to the floor: row `seq` was added. */
enum status trace_parts_add(struct conn *c, int64_t run, int64_t seq);

#endif
