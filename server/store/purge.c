/* Deleting for good, in pieces that keep the writer free for others in between. A job
 * that is being purged is gone for everybody, and what interrupts the work only puts it
 * off. Pages that ordinary life frees are left to it: only what a purge frees, or left
 * free before this start, goes back to the disk. */
#include "store/conn.h"
#include "store/events.h"
#include "store/steps.h"
#include "store/weights.h"
#include "store/writer.h"

/* A piece fits into the space that a full disk has, too. */
static int64_t rows_at_once(const struct store *s)
{
    return atomic_load(&s->tight) ? 200 : 2000;
}

enum status store_purge_begin(struct conn *c, int64_t job)
{
    int64_t trashed = 0;
    c->frees = true;
    enum status status = conn_read(c, STATEMENT_JOB_TRASHED, &trashed, job);
    if (status != STATUS_OK)
        return status;
    if (!trashed)
        return STATUS_CONFLICT;
    status = conn_apply(c, STATEMENT_CHECKPOINTS_FORGET, job);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_VERIFIES_FORGET, job);
    if (status == STATUS_OK) /* it would find rows missing */
        status = conn_apply(c, STATEMENT_VERIFIES_ABANDON, job);
    if (status == STATUS_OK)
        status = conn_apply(c, STATEMENT_JOB_PURGE, job);
    if (status != STATUS_OK)
        return status;
    return store_event_add(
        c, &(struct event){.kind = "job", .job = job, .state = "deleted"});
}

static enum status delete_job(struct conn *c, int64_t job)
{
    static const enum statement parts[] = {STATEMENT_PURGE_TAGS, STATEMENT_PURGE_COUNTS,
                                           STATEMENT_PURGE_QUEUE, STATEMENT_PURGE_JOB};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && status == STATUS_OK; i++)
        status = conn_apply(c, parts[i], job);
    c->shrinks = true;
    return status;
}

/* Before the runs themselves: of a run that is still there they can be found again. */
static enum status remove_files(struct conn *c, const struct store *files, int64_t job,
                                int64_t at_once)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_PURGE_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, job);
    sqlite3_bind_int64(q, 2, at_once);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW)
        store_weights_remove(files, sqlite3_column_int64(q, 0));
    sqlite3_reset(q);
    return code == SQLITE_DONE ? STATUS_OK : conn_status(c);
}

/* The rows of its runs, then the runs with their files, then the job itself. */
static enum status purge_job(struct conn *c, const struct store *files, int64_t job)
{
    static const enum statement parts[] = {
        STATEMENT_PURGE_TRACES,   STATEMENT_PURGE_PARTS,   STATEMENT_PURGE_ATTEMPTS,
        STATEMENT_PURGE_VERIFIED, STATEMENT_PURGE_CHANGES, STATEMENT_PURGE_RUNS,
        STATEMENT_PURGE_VALUES};
    int64_t at_once = rows_at_once(files);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        enum status status = STATUS_OK;
        if (parts[i] == STATEMENT_PURGE_RUNS)
            status = remove_files(c, files, job, at_once);
        if (status == STATUS_OK)
            status = conn_apply(c, parts[i], job, at_once);
        if (status != STATUS_OK || sqlite3_changes(c->db) > 0)
            return status;
    }
    return delete_job(c, job);
}

static enum status free_some_pages(struct conn *c, bool tight, int64_t pages)
{
    sqlite3_stmt *q = conn_prepare(c, tight ? STATEMENT_FREE_FEW : STATEMENT_FREE_SOME);
    if (q == NULL)
        return conn_status(c);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW)
        ;
    enum status status = code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    sqlite3_reset(q);
    int64_t left = 0;
    if (status == STATUS_OK)
        status = conn_read(c, STATEMENT_FREE_PAGES, &left);
    c->wants_checkpoint = true; /* the file becomes shorter with the next one */
    c->shrinks = left < pages;  /* not every file can */
    return status;
}

enum status store_purge_some(struct conn *c, const struct store *files)
{
    int64_t job = 0, pages = 0;
    c->frees = true;
    enum status status = conn_read(c, STATEMENT_PURGE_NEXT, &job);
    if (status == STATUS_OK)
        return purge_job(c, files, job);
    if (status != STATUS_NOT_FOUND || !c->shrinks)
        return status;
    status = conn_read(c, STATEMENT_FREE_PAGES, &pages);
    if (status == STATUS_OK && pages > 0)
        return free_some_pages(c, atomic_load(&files->tight), pages);
    if (status == STATUS_OK)
        c->shrinks = false;
    return status == STATUS_OK ? STATUS_NOT_FOUND : status;
}
