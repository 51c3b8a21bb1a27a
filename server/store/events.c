#include "store/events.h"

#include "store/conn.h"

enum { PRUNE_EVERY = 1000 };

static enum status prune(struct conn *c, int64_t newest)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_EVENT_PRUNE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, newest - EVENTS_KEPT);
    return conn_run(c, q);
}

/* After an insertion; old events go now and then. */
static enum status note_newest(struct conn *c)
{
    int64_t before = c->last_event;
    c->last_event = sqlite3_last_insert_rowid(c->db);
    bool due = c->last_event / PRUNE_EVERY != before / PRUNE_EVERY;
    return due ? prune(c, c->last_event) : STATUS_OK;
}

enum status store_event_add(struct conn *c, const struct event *e)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_EVENT_INSERT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_text(q, 1, e->kind, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, e->job);
    if (e->run != 0)
        sqlite3_bind_int64(q, 3, e->run);
    if (e->state != NULL)
        sqlite3_bind_text(q, 4, e->state, -1, SQLITE_STATIC);
    else
        sqlite3_bind_int64(q, 5, e->last);
    enum status status = conn_run(c, q);
    if (status != STATUS_OK)
        return status;
    return note_newest(c);
}

enum status store_event_run(struct conn *c, int64_t job, int64_t run, enum run_state state)
{
    return store_event_add(c, &(struct event){.kind = "run",
                                              .job = job,
                                              .run = run,
                                              .state = run_state_name(state)});
}

enum status store_event_runs(struct conn *c, int64_t job, int64_t run, const char *from,
                             enum run_state to)
{
    if (run != 0)
        return store_event_run(c, job, run, to);
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_EVENT_INSERT_RUNS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    bind_text(q, 2, from);
    bind_text(q, 3, run_state_name(to));
    enum status status = conn_run(c, q);
    if (status != STATUS_OK || sqlite3_changes(c->db) == 0)
        return status;
    return note_newest(c);
}

enum status store_event_list(struct conn *c, int64_t after, int64_t limit,
                             bool (*visit)(void *arg, const struct event *e), void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_EVENT_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, after);
    sqlite3_bind_int64(q, 2, limit);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        struct event e = {.seq = sqlite3_column_int64(q, 0),
                          .kind = column_text(q, 1),
                          .job = sqlite3_column_int64(q, 2),
                          .run = column_integer(q, 3, 0),
                          .state = column_text_or_null(q, 4),
                          .last = column_integer(q, 5, 0)};
        more = visit(arg, &e);
    }
    enum status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    sqlite3_reset(q);
    return status;
}

enum status store_event_bounds(struct conn *c, int64_t *ret_oldest, int64_t *ret_newest)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_EVENT_BOUNDS);
    if (q == NULL)
        return conn_status(c);
    enum status status = STATUS_OK;
    if (sqlite3_step(q) == SQLITE_ROW) {
        *ret_oldest = sqlite3_column_int64(q, 0);
        *ret_newest = sqlite3_column_int64(q, 1);
    } else {
        status = conn_status(c);
    }
    sqlite3_reset(q);
    return status;
}
