#include <string.h>

#include "store/changes.h"
#include "store/conn.h"
#include "store/events.h"
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
    sqlite3_bind_int64(q, 5, r->priority);
    bind_text(q, 6, run_state_name(RUN_QUEUED));
    sqlite3_bind_int64(q, 7, r->created);
    enum status status = conn_run(c, q);
    if (status == STATUS_OK)
        *ret_id = sqlite3_last_insert_rowid(c->db);
    return status;
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
    r->priority = sqlite3_column_int64(q, i++);
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
    r->newest = sqlite3_column_blob(q, i);
    r->newest_size = (size_t)sqlite3_column_bytes(q, i++);
    r->weights = column_integer(q, i++, 0);
}

/* Visits every row of a prepared query over runs. */
static enum status visit_runs(struct conn *c, sqlite3_stmt *q, run_visit *visit, void *arg,
                              size_t *ret_rows)
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

enum status store_run_list(struct conn *c, const struct run_filter *f, run_visit *visit,
                           void *arg)
{
    static const enum statement by_job_and_state[2][2] = {
        {STATEMENT_RUN_LIST, STATEMENT_RUN_LIST_STATE},
        {STATEMENT_RUN_LIST_JOB, STATEMENT_RUN_LIST_JOB_STATE},
    };
    sqlite3_stmt *q =
        conn_prepare(c, by_job_and_state[f->job != 0][f->state != RUN_STATES]);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, f->after);
    sqlite3_bind_int64(q, 2, f->limit);
    if (f->state != RUN_STATES)
        bind_text(q, 3, run_state_name(f->state));
    if (f->job != 0)
        sqlite3_bind_int64(q, 4, f->job);
    size_t rows = 0;
    return visit_runs(c, q, visit, arg, &rows);
}

enum status store_run_place(struct conn *c, const struct run *r, int64_t *ret_place)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_PLACE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, r->priority);
    sqlite3_bind_int64(q, 2, r->id);
    enum status status = STATUS_OK;
    if (sqlite3_step(q) == SQLITE_ROW)
        *ret_place = sqlite3_column_int64(q, 0);
    else
        status = conn_status(c);
    sqlite3_reset(q);
    return status;
}

static enum status announce(struct conn *c, int64_t run, int64_t job, enum run_state state)
{
    return store_event_add(c, &(struct event){.kind = "run",
                                              .job = job,
                                              .run = run,
                                              .state = run_state_name(state)});
}

enum status store_run_claim(struct conn *c, int64_t now, struct claim *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_NEXT);
    if (q == NULL)
        return conn_status(c);
    int code = sqlite3_step(q);
    if (code != SQLITE_ROW) {
        sqlite3_reset(q);
        return code == SQLITE_DONE ? STATUS_NOT_FOUND : conn_status(c);
    }
    *ret = (struct claim){.run = sqlite3_column_int64(q, 0),
                          .job = sqlite3_column_int64(q, 1),
                          .seed = (uint64_t)sqlite3_column_int64(q, 2),
                          .params = strdup(column_text(q, 3)),
                          .spec = strdup(column_text(q, 4))};
    sqlite3_reset(q);
    q = conn_prepare(c, STATEMENT_RUN_CLAIM);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, ret->run);
    sqlite3_bind_int64(q, 2, now);
    enum status status = conn_run(c, q);
    return status == STATUS_OK ? announce(c, ret->run, ret->job, RUN_RUNNING) : status;
}

/* Whether the attempt will give the rows that an earlier one gave. */
static enum status is_same_again(struct conn *c, const struct run_start *s, bool *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_SAME);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, s->run);
    bind_text(q, 2, s->columns);
    bind_text(q, 3, s->spec_sha256);
    bind_text(q, 4, s->data_sha256);
    bind_text(q, 5, s->build);
    int code = sqlite3_step(q);
    sqlite3_reset(q);
    *ret = code == SQLITE_ROW && !s->timed;
    return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

static enum status forget_rows(struct conn *c, int64_t run)
{
    static const enum statement both[] = {STATEMENT_TRACE_FORGET, STATEMENT_RUN_FORGET};
    enum status status = STATUS_OK;
    for (int i = 0; i < 2 && status == STATUS_OK; i++) {
        sqlite3_stmt *q = conn_prepare(c, both[i]);
        if (q == NULL)
            return conn_status(c);
        sqlite3_bind_int64(q, 1, run);
        status = conn_run(c, q);
    }
    return status;
}

enum status store_run_start(struct conn *c, const struct run_start *s)
{
    bool same = false;
    enum status status = is_same_again(c, s, &same);
    if (status == STATUS_OK && !same)
        status = forget_rows(c, s->run);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_START);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, s->run);
    sqlite3_bind_int64(q, 2, (int64_t)s->stop_samples);
    bind_text(q, 3, s->columns);
    bind_text(q, 4, s->spec_sha256);
    bind_text(q, 5, s->data_sha256);
    bind_text(q, 6, s->build);
    bind_text(q, 7, s->cpu);
    bind_text(q, 8, s->host);
    return conn_run(c, q);
}

enum status store_run_finish(struct conn *c, const struct run_end *e)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_FINISH);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    bind_text(q, 2, run_state_name(e->state));
    bind_text(q, 3, e->outcome);
    bind_text(q, 4, e->reason);
    sqlite3_bind_int64(q, 5, e->now);
    sqlite3_bind_double(q, 6, e->seconds);
    if (e->weights > 0)
        sqlite3_bind_int64(q, 7, e->weights);
    enum status status = conn_run(c, q);
    if (status == STATUS_OK && e->changes != NULL)
        status = store_changes_add(c, e->run, e->changes);
    return status == STATUS_OK ? announce(c, e->run, e->job, e->state) : status;
}

enum status store_run_requeue(struct conn *c, int64_t run, int64_t job)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_REQUEUE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    enum status status = conn_run(c, q);
    return status == STATUS_OK ? announce(c, run, job, RUN_QUEUED) : status;
}

enum status store_run_requeue_all(struct conn *c)
{
    for (;;) {
        sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_RUNNING);
        if (q == NULL)
            return conn_status(c);
        int code = sqlite3_step(q);
        int64_t run = sqlite3_column_int64(q, 0), job = sqlite3_column_int64(q, 1);
        sqlite3_reset(q);
        if (code != SQLITE_ROW)
            return code == SQLITE_DONE ? STATUS_OK : conn_status(c);
        enum status status = store_run_requeue(c, run, job);
        if (status != STATUS_OK)
            return status;
    }
}
