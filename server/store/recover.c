#include "store/recover.h"

#include <stdio.h>

#include "store/attempts.h"
#include "store/conn.h"
#include "store/doubt.h"
#include "store/verifications.h"

static const char WITHOUT_NOTICE[] = "the server ended without notice";

/* A run that was at work. */
struct left {
    struct run_end end;
    bool suspect;
    int64_t doubts;
};

/* One that is still there; NOT_FOUND: none. */
static enum status read_left(struct conn *c, int64_t now, struct left *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_RUNNING);
    if (q == NULL)
        return conn_status(c);
    int code = sqlite3_step(q);
    ret->end = (struct run_end){.run = sqlite3_column_int64(q, 0),
                                .job = sqlite3_column_int64(q, 1),
                                .seconds = sqlite3_column_double(q, 2),
                                .state = RUN_QUEUED,
                                .earlier = sqlite3_column_double(q, 3),
                                .seen = sqlite3_column_int64(q, 4),
                                .now = now};
    ret->suspect = sqlite3_column_int(q, 5) != 0;
    ret->doubts = sqlite3_column_int64(q, 6);
    sqlite3_reset(q);
    if (code == SQLITE_ROW)
        return STATUS_OK;
    return code == SQLITE_DONE ? STATUS_NOT_FOUND : conn_status(c);
}

static enum status set_aside(struct conn *c, struct run_end *e, const char *outcome,
                             struct recovery *ret)
{
    e->state = RUN_DEAD;
    e->outcome = outcome;
    ret->dead = e->run;
    return store_run_finish(c, e);
}

/* One more crash of the process by this run; the last one ends it. */
static enum status recover_blamed(struct conn *c, struct run_end *e, const char *signal,
                                  struct recovery *ret)
{
    char reason[200];
    int64_t crashes = 0;
    enum status status = conn_apply(c, STATEMENT_RUN_CRASHED, e->run);
    if (status == STATUS_OK)
        status = conn_read(c, STATEMENT_RUN_CRASHES, &crashes, e->run);
    if (status != STATUS_OK)
        return status;
    snprintf(reason, sizeof reason, "it crashed the server (%s): %lld of %d times",
             signal, (long long)crashes, CRASHES_MAX);
    e->reason = reason;
    return crashes < CRASHES_MAX ? store_run_requeue(c, e)
                                 : set_aside(c, e, "crashed", ret);
}

static enum status recover_suspect(struct conn *c, struct left *l, bool alone,
                                   struct recovery *ret)
{
    char reason[200];
    int64_t doubts = doubts_after(l->doubts, alone);
    if (doubts >= DOUBTS_MAX) {
        snprintf(reason, sizeof reason,
                 "the server was killed %d times while it was at work, and it got no "
                 "further; perhaps it takes more memory than there is",
                 DOUBTS_MAX);
        l->end.reason = reason;
        return set_aside(c, &l->end, "killed", ret);
    }
    l->end.reason = WITHOUT_NOTICE;
    enum status status = store_run_requeue(c, &l->end);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_RUN_DOUBT, l->end.run, doubts);
    ret->suspects += status == STATUS_OK && sqlite3_changes(c->db) > 0;
    return status;
}

static enum status recover_run(struct conn *c, struct left *l, const struct blame *b,
                               bool alone, struct recovery *ret)
{
    l->end.reason = b->stopping ? "the server stopped" : WITHOUT_NOTICE;
    if (l->end.run == b->run)
        return recover_blamed(c, &l->end, b->signal, ret);
    if (b->run != 0 || b->stopping)
        return store_run_requeue(c, &l->end);
    return recover_suspect(c, l, alone && l->suspect, ret);
}

/* A verification that was at work; NOT_FOUND: none is left. */
static enum status recover_verification(struct conn *c, const struct blame *b,
                                        int64_t now)
{
    char reason[200];
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_VERIFY_RUNNING);
    if (q == NULL)
        return conn_status(c);
    int code = sqlite3_step(q);
    struct verification_end end = {.run = sqlite3_column_int64(q, 0),
                                   .job = sqlite3_column_int64(q, 1),
                                   .state = "failed",
                                   .seq = -1,
                                   .reason = reason,
                                   .now = now};
    int64_t crashes = sqlite3_column_int64(q, 2) + (b->run == 0 && !b->stopping);
    sqlite3_reset(q);
    if (code != SQLITE_ROW)
        return code == SQLITE_DONE ? STATUS_NOT_FOUND : conn_status(c);
    snprintf(reason, sizeof reason, "it crashed the server");
    if (end.run != b->run && crashes < DOUBTS_MAX)
        return conn_apply(c, STATEMENT_VERIFY_AGAIN, end.run, crashes);
    if (end.run != b->run)
        snprintf(reason, sizeof reason,
                 "the server was killed %d times while it was at work", DOUBTS_MAX);
    return store_verification_end(c, &end);
}

enum status store_recover(struct conn *c, const struct blame *b, int64_t now,
                          struct recovery *ret)
{
    struct left left;
    int64_t suspects = 0;
    *ret = (struct recovery){.dead = 0};
    enum status status = conn_read(c, STATEMENT_SUSPECTS_AT_WORK, &suspects);
    while (status == STATUS_OK && (status = read_left(c, now, &left)) == STATUS_OK)
        status = recover_run(c, &left, b, suspects == 1, ret);
    if (status == STATUS_NOT_FOUND)
        status = STATUS_OK;
    while (status == STATUS_OK)
        status = recover_verification(c, b, now);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
