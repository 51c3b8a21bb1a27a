/* In: a run that waits. Out: what goes before it, as far as that can be told. */
#include "store/queue.h"

#include "store/doubt.h"
#include "store/queue_inner.h"

enum status store_queue_suspect(struct conn *c, int64_t now, int64_t *ret_run)
{
    enum status status =
        conn_read(c, STATEMENT_SUSPECT_AT_WORK, ret_run, now - DOUBT_TRIAL_MS);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status store_queue_ready(struct conn *c, int64_t *ret)
{
    return conn_read(c, STATEMENT_QUEUE_READY, ret);
}

/* The run's own part. *ret_close is what waits before it in its job and in the jobs that
 * are counted together with it. */
static enum status read_own(struct conn *c, int64_t run, struct queue_place *ret,
                            int64_t *ret_job, int64_t *ret_close, int64_t *ret_priority)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_QUEUE_RUN);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    enum status status = STATUS_OK;
    if (sqlite3_step(q) == SQLITE_ROW) {
        *ret_job = sqlite3_column_int64(q, 0);
        *ret_close = sqlite3_column_int64(q, 1);
        ret->job_running = sqlite3_column_int64(q, 2);
        ret->job_parallel = column_integer(q, 3, 0);
        ret->mean_seconds = sqlite3_column_double(q, 4);
        *ret_priority = sqlite3_column_int64(q, 5);
    } else {
        status = conn_status(c) == STATUS_OK ? STATUS_NOT_FOUND : conn_status(c);
    }
    sqlite3_reset(q);
    return status;
}

static void read_waiting(sqlite3_stmt *q, int64_t now, struct waiting *ret)
{
    *ret = (struct waiting){.mine = sqlite3_column_int(q, 0) != 0,
                            .higher = sqlite3_column_int64(q, 1),
                            .before = sqlite3_column_int64(q, 2),
                            .equal = sqlite3_column_int64(q, 3),
                            .used = queue_read_used(q, 5, now)};
}

enum status store_queue_place(struct conn *c, int64_t run, int64_t now,
                              struct queue_place *ret)
{
    int64_t job = 0, close = 0, priority = 0;
    struct queue_place place = {.place = 1};
    enum status status = read_own(c, run, &place, &job, &close, &priority);
    if (status == STATUS_OK)
        status = store_queue_suspect(c, now, &place.suspect);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_QUEUE_WAITING);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, now);
    sqlite3_bind_int64(q, 2, job);
    sqlite3_bind_int64(q, 3, priority);
    struct waiting mine = {.mine = true}, other;
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW) { /* its own owner comes first */
        read_waiting(q, now, &other);
        place.verifications = place.verifications || sqlite3_column_int(q, 8) != 0;
        if (other.mine) {
            mine = other;
            mine.before += close;
            place.owner_running = sqlite3_column_int64(q, 4);
            place.ahead_own = schedule_ahead(&mine, &mine);
        } else {
            place.ahead_others += schedule_ahead(&other, &mine);
        }
    }
    sqlite3_reset(q);
    place.place += place.ahead_own + place.ahead_others;
    *ret = place;
    return code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}
