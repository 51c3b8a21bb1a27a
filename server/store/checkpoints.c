#include "store/checkpoints.h"

#include <stdlib.h>
#include <string.h>

#include "store/conn.h"

enum status store_checkpoint_put(struct conn *c, const struct checkpoint *p)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_CHECKPOINT_PUT);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, p->run);
    sqlite3_bind_int64(q, 2, p->seq);
    sqlite3_bind_blob64(q, 3, p->state, p->size, SQLITE_STATIC);
    sqlite3_bind_double(q, 4, p->seconds);
    enum status status = conn_run(c, q);
    return status == STATUS_OK ? conn_apply(c, STATEMENT_RUN_PROGRESSED, p->run, p->now)
                               : status;
}

enum status store_checkpoint_get(struct conn *c, int64_t run, struct checkpoint *ret)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_CHECKPOINT_GET);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    int code = sqlite3_step(q);
    enum status status = code == SQLITE_DONE ? STATUS_NOT_FOUND : conn_status(c);
    if (code == SQLITE_ROW) {
        size_t size = (size_t)sqlite3_column_bytes(q, 1);
        *ret = (struct checkpoint){.run = run,
                                   .seq = sqlite3_column_int64(q, 0),
                                   .state = malloc(size + 1),
                                   .size = size,
                                   .seconds = sqlite3_column_double(q, 2)};
        if (ret->state != NULL)
            memcpy(ret->state, sqlite3_column_blob(q, 1), size);
        status = ret->state != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    }
    sqlite3_reset(q);
    return status;
}

enum status store_checkpoint_exists(struct conn *c, int64_t run, bool *ret)
{
    int64_t seq = 0;
    enum status status = conn_read(c, STATEMENT_CHECKPOINT_SEQ, &seq, run);
    *ret = status == STATUS_OK;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
