#include "store/verifications.h"

#include <string.h>

#include "store/conn.h"
#include "store/events.h"
#include "store/queue.h"

/* Whoever shows the run looks at it again. */
static enum status announce(struct conn *c, int64_t job, int64_t run)
{
    return store_event_add(
        c, &(struct event){.kind = "run", .job = job, .run = run, .state = "verified"});
}

enum status store_verification_request(struct conn *c, int64_t run, int64_t now,
                                       const char **ret_state)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_VERIFY_STATE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    int code = sqlite3_step(q);
    int64_t job = sqlite3_column_int64(q, 0);
    enum run_state state = run_state_of(column_text(q, 1));
    bool is_whole = sqlite3_column_int(q, 2) != 0, waits = sqlite3_column_int(q, 3) != 0;
    sqlite3_reset(q);
    if (code != SQLITE_ROW)
        return code == SQLITE_DONE ? STATUS_NOT_FOUND : conn_status(c);
    *ret_state = run_state_name(state);
    if (!is_whole)
        return STATUS_CONFLICT;
    if (waits)
        return STATUS_OK;
    enum status status = conn_apply(c, STATEMENT_VERIFY_REQUEST, run, now, job);
    return status == STATUS_OK ? announce(c, job, run) : status;
}

enum status store_verification_end(struct conn *c, struct verification_end *e)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_VERIFY_END);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    bind_text(q, 2, e->state);
    if (strcmp(e->state, "queued") != 0)
        sqlite3_bind_int64(q, 3, e->now);
    if (e->seq >= 0)
        sqlite3_bind_int64(q, 4, e->seq);
    bind_text(q, 5, e->reason);
    bind_text(q, 6, e->build);
    bind_text(q, 7, e->core);
    enum status status = conn_run(c, q);
    e->gone = sqlite3_changes(c->db) == 0;
    if (status == STATUS_OK)
        status = store_owner_used(c, e->job, e->seconds, e->now);
    return status == STATUS_OK && !e->gone ? announce(c, e->job, e->run) : status;
}
