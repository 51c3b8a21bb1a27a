/* One SQLite connection with its prepared statements. Private to the floor. */
#ifndef FRUGAL_STORE_CONN_H
#define FRUGAL_STORE_CONN_H

#include <sqlite3.h>

#include "store/store.h"

/* What store_run_* reads, in the order of the members of struct run. */
#define RUN_COLUMNS                                                                      \
    "run.id, run.job, job.dataset, run.cell, run.seed, run.params, run.state, "          \
    "run.outcome, run.reason, run.attempts, run.created, run.started, run.finished, "    \
    "run.seconds, run.stop_samples, run.columns, run.spec_sha256, run.data_sha256, "     \
    "run.build, run.core, run.cpu, run.host, run.last, run.samples, run.epochs, "        \
    "run.test_accuracy, run.m0, run.m1, run.m0_direct, run.m1_direct, "                  \
    "run.maintenance, " NEWEST("value")                                                  \
        NEWEST("hash") "run.weights, run.reused, run.absent, " VERIFIED("state")         \
            VERIFIED("requested") VERIFIED("finished") VERIFIED("seq")                   \
                VERIFIED("reason") VERIFIED("build") VERIFIED("core") "NULL"

/* Of the newest row of its trace. */
#define NEWEST(column)                                                                   \
    "(SELECT " column " FROM trace WHERE trace.run = run.id AND trace.seq = run.last), "

/* Of the newest verification of a run, if there is one. */
#define VERIFIED(column)                                                                 \
    "(SELECT " column " FROM verification WHERE verification.run = run.id), "

/* A table of what is at work, runs and verifications, by owner: seconds until ?1. */
#define BUSY                                                                             \
    "busy AS (SELECT owner, count(*) AS runs, total(?1 - started) / 1000 AS seconds "    \
    "FROM (SELECT queue.owner, run.started FROM run JOIN queue ON queue.job = run.job "  \
    "WHERE run.state = 'running' UNION ALL "                                             \
    "SELECT owner, started FROM verification WHERE state = 'running') GROUP BY owner) "

/* What an owner has at work and what he has used, as queue.c reads it; and the joins with
 * him that this needs, and BUSY. */
#define USE                                                                              \
    "coalesce(busy.runs, 0), owner.used, owner.used_at, coalesce(busy.seconds, 0) "
#define USE_OF(name)                                                                     \
    "LEFT JOIN owner ON owner.name = " name " LEFT JOIN busy ON busy.owner = " name " "

/* What runs under suspicion have on top of the priority of their job. */
#define FIRST "(1 << 40)"

/* A table of what waits, with the age and the priority of its turn; runs are counted in
 * blocks, as old as the last job of each. */
#define WAITING                                                                          \
    "(SELECT owner, priority, block + 511 AS job, queued AS waiting, 0 AS verifies "     \
    "FROM waiting WHERE queued > 0 UNION ALL "                                           \
    "SELECT owner, priority, behind, 1, 1 FROM verification WHERE state = 'queued' "     \
    "UNION ALL SELECT owner, priority + " FIRST ", run.job, 1, 0 FROM run JOIN queue "   \
    "ON queue.job = run.job WHERE run.suspect = 1 AND run.state = 'queued')"

/* What store_job_* reads; `spec` is left out of lists. */
#define JOB_COLUMNS(spec)                                                                \
    "SELECT id, name, note, tags, dataset, owner, " spec ", cells, priority, parallel, " \
    "created, started, finished, trashed FROM job "

/* A lease as read_lease reads it; and of runs, whether none is leased. */
#define LEASE "SELECT id, run, job, verifies, worker, host, slurm FROM lease "
#define NOT_LEASED                                                                       \
    "NOT EXISTS (SELECT 1 FROM lease WHERE lease.run = run.id AND lease.verifies = 0)"

enum statement {
#define STATEMENT(name, sql) STATEMENT_##name,
#include "store/statements.def"
#undef STATEMENT
    STATEMENT_COUNT
};

enum { CONN_PATIENCE_MS = 5000 }; /* with locks of other connections */

struct conn {
    sqlite3 *db;
    sqlite3_stmt *statement[STATEMENT_COUNT]; /* prepared on first use */
    int64_t last_event;    /* seq of the newest event written; writer only */
    bool wants_checkpoint; /* after this transaction; writer only */
    bool frees;   /* this transaction makes space: it may have the last of the reserve */
    bool shrinks; /* free pages are to go back to the disk; writer only */
    struct store *store; /* of a reader, and */
    struct conn *next;   /* the readers of a store are linked */
};

/* Opens the file and sets what every connection needs. IO, NO_MEMORY. */
enum status conn_open(const char *path, bool writer, struct conn **ret, struct buf *why);
void conn_close(struct conn *c);

/* The writer's journal: what is committed is on the disk. Changes a new file. */
enum status conn_make_durable(struct conn *c, struct buf *why);

/* A statement, reset and without bindings; NULL: see conn_status. */
sqlite3_stmt *conn_prepare(struct conn *c, enum statement s);

/* The last error of the connection, or a result code of SQLite, as a status. */
enum status conn_status(const struct conn *c);
enum status conn_status_of(int code);

/* What the first step of a statement came to that asks for one row. NOT_FOUND: none. */
enum status conn_row_status(const struct conn *c, int code);

/* Steps a statement that returns no rows to its end. */
enum status conn_run(struct conn *c, sqlite3_stmt *q);

/* Runs a statement whose parameters are these integers, in order. */
enum status conn_apply_integers(struct conn *c, enum statement s, size_t n,
                                const int64_t *value);
#define conn_apply(c, s, ...)                                                            \
    conn_apply_integers(c, s, sizeof(int64_t[]){__VA_ARGS__} / sizeof(int64_t),          \
                        (int64_t[]){__VA_ARGS__})

/* The one integer that a statement with these parameters gives. NOT_FOUND: no row. */
enum status conn_read_integer(struct conn *c, enum statement s, int64_t *ret, size_t n,
                              const int64_t *value);
#define conn_read(c, s, ret, ...)                                                        \
    conn_read_integer(c, s, ret,                                                         \
                      sizeof(int64_t[]){0, ##__VA_ARGS__} / sizeof(int64_t) - 1,         \
                      (int64_t[]){0, ##__VA_ARGS__} + 1)

/* Binds text that lives until the statement is reset; NULL binds NULL. */
void bind_text(sqlite3_stmt *q, int at, const char *text);

/* Runs SQL text of the program itself: pragmas and migrations. */
enum status conn_execute(struct conn *c, const char *sql, struct buf *why);

/* The one integer, not negative, that such a text gives; -1: see conn_status. */
int64_t conn_ask(struct conn *c, const char *sql);

/* Column as text, "" for NULL; as text, NULL for NULL; both live until the next step. */
const char *column_text(sqlite3_stmt *q, int column);
const char *column_text_or_null(sqlite3_stmt *q, int column);

/* Whether a row of a trace is as it was written; `value` and `hash` are columns of the
 * query. */
bool column_is_intact(sqlite3_stmt *q, int64_t seq, int value, int hash);

/* Column as a number, `otherwise` for NULL. */
int64_t column_integer(sqlite3_stmt *q, int column, int64_t otherwise);
double column_number(sqlite3_stmt *q, int column);

#endif
