#include "store/steps.h"

#include "store/conn.h"
#include "store/events.h"

/* Where a job stands: its state by its runs; "trash" is no state of runs. */
static enum status state_of_job(struct conn *c, int64_t job, const char **ret)
{
    long long runs[RUN_STATES] = {0};
    int64_t trashed = 0;
    enum status status = conn_read(c, STATEMENT_JOB_TRASHED, &trashed, job);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_JOB_COUNTS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW) {
        enum run_state s = run_state_of(column_text(q, 0));
        if (s < RUN_STATES)
            runs[s] = sqlite3_column_int64(q, 1);
    }
    sqlite3_reset(q);
    *ret = trashed ? "trash" : job_state_of(runs);
    return code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

/* The step for all runs of the job in one state, or for one of them. */
static enum status move_runs(struct conn *c, const struct step_order *o, int64_t run,
                             enum run_state from, int64_t *ret_moved)
{
    enum run_state to = run_state_after(from, o->step);
    sqlite3_stmt *q =
        conn_prepare(c, run != 0 ? STATEMENT_RUN_STEP : STATEMENT_RUNS_STEP);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run != 0 ? run : o->job);
    bind_text(q, 2, run_state_name(from));
    bind_text(q, 3, run_state_name(to));
    if (run_state_is_final(to)) {
        bind_text(q, 4, run_state_name(to));
        sqlite3_bind_int64(q, 5, o->now);
    }
    enum status status = conn_run(c, q);
    *ret_moved = sqlite3_changes(c->db);
    return status;
}

/* Runs at work end by themselves, soon; that they shall is kept until then. */
static enum status ask_to_end(struct conn *c, const struct step_order *o, int64_t run,
                              struct step_result *ret)
{
    enum status status = run != 0 ? conn_apply(c, STATEMENT_RUN_ASK, run)
                                  : conn_apply(c, STATEMENT_RUNS_ASK, o->job);
    ret->stopping += sqlite3_changes(c->db);
    return status;
}

static enum status step_from(struct conn *c, const struct step_order *o, int64_t run,
                             enum run_state from, struct step_result *ret)
{
    enum run_state to = run_state_after(from, o->step);
    int64_t moved = 0;
    if (from == RUN_RUNNING)
        return ask_to_end(c, o, run, ret);
    enum status status = STATUS_OK;
    if (run_state_is_final(to)) /* which has no checkpoint */
        status = run != 0 ? conn_apply(c, STATEMENT_CHECKPOINT_FORGET, run)
                          : conn_apply(c, STATEMENT_CHECKPOINTS_FORGET, o->job);
    if (status == STATUS_OK)
        status = store_event_runs(c, o->job, run, run_state_name(from), to);
    if (status == STATUS_OK)
        status = move_runs(c, o, run, from, &moved);
    ret->changed += moved;
    return status;
}

static enum status step_all(struct conn *c, const struct step_order *o,
                            struct step_result *ret)
{
    enum status status = STATUS_OK;
    for (int from = 0; from < RUN_STATES && status == STATUS_OK; from++) {
        bool left_out = o->only_failed && from == RUN_CANCELLED;
        if (!left_out && run_state_after((enum run_state)from, o->step) != RUN_STATES)
            status = step_from(c, o, 0, (enum run_state)from, ret);
    }
    return status;
}

static enum status step_named(struct conn *c, const struct step_order *o,
                              struct step_result *ret)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < o->count && status == STATUS_OK; i++) {
        sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_STATE);
        if (q == NULL)
            return conn_status(c);
        ret->run = o->runs[i];
        sqlite3_bind_int64(q, 1, ret->run);
        sqlite3_bind_int64(q, 2, o->job);
        int code = sqlite3_step(q);
        enum run_state from = run_state_of(column_text(q, 0));
        sqlite3_reset(q);
        if (code != SQLITE_ROW)
            return code == SQLITE_DONE ? STATUS_NOT_FOUND : conn_status(c);
        ret->state = run_state_name(from);
        if (run_state_after(from, o->step) != RUN_STATES)
            status = step_from(c, o, ret->run, from, ret);
        else if (from != run_step_aim(o->step) || o->step == STEP_RETRY)
            return STATUS_CONFLICT;
    }
    return status;
}

/* Whether the job is already as the order wants it, so that a repeated order is no error.
 */
static bool is_done_already(const struct step_order *o, const char *state)
{
    return o->step != STEP_RETRY && run_state_of(state) == run_step_aim(o->step);
}

enum status store_job_step(struct conn *c, const struct step_order *o,
                           struct step_result *ret)
{
    *ret = (struct step_result){.run = 0};
    enum status status = state_of_job(c, o->job, &ret->state);
    const char *state = ret->state;
    if (status != STATUS_OK)
        return status;
    if (run_state_of(state) == RUN_STATES)
        return STATUS_CONFLICT; /* in the trash */
    status = o->runs != NULL ? step_named(c, o, ret) : step_all(c, o, ret);
    if (status != STATUS_OK || o->runs != NULL)
        return status;
    bool nothing = ret->changed + ret->stopping == 0;
    return nothing && !is_done_already(o, state) ? STATUS_CONFLICT : STATUS_OK;
}

static enum status announce_job(struct conn *c, int64_t job, const char *state)
{
    return store_event_add(c, &(struct event){.kind = "job", .job = job, .state = state});
}

enum status store_job_change(struct conn *c, const struct job_change *change)
{
    const char *state;
    enum status status = state_of_job(c, change->job, &state);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_JOB_CHANGE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, change->job);
    bind_text(q, 2, change->name);
    bind_text(q, 3, change->note);
    bind_text(q, 4, change->tags);
    if (change->has_priority)
        sqlite3_bind_int64(q, 5, change->priority);
    sqlite3_bind_int(q, 6, change->has_parallel);
    if (change->parallel > 0)
        sqlite3_bind_int64(q, 7, change->parallel);
    status = conn_run(c, q);
    return status == STATUS_OK ? announce_job(c, change->job, state) : status;
}

enum status store_job_trash(struct conn *c, int64_t job, bool into, int64_t now,
                            const char **ret_state)
{
    enum status status = state_of_job(c, job, ret_state);
    c->frees = c->frees || into; /* so begins a purge */
    if (status != STATUS_OK)
        return status;
    enum run_state s = run_state_of(*ret_state);
    bool fits = into ? s != RUN_STATES && run_state_is_final(s) : s == RUN_STATES;
    if (!fits)
        return STATUS_CONFLICT;
    status = into ? conn_apply(c, STATEMENT_JOB_TRASH, job, now)
                  : conn_apply(c, STATEMENT_JOB_RESTORE, job);
    return status == STATUS_OK ? announce_job(c, job, into ? "trashed" : "restored")
                               : status;
}
