#include "store/traces.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "store/conn.h"
#include "store/events.h"

bool column_is_intact(sqlite3_stmt *q, int64_t seq, int value, int hash)
{
    size_t size = (size_t)sqlite3_column_bytes(q, value);
    return sqlite3_column_type(q, hash) == SQLITE_NULL ||
           sqlite3_column_int64(q, hash) ==
               hash_short(seq, sqlite3_column_blob(q, value), size);
}

/* Whether the row that is stored has exactly these bytes. CORRUPT: nobody can read it. */
static enum status compare(struct conn *c, const struct trace_entry *e, const void *bytes,
                           size_t size)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_int64(q, 2, e->seq);
    enum status status = STATUS_CONFLICT;
    if (sqlite3_step(q) == SQLITE_ROW) {
        if (!column_is_intact(q, e->seq, 0, 2))
            status = STATUS_CORRUPT;
        else if ((size_t)sqlite3_column_bytes(q, 0) == size &&
                 memcmp(sqlite3_column_blob(q, 0), bytes, size) == 0)
            status = STATUS_OK;
    }
    sqlite3_reset(q);
    return status;
}

/* A row that the disk has damaged has come again. */
static enum status mend(struct conn *c, const struct trace_entry *e, const void *bytes,
                        size_t size)
{
    log_warning("row %lld of run %lld was damaged on the disk; it is replaced by the one "
                "that was computed again",
                (long long)e->seq, (long long)e->run);
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_MEND);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_int64(q, 2, e->seq);
    sqlite3_bind_blob(q, 3, bytes, (int)size, SQLITE_STATIC);
    sqlite3_bind_int64(q, 4, hash_short(e->seq, bytes, size));
    return conn_run(c, q);
}

/* A row that is there already: all that it says anew is how long the attempt has taken.
 */
static enum status repeat_row(struct conn *c, const struct trace_entry *e,
                              const void *bytes, size_t size)
{
    enum status status = compare(c, e, bytes, size);
    if (status == STATUS_CORRUPT)
        status = mend(c, e, bytes, size);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_SECONDS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_double(q, 2, e->seconds);
    sqlite3_bind_int64(q, 3, e->now);
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
    sqlite3_bind_int64(q, 12, e->now);
    return conn_run(c, q);
}

enum status store_trace_compare_values(struct conn *c, const struct trace_entry *e,
                                       const double *value, size_t count)
{
    return compare(c, e, value, count * sizeof value[0]);
}

enum status store_trace_compare(struct conn *c, const struct trace_entry *e)
{
    double value[TRACE_COLUMNS_MAX];
    trace_values(&e->row, value);
    return store_trace_compare_values(c, e, value,
                                      trace_columns(e->row.layers, e->row.exponents));
}

enum status store_trace_add(struct conn *c, const struct trace_entry *e)
{
    double value[TRACE_COLUMNS_MAX];
    trace_values(&e->row, value);
    return store_trace_add_values(c, e, value,
                                  trace_columns(e->row.layers, e->row.exponents));
}

enum status store_trace_add_values(struct conn *c, const struct trace_entry *e,
                                   const double *value, size_t count)
{
    struct trace_entry totals = *e;
    size_t size = count * sizeof value[0];
    trace_read_totals(value, &totals.row);
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_INSERT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    sqlite3_bind_int64(q, 2, e->seq);
    sqlite3_bind_blob(q, 3, value, (int)size, SQLITE_STATIC);
    sqlite3_bind_double(q, 4, e->seconds);
    sqlite3_bind_int64(q, 5, hash_short(e->seq, value, size));
    enum status status = conn_run(c, q);
    if (status != STATUS_OK)
        return status;
    if (sqlite3_changes(c->db) == 0)
        return repeat_row(c, e, value, size);
    status = update_results(c, &totals);
    if (status == STATUS_OK)
        status = trace_parts_add(c, e->run, e->seq);
    if (status != STATUS_OK)
        return status;
    return store_event_add(
        c,
        &(struct event){.kind = "trace", .job = e->job, .run = e->run, .last = e->seq});
}

enum status store_trace_cut(struct conn *c, int64_t run, int64_t seq)
{
    double value[TRACE_COLUMNS_MAX] = {0};
    struct trace_entry newest = {.run = run, .seq = seq};
    enum status status = conn_apply(c, STATEMENT_TRACE_CUT, run, seq);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_TRACE_PARTS_CUT, run, seq);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_RUN_FORGET, run);
    if (status != STATUS_OK || seq < 0)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, seq);
    if (sqlite3_step(q) == SQLITE_ROW && column_is_intact(q, seq, 0, 2)) {
        size_t size = (size_t)sqlite3_column_bytes(q, 0);
        memcpy(value, sqlite3_column_blob(q, 0),
               size < sizeof value ? size : sizeof value);
        newest.seconds = sqlite3_column_double(q, 1);
    } else {
        status = STATUS_CORRUPT;
    }
    sqlite3_reset(q);
    trace_read_totals(value, &newest.row);
    return status == STATUS_OK ? update_results(c, &newest) : status;
}

enum status store_trace_forget(struct conn *c, int64_t run)
{
    enum status status = conn_apply(c, STATEMENT_TRACE_FORGET, run);
    return status == STATUS_OK ? conn_apply(c, STATEMENT_TRACE_PARTS_FORGET, run)
                               : status;
}

enum status store_run_attempts(struct conn *c, int64_t run, int64_t *ret)
{
    return conn_read(c, STATEMENT_RUN_ATTEMPTS, ret, run);
}

double store_trace_value(const struct trace_stored *row, int place)
{
    return place >= 0 && (size_t)place < row->count ? row->value[place] : (double)NAN;
}

int store_trace_place(const char *columns, const char *name)
{
    size_t wanted = strlen(name);
    for (int place = 0; columns != NULL && *columns != '\0'; place++) {
        size_t n = strcspn(columns, " ");
        if (n == wanted && memcmp(columns, name, n) == 0)
            return place;
        columns += n + (columns[n] == ' ');
    }
    return -1;
}

/* The value, the seconds and the hash of a row are the first columns of q. CORRUPT: the
 * disk has damaged it. */
static enum status visit_row(sqlite3_stmt *q, int64_t run, int64_t seq,
                             trace_visit *visit, void *arg, bool *ret_more)
{
    double value[TRACE_COLUMNS_MAX];
    struct trace_stored row = {
        .seq = seq, .seconds = column_number(q, 1), .value = value};
    size_t size = (size_t)sqlite3_column_bytes(q, 0);
    if (!column_is_intact(q, seq, 0, 2)) {
        log_error("row %lld of run %lld is damaged", (long long)seq, (long long)run);
        return STATUS_CORRUPT;
    }
    size = size < sizeof value ? size : sizeof value;
    memcpy(value, sqlite3_column_blob(q, 0), size);
    row.count = size / sizeof value[0];
    *ret_more = visit(arg, &row);
    return STATUS_OK;
}

enum status store_trace_get(struct conn *c, int64_t run, int64_t seq, trace_visit *visit,
                            void *arg)
{
    bool more;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, seq);
    int code = sqlite3_step(q);
    enum status status = code == SQLITE_ROW    ? visit_row(q, run, seq, visit, arg, &more)
                         : code == SQLITE_DONE ? STATUS_NOT_FOUND
                                               : conn_status(c);
    sqlite3_reset(q);
    return status;
}

enum status store_trace_list(struct conn *c, int64_t run, int64_t after,
                             trace_visit *visit, void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TRACE_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, after);
    bool more = true;
    int code = SQLITE_DONE;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        if (sqlite3_column_int64(q, 3) != ++after) {
            log_error("row %lld of run %lld is missing", (long long)after,
                      (long long)run);
            status = STATUS_CORRUPT;
        } else {
            status = visit_row(q, run, after, visit, arg, &more);
        }
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = conn_status(c);
    sqlite3_reset(q);
    return status;
}
