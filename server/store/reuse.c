/* A run that takes over the trace of another one instead of computing it again. */
#include <stdio.h>

#include "store/attempts.h"
#include "store/conn.h"
#include "store/events.h"
#include "store/traces.h"
#include "store/weights.h"

struct twin {
    int64_t id, last, weights;
    char outcome[32];
};

/* The first one with an id above `after`. */
static enum status next_twin(struct conn *c, const struct run_start *s, int64_t after,
                             struct twin *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_TWIN);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, s->run);
    bind_text(q, 2, s->spec_sha256);
    bind_text(q, 3, s->data_sha256);
    bind_text(q, 4, s->core);
    bind_text(q, 5, s->columns);
    sqlite3_bind_int64(q, 6, after);
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW) {
        ret->id = sqlite3_column_int64(q, 0);
        snprintf(ret->outcome, sizeof ret->outcome, "%s", column_text(q, 1));
        ret->last = sqlite3_column_int64(q, 2);
        ret->weights = column_integer(q, 3, 0);
    }
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

static bool count_row(void *arg, const struct trace_stored *row)
{
    *(int64_t *)arg = row->seq + 1;
    return true;
}

/* Whether all of its rows are there, as they were written. */
static enum status check_rows(struct conn *c, const struct twin *twin)
{
    int64_t rows = 0;
    enum status status = store_trace_list(c, twin->id, -1, count_row, &rows);
    return status == STATUS_OK && rows != twin->last + 1 ? STATUS_CORRUPT : status;
}

/* One that the disk has damaged is passed over. */
static enum status find_twin(struct conn *c, const struct run_start *s, struct twin *ret)
{
    int64_t after = 0;
    enum status status;
    do {
        status = next_twin(c, s, after, ret);
        if (status != STATUS_OK)
            return status;
        after = ret->id;
        status = check_rows(c, ret);
    } while (status == STATUS_CORRUPT);
    return status;
}

/* The rows of its trace and its counts of changes. */
static enum status copy_rows(struct conn *c, int64_t run, int64_t twin)
{
    enum status status = store_trace_forget(c, run);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_TRACE_COPY, run, twin);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_TRACE_PARTS_COPY, run, twin);
    return status == STATUS_OK ? conn_apply(c, STATEMENT_CHANGES_COPY, run, twin)
                               : status;
}

enum status store_run_reuse(struct conn *c, const struct store *files,
                            const struct run_start *s, int64_t job, int64_t now)
{
    struct twin twin;
    if (s->timed)
        return STATUS_NOT_FOUND;
    enum status status = find_twin(c, s, &twin);
    if (status == STATUS_OK && twin.weights > 0)
        status = store_weights_link(files, twin.id, s->run);
    if (status == STATUS_OK)
        status = copy_rows(c, s->run, twin.id);
    if (status == STATUS_OK)
        status = store_event_add(
            c, &(struct event){
                   .kind = "trace", .job = job, .run = s->run, .last = twin.last});
    struct run_end end = {.run = s->run,
                          .job = job,
                          .state = RUN_SUCCEEDED,
                          .outcome = twin.outcome,
                          .weights = twin.weights,
                          .now = now};
    if (status == STATUS_OK)
        status = store_run_finish(c, &end);
    return status == STATUS_OK ? conn_apply(c, STATEMENT_RUN_COPY, s->run, twin.id)
                               : status;
}
