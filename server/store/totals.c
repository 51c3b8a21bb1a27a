#include "store/totals.h"

#include "store/conn.h"

enum status store_run_totals(struct conn *c, int64_t ret[static RUN_STATES])
{
    int64_t runs[RUN_STATES] = {0};
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_RUN_TOTALS);
    if (q == NULL)
        return conn_status(c);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW) {
        enum run_state s = run_state_of(column_text(q, 0));
        if (s < RUN_STATES)
            runs[s] = sqlite3_column_int64(q, 1);
    }
    enum status status = code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    sqlite3_reset(q);
    for (int s = 0; s < RUN_STATES && status == STATUS_OK; s++)
        ret[s] = runs[s];
    return status;
}
