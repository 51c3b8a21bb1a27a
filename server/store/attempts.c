#include "store/attempts.h"

#include "store/changes.h"
#include "store/conn.h"
#include "store/events.h"
#include "store/queue.h"
#include "store/traces.h"

static const char INTERRUPTED[] = "interrupted";

/* Whether the attempt will give the rows that an earlier one gave, but for time. */
static enum status is_same_again(struct conn *c, const struct run_start *s, bool *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_SAME);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, s->run);
    bind_text(q, 2, s->columns);
    bind_text(q, 3, s->spec_sha256);
    bind_text(q, 4, s->data_sha256);
    bind_text(q, 5, s->core);
    int code = sqlite3_step(q);
    sqlite3_reset(q);
    *ret = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

static enum status forget_rows(struct conn *c, int64_t run)
{
    enum status status = store_trace_forget(c, run);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_CHECKPOINT_FORGET, run);
    return status == STATUS_OK ? conn_apply(c, STATEMENT_RUN_FORGET, run) : status;
}

/* Of a run that the clock ends, rows are the same again only up to its checkpoint: where
 * the last one came before depends on the machine. */
static enum status keep_rows(struct conn *c, const struct run_start *s, bool same)
{
    int64_t seq = 0;
    if (same && !s->timed)
        return STATUS_OK;
    enum status status =
        same ? conn_read(c, STATEMENT_CHECKPOINT_SEQ, &seq, s->run) : STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        status = store_trace_cut(c, s->run, seq);
    return status == STATUS_NOT_FOUND || status == STATUS_CORRUPT ? forget_rows(c, s->run)
                                                                  : status;
}

enum status store_run_begin_again(struct conn *c, int64_t run, bool timed)
{
    enum status status =
        timed ? forget_rows(c, run) : conn_apply(c, STATEMENT_CHECKPOINT_FORGET, run);
    if (status == STATUS_OK) /* those until the checkpoint are not computed any more */
        status = conn_apply(c, STATEMENT_RUN_SECONDS, run, 0);
    return status == STATUS_OK ? conn_apply(c, STATEMENT_ATTEMPT_ANEW, run) : status;
}

static enum status is_cancelling(struct conn *c, int64_t run, bool *ret)
{
    int64_t cancelling = 0;
    enum status status = conn_read(c, STATEMENT_RUN_CANCELLING, &cancelling, run);
    *ret = cancelling != 0;
    return status;
}

static enum status write_start(struct conn *c, const struct run_start *s)
{
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
    bind_text(q, 9, s->core);
    enum status status = conn_run(c, q);
    if (status != STATUS_OK || (q = conn_prepare(c, STATEMENT_ATTEMPT_PLACE)) == NULL)
        return status != STATUS_OK ? status : conn_status(c);
    sqlite3_bind_int64(q, 1, s->run);
    sqlite3_bind_int64(q, 2, s->attempt);
    bind_text(q, 3, s->build);
    bind_text(q, 4, s->host);
    bind_text(q, 5, s->core);
    return conn_run(c, q);
}

enum status store_run_start(struct conn *c, const struct run_start *s)
{
    bool same = false, cancelling = false;
    enum status status = is_cancelling(c, s->run, &cancelling);
    if (status == STATUS_OK && cancelling)
        return STATUS_STOPPED;
    if (status == STATUS_OK)
        status = is_same_again(c, s, &same);
    if (status == STATUS_OK)
        status = keep_rows(c, s, same);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_CHANGES_FORGET, s->run);
    return status == STATUS_OK ? write_start(c, s) : status;
}

enum status store_run_begin(struct conn *c, const struct store *files,
                            const struct run_start *s, const struct claim *claim,
                            int64_t now, bool *ret_reused)
{
    enum status status = store_run_start(c, s);
    if (status != STATUS_OK || !claim->reuse)
        return status;
    status = store_run_reuse(c, files, s, claim->job, now);
    *ret_reused = status == STATUS_OK;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* Ends the attempt that is open; `state` NULL: interrupted. */
static enum status close_attempt(struct conn *c, const struct run_end *e,
                                 const char *state)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_ATTEMPT_CLOSE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    bind_text(q, 2, state);
    bind_text(q, 3, e->outcome);
    bind_text(q, 4, e->reason);
    sqlite3_bind_int64(q, 5, e->seen != 0 ? e->seen : e->now);
    double seconds = e->seconds - e->earlier;
    sqlite3_bind_double(q, 6, seconds);
    enum status status = conn_run(c, q);
    return status == STATUS_OK ? store_owner_used(c, e->job, seconds, e->now) : status;
}

enum status store_run_finish(struct conn *c, const struct run_end *e)
{
    if (!run_state_may_become(RUN_RUNNING, e->state))
        return STATUS_INTERNAL;
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
    if (status == STATUS_OK && sqlite3_changes(c->db) == 0)
        return STATUS_CONFLICT;
    if (status == STATUS_OK && e->changes != NULL)
        status = store_changes_add(c, e->run, e->changes);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_CHECKPOINT_FORGET, e->run);
    if (status == STATUS_OK)
        status = close_attempt(c, e, run_state_name(e->state));
    return status == STATUS_OK ? store_event_run(c, e->job, e->run, e->state) : status;
}

static enum status cancel_instead(struct conn *c, const struct run_end *e)
{
    struct run_end end = *e;
    end.state = RUN_CANCELLED;
    end.outcome = "cancelled";
    end.reason = NULL;
    return store_run_finish(c, &end);
}

static enum status put_back(struct conn *c, const struct run_end *e)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_REQUEUE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    bind_text(q, 2, run_state_name(e->state));
    bind_text(q, 3, e->state == RUN_HELD ? e->reason : NULL);
    enum status status = conn_run(c, q);
    return status == STATUS_OK && sqlite3_changes(c->db) == 0 ? STATUS_CONFLICT : status;
}

enum status store_run_requeue(struct conn *c, const struct run_end *e)
{
    bool cancelling = false;
    enum status status = is_cancelling(c, e->run, &cancelling);
    if (status == STATUS_OK && cancelling)
        return cancel_instead(c, e);
    if (status == STATUS_OK && !e->stays_suspect)
        status = conn_apply(c, STATEMENT_RUN_TRUST, e->run);
    if (status == STATUS_OK)
        status = put_back(c, e);
    struct run_end end = *e;
    end.outcome = NULL;
    if (status == STATUS_OK)
        status = close_attempt(c, &end, INTERRUPTED);
    return status == STATUS_OK ? store_event_run(c, e->job, e->run, e->state) : status;
}

enum status store_run_refused(struct conn *c, int64_t run, const char *reason,
                              int64_t *ret_times, bool *ret_begun)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_REFUSED);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    bind_text(q, 2, reason);
    int code = sqlite3_step(q);
    *ret_times = code == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    *ret_begun = code == SQLITE_ROW && sqlite3_column_int(q, 1) != 0;
    sqlite3_reset(q);
    return code == SQLITE_ROW ? STATUS_OK : conn_status(c);
}

enum status store_run_wait_for(struct conn *c, const struct run_end *e,
                               const char *dataset)
{
    bool cancelling = false;
    enum status status = is_cancelling(c, e->run, &cancelling);
    if (status == STATUS_OK && cancelling)
        return cancel_instead(c, e);
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_ABSENT);
    if (status != STATUS_OK || q == NULL)
        return status != STATUS_OK ? status : conn_status(c);
    sqlite3_bind_int64(q, 1, e->run);
    bind_text(q, 2, dataset);
    bind_text(q, 3, e->reason);
    status = conn_run(c, q);
    if (status == STATUS_OK && sqlite3_changes(c->db) == 0)
        return STATUS_CONFLICT;
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_ATTEMPT_UNDO, e->run);
    return status == STATUS_OK ? store_event_run(c, e->job, e->run, RUN_QUEUED) : status;
}

enum status store_attempt_list(struct conn *c, int64_t run, int64_t after, int64_t limit,
                               attempt_visit *visit, void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_ATTEMPT_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, after);
    sqlite3_bind_int64(q, 3, limit);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        struct attempt a = {.number = sqlite3_column_int64(q, 0),
                            .state = column_text(q, 1),
                            .outcome = column_text_or_null(q, 2),
                            .reason = column_text_or_null(q, 3),
                            .started = column_integer(q, 4, 0),
                            .finished = column_integer(q, 5, 0),
                            .seconds = sqlite3_column_double(q, 6),
                            .build = column_text_or_null(q, 7),
                            .host = column_text_or_null(q, 8),
                            .anew = sqlite3_column_type(q, 9) == SQLITE_NULL,
                            .resumed = sqlite3_column_int64(q, 9),
                            .core = column_text_or_null(q, 10)};
        more = visit(arg, &a);
    }
    sqlite3_reset(q);
    return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}
