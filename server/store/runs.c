#include <string.h>

#include "learn/trace.h"
#include "store/conn.h"
#include "store/jobs.h"

enum status store_run_insert(struct conn *c, const struct new_run *r, int64_t *ret_id)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_INSERT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, r->job);
    sqlite3_bind_int64(q, 2, r->cell);
    sqlite3_bind_int64(q, 3, (int64_t)r->seed);
    bind_text(q, 4, r->params);
    bind_text(q, 5, run_state_name(r->held ? RUN_HELD : RUN_QUEUED));
    sqlite3_bind_int64(q, 6, r->created);
    enum status status = conn_run(c, q);
    if (status == STATUS_OK)
        *ret_id = sqlite3_changes(c->db) > 0 ? sqlite3_last_insert_rowid(c->db) : 0;
    return status;
}

/* The copies that the run has of its newest row are for filters and order: they have no
 * hash. What is shown is the row; where it is damaged, those that there are. */
static void read_newest(sqlite3_stmt *q, int value, int hash, struct run *r)
{
    double number[TRACE_COLUMNS_MAX];
    struct trace_row row;
    if (r->last < 0 || !column_is_intact(q, r->last, value, hash))
        return;
    r->newest = sqlite3_column_blob(q, value);
    r->newest_size = (size_t)sqlite3_column_bytes(q, value);
    if (sqlite3_column_type(q, hash) == SQLITE_NULL ||
        r->newest_size < trace_columns(0, 0) * sizeof number[0] ||
        r->newest_size > sizeof number)
        return;
    memcpy(number, r->newest, r->newest_size);
    trace_read_totals(number, &row);
    r->samples = (int64_t)row.samples;
    r->epochs = row.epoch;
    r->test_accuracy = row.test_accuracy;
    r->m0 = (double)row.total.spent.m0;
    r->m1 = row.total.spent.m1;
    r->m0_direct = (double)row.total.direct.m0;
    r->m1_direct = row.total.direct.m1;
    r->maintenance = row.total.spent.maintenance;
}

static void read_run(sqlite3_stmt *q, struct run *r)
{
    int i = 0;
    *r = (struct run){.id = sqlite3_column_int64(q, i++)};
    r->job = sqlite3_column_int64(q, i++);
    r->dataset = column_text(q, i++);
    r->cell = sqlite3_column_int64(q, i++);
    r->seed = sqlite3_column_int64(q, i++);
    r->params = column_text(q, i++);
    r->state = run_state_of(column_text(q, i++));
    r->outcome = column_text_or_null(q, i++);
    r->reason = column_text_or_null(q, i++);
    r->attempts = sqlite3_column_int64(q, i++);
    r->created = sqlite3_column_int64(q, i++);
    r->started = column_integer(q, i++, 0);
    r->finished = column_integer(q, i++, 0);
    r->seconds = column_number(q, i++);
    r->stop_samples = column_integer(q, i++, 0);
    r->columns = column_text_or_null(q, i++);
    r->spec_sha256 = column_text_or_null(q, i++);
    r->data_sha256 = column_text_or_null(q, i++);
    r->build = column_text_or_null(q, i++);
    r->core = column_text_or_null(q, i++);
    r->cpu = column_text_or_null(q, i++);
    r->host = column_text_or_null(q, i++);
    r->last = column_integer(q, i++, -1);
    r->samples = column_integer(q, i++, 0);
    r->epochs = column_number(q, i++);
    r->test_accuracy = column_number(q, i++);
    r->m0 = column_number(q, i++);
    r->m1 = column_number(q, i++);
    r->m0_direct = column_number(q, i++);
    r->m1_direct = column_number(q, i++);
    r->maintenance = column_number(q, i++);
    read_newest(q, i, i + 1, r);
    i += 2;
    r->weights = column_integer(q, i++, 0);
    r->reused = column_integer(q, i++, 0);
    r->absent = column_text_or_null(q, i++);
    r->verified.state = column_text_or_null(q, i++);
    r->verified.requested = column_integer(q, i++, 0);
    r->verified.finished = column_integer(q, i++, 0);
    r->verified.seq = column_integer(q, i++, -1);
    r->verified.reason = column_text_or_null(q, i++);
    r->verified.build = column_text_or_null(q, i++);
    r->verified.core = column_text_or_null(q, i++);
}

/* Visits every row of a prepared query over runs. */
static enum status visit_runs(struct conn *c, sqlite3_stmt *q, run_visit *visit,
                              void *arg, size_t *ret_rows)
{
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        struct run r;
        read_run(q, &r);
        more = visit(arg, &r);
        ++*ret_rows;
    }
    enum status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    sqlite3_reset(q);
    return status;
}

enum status store_run_get(struct conn *c, int64_t id, run_visit *visit, void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, id);
    size_t rows = 0;
    enum status status = visit_runs(c, q, visit, arg, &rows);
    return status == STATUS_OK && rows == 0 ? STATUS_NOT_FOUND : status;
}

enum status store_run_list_cells(struct conn *c, int64_t job, int64_t cell, int64_t seed,
                                 int64_t limit, run_visit *visit, void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_LIST_CELLS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    sqlite3_bind_int64(q, 2, cell);
    sqlite3_bind_int64(q, 3, seed);
    sqlite3_bind_int64(q, 4, limit);
    size_t rows = 0;
    return visit_runs(c, q, visit, arg, &rows);
}

enum status store_cell_list(struct conn *c, int64_t job,
                            bool (*visit)(void *arg, int64_t cell, const char *params),
                            void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_CELL_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW)
        more = visit(arg, sqlite3_column_int64(q, 0), column_text(q, 1));
    sqlite3_reset(q);
    return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

enum status store_run_pace(struct conn *c,
                           void (*visit)(void *arg, const struct run_pace *p), void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_PACE);
    if (q == NULL)
        return conn_status(c);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW) {
        struct run_pace p = {.spec = column_text(q, 0),
                             .params = column_text(q, 1),
                             .samples = column_integer(q, 2, 0),
                             .seconds = column_number(q, 3)};
        visit(arg, &p);
    }
    sqlite3_reset(q);
    return code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}
