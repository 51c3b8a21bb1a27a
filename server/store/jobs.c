#include <string.h>

#include "store/conn.h"
#include "store/events.h"
#include "store/jobs.h"

enum status store_job_insert(struct conn *c, const struct job *j, int64_t *ret_id)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_JOB_INSERT);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 1, j->name);
    bind_text(q, 2, j->note);
    bind_text(q, 3, j->tags);
    bind_text(q, 4, j->dataset);
    bind_text(q, 5, j->owner);
    bind_text(q, 6, j->spec);
    sqlite3_bind_int64(q, 7, j->cells);
    sqlite3_bind_int64(q, 8, j->priority);
    if (j->parallel > 0)
        sqlite3_bind_int64(q, 9, j->parallel);
    sqlite3_bind_int(q, 10, j->reuse);
    bind_text(q, 11, j->key);
    bind_text(q, 12, j->key_spec);
    sqlite3_bind_int64(q, 13, j->created);
    enum status status = conn_run(c, q);
    if (status != STATUS_OK)
        return status;
    *ret_id = sqlite3_last_insert_rowid(c->db);
    return store_event_add(
        c, &(struct event){.kind = "job", .job = *ret_id, .state = "queued"});
}

enum status store_job_by_key(struct conn *c, const struct job *wanted, int64_t *ret_id,
                             bool *ret_same)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_JOB_BY_KEY);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 1, wanted->owner);
    bind_text(q, 2, wanted->key);
    bind_text(q, 3, wanted->key_spec);
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW) {
        *ret_id = sqlite3_column_int64(q, 0);
        *ret_same = sqlite3_column_int(q, 1) != 0;
    }
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

enum status store_job_extend(struct conn *c, int64_t job, const char *before,
                             const char *after, int64_t cells)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_JOB_EXTEND);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    bind_text(q, 2, before);
    bind_text(q, 3, after);
    sqlite3_bind_int64(q, 4, cells);
    enum status status = conn_run(c, q);
    if (status != STATUS_OK || sqlite3_changes(c->db) == 0)
        return status != STATUS_OK ? status : STATUS_CONFLICT;
    return store_event_add(
        c, &(struct event){.kind = "job", .job = job, .state = "extended"});
}

enum status store_job_is_held(struct conn *c, int64_t job, bool *ret)
{
    int64_t held = 0;
    enum status status = conn_read(c, STATEMENT_JOB_HELD, &held, job);
    *ret = held != 0;
    return status;
}

/* Counts per state, and the share of the running ones that is done. */
static enum status read_counts(struct conn *c, struct job *j)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_JOB_COUNTS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, j->id);
    while (sqlite3_step(q) == SQLITE_ROW) {
        enum run_state s = run_state_of(column_text(q, 0));
        if (s < RUN_STATES)
            j->runs[s] = sqlite3_column_int64(q, 1);
    }
    sqlite3_reset(q);
    if (j->runs[RUN_RUNNING] == 0)
        return STATUS_OK;
    q = conn_prepare(c, STATEMENT_JOB_RUNNING);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, j->id);
    if (sqlite3_step(q) == SQLITE_ROW)
        j->running = sqlite3_column_double(q, 0);
    sqlite3_reset(q);
    return STATUS_OK;
}

/* Visits every row of a prepared query over jobs. */
static void read_job(sqlite3_stmt *q, struct job *j)
{
    int i = 0;
    *j = (struct job){.id = sqlite3_column_int64(q, i++)};
    j->name = column_text(q, i++);
    j->note = column_text(q, i++);
    j->tags = column_text(q, i++);
    j->dataset = column_text(q, i++);
    j->owner = column_text(q, i++);
    j->spec = column_text_or_null(q, i++);
    j->cells = sqlite3_column_int64(q, i++);
    j->priority = sqlite3_column_int64(q, i++);
    j->parallel = column_integer(q, i++, 0);
    j->created = sqlite3_column_int64(q, i++);
    j->started = column_integer(q, i++, 0);
    j->finished = column_integer(q, i++, 0);
    j->trashed = column_integer(q, i++, 0);
}

static enum status visit_jobs(struct conn *c, sqlite3_stmt *q, job_visit *visit, void *arg,
                              size_t *ret_rows)
{
    enum status status = STATUS_OK;
    bool more = true;
    int code = SQLITE_DONE;
    while (status == STATUS_OK && more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        struct job j;
        read_job(q, &j);
        status = read_counts(c, &j);
        if (status == STATUS_OK)
            more = visit(arg, &j);
        ++*ret_rows;
    }
    if (status == STATUS_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        status = conn_status(c);
    sqlite3_reset(q);
    return status;
}

static enum status visit_job(struct conn *c, enum statement s, int64_t id,
                             job_visit *visit, void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, s);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, id);
    size_t rows = 0;
    enum status status = visit_jobs(c, q, visit, arg, &rows);
    return status == STATUS_OK && rows == 0 ? STATUS_NOT_FOUND : status;
}

enum status store_job_get(struct conn *c, int64_t id, job_visit *visit, void *arg)
{
    return visit_job(c, STATEMENT_JOB_GET, id, visit, arg);
}

enum status store_job_list(struct conn *c, int64_t id, job_visit *visit, void *arg)
{
    return visit_job(c, STATEMENT_JOB_LIST, id, visit, arg);
}
