#include "store/queue.h"

#include <string.h>

#include "store/attempts.h"
#include "store/doubt.h"
#include "store/events.h"
#include "store/queue_inner.h"
#include "store/states.h"

static double seconds_between(int64_t from, int64_t to)
{
    return (double)(to - from) / 1000;
}

/* Who has the best claim so far. */
struct best {
    const struct schedule_limits *limits;
    int64_t now;
    int64_t run; /* 0: nobody */
    struct contender contender;
    bool waits; /* somebody does, who will have one soon */
};

double queue_read_used(sqlite3_stmt *q, int at, int64_t now)
{
    if (sqlite3_column_type(q, at) == SQLITE_NULL)
        return sqlite3_column_double(q, at + 2);
    int64_t since = sqlite3_column_int64(q, at + 1);
    return schedule_decay(sqlite3_column_double(q, at), seconds_between(since, now)) +
           sqlite3_column_double(q, at + 2);
}

/* Compares the best with these heads of the queue. */
static enum status contest(struct conn *c, enum statement heads, struct best *best)
{
    sqlite3_stmt *q = conn_prepare(c, heads);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, best->now);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW) {
        struct contender one = {.job = sqlite3_column_int64(q, 1),
                                .priority = sqlite3_column_int64(q, 2),
                                .running = sqlite3_column_int64(q, 3),
                                .used = queue_read_used(q, 4, best->now),
                                .verifies = heads == STATEMENT_QUEUE_VERIFICATIONS};
        bool settles = heads == STATEMENT_QUEUE_SUSPECTS && best->limits->settling &&
                       doubts_leave_one_chance(sqlite3_column_int64(q, 7));
        best->waits = best->waits || settles;
        if (!settles && schedule_may_run(&one, best->limits) &&
            (best->run == 0 || schedule_goes_before(&one, &best->contender))) {
            best->contender = one;
            best->run = sqlite3_column_int64(q, 0);
        }
    }
    sqlite3_reset(q);
    return code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

/* Whose turn it is: the best of the heads of all owners. NOT_FOUND; CONFLICT. */
static enum status next_turn(struct conn *c, struct best *best)
{
    static const enum statement heads[] = {STATEMENT_QUEUE_SUSPECTS, STATEMENT_QUEUE_JOBS,
                                           STATEMENT_QUEUE_VERIFICATIONS};
    int64_t suspect = 0;
    enum status status = store_queue_suspect(c, best->now, &suspect);
    if (status == STATUS_OK && suspect != 0)
        return STATUS_CONFLICT;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0] && status == STATUS_OK; i++)
        status = contest(c, heads[i], best);
    if (status != STATUS_OK || best->run != 0)
        return status;
    return best->waits ? STATUS_CONFLICT : STATUS_NOT_FOUND;
}

static char *copy_text(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}

enum status queue_read_work(struct conn *c, int64_t run, bool verifies, bool again,
                            struct claim *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_WORK);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    enum status status = STATUS_OK;
    if (sqlite3_step(q) == SQLITE_ROW)
        *ret = (struct claim){.run = run,
                              .verifies = verifies,
                              .job = sqlite3_column_int64(q, 0),
                              .seed = (uint64_t)sqlite3_column_int64(q, 1),
                              .attempt = sqlite3_column_int64(q, 2) + !again,
                              .reuse = sqlite3_column_int64(q, 3) != 0,
                              .params = strdup(column_text(q, 4)),
                              .spec = strdup(column_text(q, 5)),
                              .data_sha256 = copy_text(column_text_or_null(q, 6)),
                              .last = column_integer(q, 7, -1)};
    else
        status = conn_status(c) == STATUS_OK ? STATUS_CORRUPT : conn_status(c);
    sqlite3_reset(q);
    bool may_be_too_large = status == STATUS_OK && ret->attempt > 2 && !ret->verifies;
    return may_be_too_large
               ? store_run_refused(c, ret->run, status_text(STATUS_NO_MEMORY),
                                   &ret->too_large, &ret->begun)
               : status;
}

enum status store_run_claimed(struct conn *c, int64_t run, struct claim *ret)
{
    return queue_read_work(c, run, false, true, ret);
}

enum status store_claim(struct conn *c, const struct schedule_limits *limits, int64_t now,
                        struct claim *ret)
{
    struct best best = {.limits = limits, .now = now};
    enum status status = next_turn(c, &best);
    if (status == STATUS_OK)
        status = queue_read_work(c, best.run, best.contender.verifies, false, ret);
    if (status == STATUS_OK && ret->verifies)
        return conn_apply(c, STATEMENT_VERIFY_CLAIM, ret->run, now);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_RUN_CLAIM, ret->run, now);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_ATTEMPT_OPEN, ret->run, ret->attempt, now);
    if (status == STATUS_OK)
        status = store_event_run(c, ret->job, ret->run, RUN_RUNNING);
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
