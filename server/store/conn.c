#include "store/conn.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/states.h"

static const char *const sql_text[STATEMENT_COUNT] = {
#define STATEMENT(name, sql) [STATEMENT_##name] = sql,
#include "store/statements.def"
#undef STATEMENT
};

/* SQLite knows a full disk only by one error, and only where it writes. */
enum status conn_status(const struct conn *c)
{
    int code = sqlite3_extended_errcode(c->db), cause = sqlite3_system_errno(c->db);
    bool writes = code == SQLITE_IOERR_WRITE || (code & 0xff) == SQLITE_CANTOPEN;
    bool is_full = writes && (cause == ENOSPC || cause == EDQUOT);
    return is_full ? STATUS_NO_SPACE : conn_status_of(code);
}

enum status conn_status_of(int code)
{
    if (code ==
        SQLITE_IOERR_SHMSIZE) /* so a full disk shows where the log's index grows */
        return STATUS_NO_SPACE;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STATUS_OK;
    case SQLITE_FULL:
        return STATUS_NO_SPACE;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STATUS_CORRUPT;
    case SQLITE_CONSTRAINT:
        return STATUS_CONFLICT;
    default:
        return STATUS_IO;
    }
}

/* job_state(queued, held, ...): the state of a job with so many runs in each. */
static void job_state(sqlite3_context *context, int n, sqlite3_value **counts)
{
    long long runs[RUN_STATES] = {0};
    for (int s = 0; s < n; s++)
        runs[s] = sqlite3_value_int64(counts[s]);
    sqlite3_result_text(context, job_state_of(runs), -1, SQLITE_STATIC);
}

static enum status configure(struct conn *c, bool writer, struct buf *why)
{
    sqlite3_extended_result_codes(c->db, 1);
    sqlite3_busy_timeout(c->db, CONN_PATIENCE_MS);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (sqlite3_create_function(c->db, "job_state", RUN_STATES,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                NULL, job_state, NULL, NULL) != SQLITE_OK)
        return conn_status(c);
    if (!writer) {
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return conn_execute(c, "PRAGMA query_only = ON; PRAGMA cache_size = -8192", why);
    }
    return conn_execute(c,
                        "PRAGMA foreign_keys = ON;"
                        "PRAGMA cell_size_check = ON;"
                        "PRAGMA temp_store = MEMORY;"
                        "PRAGMA mmap_size = 0",
                        why);
}

int64_t conn_ask(struct conn *c, const char *sql)
{
    sqlite3_stmt *q;
    int64_t value = -1;
    if (sqlite3_prepare_v2(c->db, sql, -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

/* A file that has it all already is not written: that may be impossible. */
enum status conn_make_durable(struct conn *c, struct buf *why)
{
    enum status status = STATUS_OK;
    if (conn_ask(c, "PRAGMA page_count") == 0)
        status = conn_execute(c, "PRAGMA auto_vacuum = INCREMENTAL", why);
    if (status != STATUS_OK)
        return status;
    return conn_execute(c,
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = FULL;"
                        "PRAGMA wal_autocheckpoint = 0;"
                        "PRAGMA journal_size_limit = 67108864",
                        why);
}

enum status conn_open(const char *path, bool writer, struct conn **ret, struct buf *why)
{
    struct conn *c = calloc(1, sizeof *c);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
        (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    enum status status = STATUS_OK;
    if (sqlite3_open_v2(path, &c->db, flags, NULL) != SQLITE_OK) {
        buf_addf(why, "%s: %s", path, c->db ? sqlite3_errmsg(c->db) : "no memory");
        status = STATUS_IO;
    }
    if (status == STATUS_OK)
        status = configure(c, writer, why);
    if (status != STATUS_OK) {
        conn_close(c);
        return status;
    }
    *ret = c;
    return STATUS_OK;
}

void conn_close(struct conn *c)
{
    if (c == NULL)
        return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(c->statement[i]);
    sqlite3_close(c->db);
    free(c);
}

enum status conn_row_status(const struct conn *c, int code)
{
    return code == SQLITE_ROW    ? STATUS_OK
           : code == SQLITE_DONE ? STATUS_NOT_FOUND
                                 : conn_status(c);
}

sqlite3_stmt *conn_prepare(struct conn *c, enum statement s)
{
    sqlite3_stmt **q = &c->statement[s];
    if (*q == NULL &&
        sqlite3_prepare_v3(c->db, sql_text[s], -1, SQLITE_PREPARE_PERSISTENT, q, NULL) !=
            SQLITE_OK) {
        log_error("SQL statement %d: %s", (int)s, sqlite3_errmsg(c->db));
        return NULL;
    }
    sqlite3_reset(*q);
    sqlite3_clear_bindings(*q);
    return *q;
}

enum status conn_run(struct conn *c, sqlite3_stmt *q)
{
    if (q == NULL)
        return conn_status(c);
    int code = sqlite3_step(q);
    enum status status = code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    if (status != STATUS_OK)
        log_error("SQL: %s", sqlite3_errmsg(c->db));
    sqlite3_reset(q);
    return status;
}

static sqlite3_stmt *bind_all(struct conn *c, enum statement s, size_t n,
                              const int64_t *value)
{
    sqlite3_stmt *q = conn_prepare(c, s);
    for (size_t i = 0; i < n && q != NULL; i++)
        sqlite3_bind_int64(q, (int)i + 1, value[i]);
    return q;
}

enum status conn_apply_integers(struct conn *c, enum statement s, size_t n,
                                const int64_t *value)
{
    return conn_run(c, bind_all(c, s, n, value));
}

enum status conn_read_integer(struct conn *c, enum statement s, int64_t *ret, size_t n,
                              const int64_t *value)
{
    sqlite3_stmt *q = bind_all(c, s, n, value);
    if (q == NULL)
        return conn_status(c);
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW)
        *ret = sqlite3_column_int64(q, 0);
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

void bind_text(sqlite3_stmt *q, int at, const char *text)
{
    sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);
}

enum status conn_execute(struct conn *c, const char *sql, struct buf *why)
{
    char *message = NULL;
    if (sqlite3_exec(c->db, sql, NULL, NULL, &message) == SQLITE_OK)
        return STATUS_OK;
    enum status status = conn_status(c);
    buf_addf(why, "database: %s", message != NULL ? message : sqlite3_errmsg(c->db));
    sqlite3_free(message);
    return status;
}

const char *column_text_or_null(sqlite3_stmt *q, int column)
{
    return (const char *)sqlite3_column_text(q, column);
}

const char *column_text(sqlite3_stmt *q, int column)
{
    const char *text = column_text_or_null(q, column);
    return text != NULL ? text : "";
}

int64_t column_integer(sqlite3_stmt *q, int column, int64_t otherwise)
{
    return sqlite3_column_type(q, column) == SQLITE_NULL
               ? otherwise
               : sqlite3_column_int64(q, column);
}

double column_number(sqlite3_stmt *q, int column)
{
    return sqlite3_column_type(q, column) == SQLITE_NULL
               ? (double)NAN
               : sqlite3_column_double(q, column);
}

enum status store_read_begin(struct conn *c)
{
    return conn_run(c, conn_prepare(c, STATEMENT_READ_BEGIN));
}

void store_read_end(struct conn *c)
{
    conn_run(c, conn_prepare(c, STATEMENT_READ_END));
}
