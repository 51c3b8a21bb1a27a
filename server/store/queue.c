#include "store/queue.h"

#include <string.h>

#include "store/conn.h"
#include "store/events.h"
#include "store/states.h"

static double seconds_between(int64_t from, int64_t to)
{
    return (double)(to - from) / 1000;
}

/* Columns: used, used_at, seconds of the runs at work. */
static double read_used(sqlite3_stmt *q, int at, int64_t now)
{
    if (sqlite3_column_type(q, at) == SQLITE_NULL)
        return sqlite3_column_double(q, at + 2);
    int64_t since = sqlite3_column_int64(q, at + 1);
    return schedule_decay(sqlite3_column_double(q, at), seconds_between(since, now)) +
           sqlite3_column_double(q, at + 2);
}

/* The job whose turn it is: the best of the heads of all owners. NOT_FOUND. */
static enum status next_job(struct conn *c, const struct schedule_limits *limits,
                            int64_t now, int64_t *ret_job)
{
    struct contender best = {.job = 0};
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_QUEUE_HEADS);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, now);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW) {
        struct contender one = {.job = sqlite3_column_int64(q, 0),
                                .priority = sqlite3_column_int64(q, 1),
                                .running = sqlite3_column_int64(q, 2),
                                .used = read_used(q, 3, now)};
        if (schedule_may_run(&one, limits) &&
            (best.job == 0 || schedule_goes_before(&one, &best)))
            best = one;
    }
    sqlite3_reset(q);
    if (code != SQLITE_DONE)
        return conn_status(c);
    *ret_job = best.job;
    return best.job != 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status next_run(struct conn *c, int64_t job, struct claim *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_NEXT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    enum status status = STATUS_OK;
    if (sqlite3_step(q) == SQLITE_ROW)
        *ret = (struct claim){.run = sqlite3_column_int64(q, 0),
                              .job = job,
                              .seed = (uint64_t)sqlite3_column_int64(q, 1),
                              .attempt = sqlite3_column_int64(q, 2) + 1,
                              .reuse = sqlite3_column_int64(q, 3) != 0,
                              .params = strdup(column_text(q, 4)),
                              .spec = strdup(column_text(q, 5))};
    else
        status = conn_status(c) == STATUS_OK ? STATUS_NOT_FOUND : conn_status(c);
    sqlite3_reset(q);
    return status;
}

enum status store_run_claim(struct conn *c, const struct schedule_limits *limits,
                            int64_t now, struct claim *ret)
{
    int64_t job = 0;
    enum status status = next_job(c, limits, now, &job);
    if (status == STATUS_OK)
        status = next_run(c, job, ret);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_RUN_CLAIM, ret->run, now);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_ATTEMPT_OPEN, ret->run, ret->attempt, now);
    if (status == STATUS_OK) /* it was one of the attempt before */
        status = conn_apply(c, STATEMENT_VERIFY_FORGET, ret->run);
    if (status == STATUS_OK)
        status = store_event_run(c, job, ret->run, RUN_RUNNING);
    return status;
}

enum status store_owner_waiting(struct conn *c, int64_t job, int64_t *ret_runs)
{
    return conn_read(c, STATEMENT_OWNER_WAITING, ret_runs, job);
}

enum status store_owner_used(struct conn *c, int64_t job, double seconds, int64_t now)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_OWNER_USE);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    double used = seconds;
    if (sqlite3_step(q) == SQLITE_ROW)
        used += schedule_decay(sqlite3_column_double(q, 0),
                               seconds_between(sqlite3_column_int64(q, 1), now));
    sqlite3_reset(q);
    q = conn_prepare(c, STATEMENT_OWNER_USED);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    sqlite3_bind_double(q, 2, used);
    sqlite3_bind_int64(q, 3, now);
    return conn_run(c, q);
}

/* The run's own part. *ret_close is what waits before it in its job and in the jobs that
 * are counted together with it. */
static enum status read_own(struct conn *c, int64_t run, struct queue_place *ret,
                            int64_t *ret_job, int64_t *ret_close)
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
                            .used = read_used(q, 5, now)};
}

enum status store_queue_place(struct conn *c, int64_t run, int64_t now,
                              struct queue_place *ret)
{
    int64_t job = 0, close = 0;
    struct queue_place place = {.place = 1};
    enum status status = read_own(c, run, &place, &job, &close);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_QUEUE_WAITING);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    sqlite3_bind_int64(q, 2, now);
    struct waiting mine = {.mine = true}, other;
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW) { /* its own owner comes first */
        read_waiting(q, now, &other);
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
