#include "store/leases.h"

#include <stdio.h>
#include <string.h>

#include "store/attempts.h"
#include "store/conn.h"
#include "store/doubt.h"
#include "store/queue_inner.h"
#include "store/traces.h"

/* The columns of LEASE_GET and the like. */
static void read_lease(sqlite3_stmt *q, struct lease *ret)
{
    *ret = (struct lease){.id = sqlite3_column_int64(q, 0),
                          .run = sqlite3_column_int64(q, 1),
                          .job = sqlite3_column_int64(q, 2),
                          .verifies = sqlite3_column_int(q, 3) != 0};
    snprintf(ret->who.worker, WORKER_TEXT, "%s", column_text(q, 4));
    snprintf(ret->who.host, WORKER_TEXT, "%s", column_text(q, 5));
    snprintf(ret->who.slurm, WORKER_TEXT, "%s", column_text(q, 6));
}

/* The one lease that a prepared statement gives. */
static enum status read_one(struct conn *c, sqlite3_stmt *q, struct lease *ret)
{
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW)
        read_lease(q, ret);
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

enum status store_lease_get(struct conn *c, int64_t id, struct lease *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_LEASE_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, id);
    enum status status = read_one(c, q, ret);
    return status == STATUS_NOT_FOUND ? STATUS_LEASE_LOST : status;
}

static enum status find_by_worker(struct conn *c, const char *worker, struct lease *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_LEASE_OF_WORKER);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 1, worker);
    return read_one(c, q, ret);
}

static enum status open_lease(struct conn *c, struct lease *l)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_LEASE_OPEN);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, l->run);
    sqlite3_bind_int64(q, 2, l->job);
    sqlite3_bind_int(q, 3, l->verifies);
    bind_text(q, 4, l->who.worker);
    bind_text(q, 5, l->who.host);
    bind_text(q, 6, l->who.slurm[0] != '\0' ? l->who.slurm : NULL);
    enum status status = conn_run(c, q);
    l->id = sqlite3_last_insert_rowid(c->db);
    return status;
}

enum status store_lease_claim(struct conn *c, const struct schedule_limits *limits,
                              int64_t now, const struct worker_name *who,
                              struct claim *ret, struct lease *ret_lease)
{
    enum status status = find_by_worker(c, who->worker, ret_lease);
    if (status == STATUS_OK)
        return queue_read_work(c, ret_lease->run, ret_lease->verifies, true, ret);
    if (status == STATUS_NOT_FOUND)
        status = store_claim(c, limits, now, ret);
    if (status == STATUS_OK && !ret->verifies)
        status = conn_apply(c, STATEMENT_RUN_TRUST, ret->run);
    if (status != STATUS_OK)
        return status;
    *ret_lease = (struct lease){
        .run = ret->run, .job = ret->job, .verifies = ret->verifies, .who = *who};
    return open_lease(c, ret_lease);
}

enum status store_lease_unwanted(struct conn *c, const struct lease *l, bool *ret)
{
    int64_t wanted = 0;
    enum status status =
        conn_read(c, l->verifies ? STATEMENT_VERIFY_AT_WORK : STATEMENT_RUN_WANTED,
                  &wanted, l->run);
    *ret = wanted == 0;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status store_lease_list(struct conn *c,
                             bool (*visit)(void *arg, const struct lease *l), void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_LEASE_LIST);
    if (q == NULL)
        return conn_status(c);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        struct lease l;
        read_lease(q, &l);
        more = visit(arg, &l);
    }
    sqlite3_reset(q);
    return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

enum status store_lease_close(struct conn *c, int64_t id)
{
    return conn_apply(c, STATEMENT_LEASE_CLOSE, id);
}

/* What the attempt leaves, and how often it was lost before; NOT_FOUND: no such run. */
static enum status read_left(struct conn *c, const struct lease *l, struct run_end *ret,
                             int64_t *ret_doubts)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_LEFT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, l->run);
    int code = sqlite3_step(q);
    *ret = (struct run_end){.run = l->run,
                            .job = l->job,
                            .state = RUN_QUEUED,
                            .seconds = sqlite3_column_double(q, 0),
                            .earlier = sqlite3_column_double(q, 1),
                            .seen = sqlite3_column_int64(q, 2)};
    *ret_doubts = sqlite3_column_int64(q, 3);
    sqlite3_reset(q);
    return conn_row_status(c, code);
}

static enum status lose_run(struct conn *c, const struct lease *l, int64_t now,
                            bool *ret_dead)
{
    char reason[200];
    struct run_end end;
    int64_t doubts = 0;
    enum status status = read_left(c, l, &end, &doubts);
    if (status != STATUS_OK)
        return status;
    end.now = now;
    end.reason = reason;
    *ret_dead = ++doubts >= DOUBTS_MAX;
    if (*ret_dead) {
        snprintf(reason, sizeof reason,
                 "its worker was lost %d times while it was at work, the last time on "
                 "%s, and it got no further; perhaps it takes more memory than there is",
                 DOUBTS_MAX, l->who.host);
        end.state = RUN_DEAD;
        end.outcome = "killed";
        return store_run_finish(c, &end);
    }
    snprintf(reason, sizeof reason, "its worker on %s was not heard of any more",
             l->who.host);
    status = store_run_requeue(c, &end);
    return status == STATUS_OK ? conn_apply(c, STATEMENT_RUN_LOST, l->run, doubts)
                               : status;
}

static enum status lose_verification(struct conn *c, const struct lease *l, int64_t now)
{
    char reason[100];
    int64_t crashes = 0;
    enum status status = conn_read(c, STATEMENT_VERIFY_CRASHES, &crashes, l->run);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_OK && crashes + 1 < DOUBTS_MAX)
        return conn_apply(c, STATEMENT_VERIFY_AGAIN, l->run, crashes + 1);
    snprintf(reason, sizeof reason, "its worker was lost %d times while it was at work",
             DOUBTS_MAX);
    struct verification_end end = {.run = l->run,
                                   .job = l->job,
                                   .now = now,
                                   .state = "failed",
                                   .seq = -1,
                                   .reason = reason};
    return status == STATUS_OK ? store_verification_end(c, &end) : status;
}

enum status store_lease_lost(struct conn *c, int64_t id, int64_t now, bool *ret_dead)
{
    struct lease l;
    *ret_dead = false;
    enum status status = store_lease_get(c, id, &l);
    if (status == STATUS_OK)
        status =
            l.verifies ? lose_verification(c, &l, now) : lose_run(c, &l, now, ret_dead);
    return status == STATUS_OK || status == STATUS_NOT_FOUND ? store_lease_close(c, id)
                                                             : status;
}

/* How many columns the run has, and its newest row. */
static enum status read_extent(struct conn *c, int64_t run, size_t *ret_columns,
                               int64_t *ret_last)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_EXTENT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    int code = sqlite3_step(q);
    const char *columns = column_text(q, 0);
    *ret_columns = *columns != '\0';
    for (; *columns != '\0'; columns++)
        *ret_columns += *columns == ' ';
    *ret_last = column_integer(q, 1, -1);
    sqlite3_reset(q);
    return conn_row_status(c, code);
}

enum status store_lease_row(struct conn *c, const struct lease *l,
                            const struct lease_row *row, int64_t now)
{
    size_t columns = 0;
    int64_t last = -1;
    struct trace_entry e = {.run = l->run,
                            .job = l->job,
                            .seq = row->seq,
                            .seconds = row->seconds,
                            .now = now};
    enum status status = read_extent(c, l->run, &columns, &last);
    if (status != STATUS_OK)
        return status;
    if (row->count != columns || row->seq < 0 || (!l->verifies && row->seq > last + 1))
        return STATUS_PRECONDITION_FAILED;
    return l->verifies ? store_trace_compare_values(c, &e, row->value, row->count)
                       : store_trace_add_values(c, &e, row->value, row->count);
}
