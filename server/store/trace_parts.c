/* In: rows as they come. Out: the least and the greatest values of 16 and of 256 of them,
 * so that a chart of a long trace need not read all of it. */
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "store/conn.h"
#include "store/traces.h"

/* A range in the making, of all columns. */
struct gathering {
    struct trace_range range;
    size_t rows;
    int64_t last; /* row, or part, that ends it */
    double least[TRACE_COLUMNS_MAX], greatest[TRACE_COLUMNS_MAX];
};

static void take(struct gathering *g, const double *least, const double *greatest,
                 size_t count)
{
    count = count < TRACE_COLUMNS_MAX ? count : TRACE_COLUMNS_MAX;
    for (size_t i = 0; i < count; i++) { /* fmin and fmax pass NaN over */
        bool first = i >= g->range.count;
        g->least[i] = first ? least[i] : fmin(g->least[i], least[i]);
        g->greatest[i] = first ? greatest[i] : fmax(g->greatest[i], greatest[i]);
    }
    g->range.count = count > g->range.count ? count : g->range.count;
    g->rows++;
}

static bool take_row(void *arg, const struct trace_stored *row)
{
    struct gathering *g = arg;
    take(g, row->value, row->value, row->count);
    return row->seq < g->last;
}

static bool take_part(void *arg, const struct trace_range *part)
{
    struct gathering *g = arg;
    take(g, part->least, part->greatest, part->count);
    return true;
}

/* Looked at whenever a range is read. */
static int64_t hash_of(int64_t part, const double *least, const double *greatest,
                       size_t bytes)
{
    return hash_short(part, least, bytes) ^ hash_short(~part, greatest, bytes);
}

static enum status insert(struct conn *c, int64_t run, int64_t size, int64_t part,
                          const struct gathering *g)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_PART_ADD);
    if (q == NULL)
        return conn_status(c);
    int bytes = (int)(g->range.count * sizeof g->least[0]);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, size);
    sqlite3_bind_int64(q, 3, part);
    sqlite3_bind_blob(q, 4, g->least, bytes, SQLITE_STATIC);
    sqlite3_bind_blob(q, 5, g->greatest, bytes, SQLITE_STATIC);
    sqlite3_bind_int64(q, 6, hash_of(part, g->least, g->greatest, (size_t)bytes));
    return conn_run(c, q);
}

enum status trace_parts_add(struct conn *c, int64_t run, int64_t seq)
{
    enum { SMALLER = TRACE_PART_LARGE / TRACE_PART_SMALL };
    if ((seq + 1) % TRACE_PART_SMALL != 0)
        return STATUS_OK;
    struct gathering g = {.last = seq};
    enum status status = store_trace_list(c, run, seq - TRACE_PART_SMALL, take_row, &g);
    if (status == STATUS_CORRUPT) /* a trace can do without this range */
        return STATUS_OK;
    if (status == STATUS_OK && g.rows == TRACE_PART_SMALL)
        status = insert(c, run, TRACE_PART_SMALL, seq / TRACE_PART_SMALL, &g);
    if (status != STATUS_OK || (seq + 1) % TRACE_PART_LARGE != 0)
        return status;
    int64_t large = seq / TRACE_PART_LARGE;
    g = (struct gathering){.last = seq};
    status = store_trace_part_list(c, run, TRACE_PART_SMALL, large * SMALLER,
                                   (large + 1) * SMALLER, take_part, &g);
    if (status == STATUS_OK && g.rows == SMALLER)
        status = insert(c, run, TRACE_PART_LARGE, large, &g);
    return status;
}

/* False: no more are wanted, or this one is damaged. */
static bool visit_part(sqlite3_stmt *q, int64_t size, trace_range_visit *visit, void *arg)
{
    double least[TRACE_COLUMNS_MAX], greatest[TRACE_COLUMNS_MAX];
    size_t bytes = (size_t)sqlite3_column_bytes(q, 1);
    int64_t part = sqlite3_column_int64(q, 0);
    if (bytes == 0 || bytes > sizeof least || bytes != (size_t)sqlite3_column_bytes(q, 2))
        return false;
    memcpy(least, sqlite3_column_blob(q, 1), bytes);
    memcpy(greatest, sqlite3_column_blob(q, 2), bytes);
    if (hash_of(part, least, greatest, bytes) != sqlite3_column_int64(q, 3))
        return false;
    struct trace_range range = {.first = part * size,
                                .last = (part + 1) * size - 1,
                                .least = least,
                                .greatest = greatest,
                                .count = bytes / sizeof least[0]};
    return visit(arg, &range);
}

enum status store_trace_part_list(struct conn *c, int64_t run, int64_t size, int64_t from,
                                  int64_t to, trace_range_visit *visit, void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_PART_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, size);
    sqlite3_bind_int64(q, 3, from);
    sqlite3_bind_int64(q, 4, to);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW)
        more = visit_part(q, size, visit, arg);
    enum status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    sqlite3_reset(q);
    return status;
}
