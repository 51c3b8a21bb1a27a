#include "store/absent.h"

#include "store/conn.h"

enum status store_absent_list(struct conn *c, bool (*visit)(void *arg, const char *name),
                              void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_ABSENT_LIST);
    if (q == NULL)
        return conn_status(c);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW)
        more = visit(arg, column_text(q, 0));
    sqlite3_reset(q);
    return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

enum status store_absent_end(struct conn *c, const char *name)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_ABSENT_END);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 1, name);
    return conn_run(c, q);
}

enum status store_dataset_runs(struct conn *c, const char *name, int64_t *ret_runs)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_DATASET_RUNS);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 1, name);
    bool found = sqlite3_step(q) == SQLITE_ROW;
    if (found)
        *ret_runs = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return found ? STATUS_OK : conn_status(c);
}
