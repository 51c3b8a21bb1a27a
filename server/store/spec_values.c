/* The values of specs, for queries. */
#include "store/conn.h"
#include "store/query.h"

enum status store_spec_value_add(struct conn *c, int64_t job, int64_t cell,
                                 const char *path, const struct value *value)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_SPEC_VALUE_ADD);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    bind_text(q, 2, path);
    sqlite3_bind_int64(q, 3, cell);
    if (value->kind == VALUE_NUMBER)
        sqlite3_bind_double(q, 4, value->number);
    else if (value->kind == VALUE_TEXT)
        bind_text(q, 4, value->text);
    else
        sqlite3_bind_zeroblob(q, 4, 0);
    return conn_run(c, q);
}

enum status store_spec_values_done(struct conn *c, int64_t job)
{
    return conn_apply(c, STATEMENT_SPEC_VALUES_DONE, job);
}

enum status store_spec_values_next(struct conn *c, int64_t after, int64_t *ret_job)
{
    return conn_read(c, STATEMENT_SPEC_VALUES_NEXT, ret_job, after);
}
