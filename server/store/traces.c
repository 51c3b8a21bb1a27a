#include "store/traces.h"

#include <string.h>

#include "store/conn.h"
#include "store/events.h"

/* Whether the row that is stored has exactly these bytes. */
static enum status compare(struct conn *c, const struct trace_entry *e, const void *bytes,
                           size_t size)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_int64(q, 2, e->seq);
    enum status status = STATUS_CONFLICT;
    if (sqlite3_step(q) == SQLITE_ROW && (size_t)sqlite3_column_bytes(q, 0) == size &&
        memcmp(sqlite3_column_blob(q, 0), bytes, size) == 0)
        status = STATUS_OK;
    sqlite3_reset(q);
    return status;
}

/* A row that is there already: all that it says anew is how long the attempt has taken.
 */
static enum status repeat_row(struct conn *c, const struct trace_entry *e,
                              const void *bytes, size_t size)
{
    enum status status = compare(c, e, bytes, size);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_SECONDS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_double(q, 2, e->seconds);
    return conn_run(c, q);
}

static enum status update_results(struct conn *c, const struct trace_entry *e)
{
    const struct energy *spent = &e->row.total.spent, *direct = &e->row.total.direct;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_RESULTS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_int64(q, 2, e->seq);
    sqlite3_bind_int64(q, 3, (int64_t)e->row.samples);
    sqlite3_bind_double(q, 4, e->row.epoch);
    sqlite3_bind_double(q, 5, e->row.test_accuracy);
    sqlite3_bind_double(q, 6, (double)spent->m0);
    sqlite3_bind_double(q, 7, spent->m1);
    sqlite3_bind_double(q, 8, (double)direct->m0);
    sqlite3_bind_double(q, 9, direct->m1);
    sqlite3_bind_double(q, 10, spent->maintenance);
    sqlite3_bind_double(q, 11, e->seconds);
    return conn_run(c, q);
}

enum status store_trace_compare(struct conn *c, const struct trace_entry *e)
{
    double value[TRACE_COLUMNS_MAX];
    trace_values(&e->row, value);
    return compare(c, e, value, trace_columns(e->row.layers, e->row.exponents) * sizeof value[0]);
}

enum status store_trace_add(struct conn *c, const struct trace_entry *e)
{
    double value[TRACE_COLUMNS_MAX];
    size_t size = trace_columns(e->row.layers, e->row.exponents) * sizeof value[0];
    trace_values(&e->row, value);
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_INSERT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_int64(q, 2, e->seq);
    sqlite3_bind_blob(q, 3, value, (int)size, SQLITE_STATIC);
    sqlite3_bind_double(q, 4, e->seconds);
    enum status status = conn_run(c, q);
    if (status != STATUS_OK)
        return status;
    if (sqlite3_changes(c->db) == 0)
        return repeat_row(c, e, value, size);
    status = update_results(c, e);
    if (status != STATUS_OK)
        return status;
    return store_event_add(
        c, &(struct event){.kind = "trace", .job = e->job, .run = e->run, .last = e->seq});
}

enum status store_trace_cut(struct conn *c, int64_t run, int64_t seq)
{
    double value[TRACE_COLUMNS_MAX] = {0};
    struct trace_entry newest = {.run = run, .seq = seq};
    enum status status = conn_apply(c, STATEMENT_TRACE_CUT, run, seq);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_RUN_FORGET, run);
    if (status != STATUS_OK || seq < 0)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, seq);
    if (sqlite3_step(q) == SQLITE_ROW) {
        size_t size = (size_t)sqlite3_column_bytes(q, 0);
        memcpy(value, sqlite3_column_blob(q, 0), size < sizeof value ? size : sizeof value);
        newest.seconds = sqlite3_column_double(q, 1);
    } else {
        status = STATUS_CORRUPT;
    }
    sqlite3_reset(q);
    trace_read_totals(value, &newest.row);
    return status == STATUS_OK ? update_results(c, &newest) : status;
}

enum status store_trace_list(struct conn *c, int64_t run, int64_t after,
                             trace_visit *visit,
                             void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, after);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        double value[TRACE_COLUMNS_MAX];
        struct trace_stored row = {.seq = sqlite3_column_int64(q, 0),
                                   .seconds = column_number(q, 2),
                                   .value = value};
        size_t size = (size_t)sqlite3_column_bytes(q, 1);
        size = size < sizeof value ? size : sizeof value;
        memcpy(value, sqlite3_column_blob(q, 1), size);
        row.count = size / sizeof value[0];
        more = visit(arg, &row);
    }
    enum status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    sqlite3_reset(q);
    return status;
}
