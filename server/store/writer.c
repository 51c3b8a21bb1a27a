/* The writer thread: takes whatever is queued, applies it in one transaction, commits,
 * and only then tells those who wait. */
#include "store/writer.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    BATCH_MAX = 500,         /* writes in one transaction */
    QUEUE_MAX = 4096,        /* patient writes wait while more are ahead */
    PATIENCE_MS = 100,       /* how long a patient write may wait for company */
    CHECKPOINT_PAGES = 1000, /* of write-ahead log, at most */
    PAGE_BYTES = 4096,
    READERS_MS = 200, /* how long a log that is to become shorter waits for them */
    EXIT_IO = 74,     /* EX_IOERR of sysexits.h */
};

/* Moves up to BATCH_MAX writes off the queue; NULL when the store closes. */
static struct write *take_batch(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->first == NULL && !s->closing)
        pthread_cond_wait(&s->work, &s->lock);
    if (s->first != NULL && !s->urgent && !s->closing && s->queued < BATCH_MAX) {
        struct timespec until = clock_deadline(PATIENCE_MS);
        while (!s->urgent && !s->closing && s->queued < BATCH_MAX &&
               pthread_cond_timedwait(&s->work, &s->lock, &until) == 0)
            ;
    }
    struct write *batch = s->first, **end = &s->first;
    size_t n = 0;
    while (*end != NULL && n < BATCH_MAX) {
        end = &(*end)->next;
        n++;
    }
    s->first = *end;
    *end = NULL;
    s->queued -= n;
    if (s->first == NULL) {
        s->last = &s->first;
        s->urgent = false;
    }
    pthread_cond_broadcast(&s->space);
    pthread_mutex_unlock(&s->lock);
    return n > 0 ? batch : NULL;
}

static bool execute(struct conn *c, enum statement s)
{
    sqlite3_stmt *q = conn_prepare(c, s);
    return q != NULL && sqlite3_step(q) == SQLITE_DONE && sqlite3_reset(q) == SQLITE_OK;
}

/* What was written may or may not be on the disk, and the page cache cannot be trusted
 * any more: end without a word to those who wait, so that the next start finds out from
 * the log. */
_Noreturn static void give_up(struct store *s)
{
    log_error("the database could not be written: %s; stopping, nothing that was "
              "acknowledged is lost",
              sqlite3_errmsg(s->writer->db));
    pthread_mutex_lock(&s->lock);
    if (s->failed != NULL)
        s->failed(s->failed_arg);
    _exit(EXIT_IO);
}

/* Whether a write failed because the disk is full, not because somebody decided so. */
static bool lacked_space(const struct conn *c, enum status status)
{
    return status == STATUS_NO_SPACE && conn_status(c) == STATUS_NO_SPACE;
}

/* Each write has a savepoint, so that one that is refused undoes only itself; a write
 * that is alone does without, which costs a copy of each page. One that lacks space takes
 * all with it: those behind it may rely on it. */
static enum status apply_each(struct store *s, struct write *batch)
{
    struct conn *c = s->writer;
    bool is_alone = batch->next == NULL;
    for (struct write *w = batch; w != NULL; w = w->next) {
        int64_t event = c->last_event;
        if (!is_alone && !execute(c, STATEMENT_SAVEPOINT))
            give_up(s);
        w->outcome = w->apply(c, w->arg);
        if (lacked_space(c, w->outcome))
            return STATUS_NO_SPACE;
        if (sqlite3_get_autocommit(c->db)) /* SQLite gave the whole transaction up */
            return w->outcome != STATUS_OK ? w->outcome : STATUS_INTERNAL;
        if (w->outcome != STATUS_OK) {
            execute(c, is_alone ? STATEMENT_ROLLBACK : STATEMENT_ROLLBACK_TO);
            c->last_event = event;
        }
        if (!is_alone)
            execute(c, STATEMENT_RELEASE);
    }
    return STATUS_OK;
}

/* The whole batch, or nothing of it. */
static enum status apply_batch(struct store *s, struct write *batch)
{
    struct conn *c = s->writer;
    c->frees = false;
    if (!execute(c, STATEMENT_BEGIN)) { /* nothing is written yet, which is sure */
        enum status status = conn_status(c);
        if (status == STATUS_IO && (sqlite3_errcode(c->db) & 0xff) != SQLITE_BUSY)
            give_up(s);
        return status;
    }
    int64_t before = c->last_event;
    enum status status = apply_each(s, batch);
    bool is_undone = sqlite3_get_autocommit(c->db);
    if (status == STATUS_OK && !is_undone && !execute(c, STATEMENT_COMMIT)) {
        status = conn_status(c);
        if (status != STATUS_NO_SPACE)
            give_up(s);
    }
    if (status != STATUS_OK)
        c->last_event = before;
    if (!sqlite3_get_autocommit(c->db))
        execute(c, STATEMENT_ROLLBACK);
    return status;
}

/* Who listens hears that there was no space, and there is a little. */
static bool make_room(struct store *s, enum reserve_rest rest)
{
    reserve_cry(s);
    return reserve_give(s, rest);
}

static void write_batch(struct store *s, struct write *batch)
{
    enum status status = apply_batch(s, batch);
    while (status == STATUS_NO_SPACE &&
           make_room(s, s->writer->frees ? LEAVE_NOTHING : LEAVE_FOR_START))
        status = apply_batch(s, batch);
    if (status == STATUS_OK)
        return;
    log_error("nothing could be written: %s", status_text(status));
    for (struct write *w = batch; w != NULL; w = w->next)
        w->outcome = status;
}

/* On a full disk, the log can only be used again from its beginning. */
static void checkpoint(struct store *s, int mode, int *ret_pages)
{
    struct conn *c = s->writer;
    int code;
    c->wants_checkpoint = false;
    do
        code = sqlite3_wal_checkpoint_v2(c->db, NULL, mode, ret_pages, NULL);
    while (code != SQLITE_OK && conn_status(c) == STATUS_NO_SPACE &&
           make_room(s, LEAVE_FOR_ENDS));
    if ((code & 0xff) == SQLITE_IOERR && conn_status(c) != STATUS_NO_SPACE)
        give_up(s); /* a failed fsync: what the cache says about the file may be wrong */
    if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
        log_warning("checkpoint: %s", sqlite3_errmsg(c->db));
}

static int remember_pages(void *pages, sqlite3 *db, const char *name, int n)
{
    (void)db;
    (void)name;
    *(int *)pages = n;
    return SQLITE_OK;
}

/* As long as the log may become: what it holds must find room in the database beside it,
 * also when all the room there is comes from the reserve. */
static int pages_of_log(const struct store *s)
{
    int64_t pages = reserve_wanted(s) / 4 / PAGE_BYTES;
    return pages < CHECKPOINT_PAGES ? (int)pages : CHECKPOINT_PAGES;
}

static int64_t bytes_of_log(const struct store *s)
{
    sqlite3_file *log = NULL;
    sqlite3_int64 size = 0;
    bool known = sqlite3_file_control(s->writer->db, NULL, SQLITE_FCNTL_JOURNAL_POINTER,
                                      &log) == SQLITE_OK &&
                 log->pMethods != NULL &&
                 log->pMethods->xFileSize(log, &size) == SQLITE_OK;
    return known ? size : 0;
}

/* One large write stretches it, also one that has found no space: what it took is given
 * back to a disk that has too little. */
static bool is_stretched(const struct store *s, int most)
{
    return bytes_of_log(s) > 2 * (int64_t)most * PAGE_BYTES;
}

static void keep_log_short(struct store *s, int most, int *pages)
{
    bool tight = atomic_load(&s->tight);
    if (tight && is_stretched(s, most)) {
        sqlite3_busy_timeout(s->writer->db, READERS_MS);
        checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE, pages);
        sqlite3_busy_timeout(s->writer->db, CONN_PATIENCE_MS);
    } else if (*pages > most || s->writer->wants_checkpoint || (*pages > 0 && tight)) {
        checkpoint(s, SQLITE_CHECKPOINT_PASSIVE, pages);
    }
}

void *writer_main(void *arg)
{
    struct store *s = arg;
    struct write *batch;
    int pages = 0, most = pages_of_log(s);
    sqlite3_wal_hook(s->writer->db, remember_pages, &pages);
    while ((batch = take_batch(s)) != NULL) {
        int64_t before = s->writer->last_event;
        write_batch(s, batch);
        s->version++;
        while (batch != NULL) {
            struct write *w = batch;
            batch = w->next; /* `done` may free w */
            if (w->done != NULL)
                w->done(w->arg, w->outcome);
        }
        if (s->after != NULL && s->writer->last_event > before)
            s->after(s->after_arg, s->writer->last_event);
        keep_log_short(s, most, &pages);
    }
    checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE, NULL);
    return NULL;
}

void store_post(struct store *s, struct write *w)
{
    w->next = NULL;
    pthread_mutex_lock(&s->lock);
    while (w->patient && s->queued >= QUEUE_MAX)
        pthread_cond_wait(&s->space, &s->lock);
    *s->last = w;
    s->last = &w->next;
    s->queued++;
    s->urgent = s->urgent || !w->patient;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
}

struct waiter {
    enum status (*apply)(struct conn *, void *);
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    /* protected by lock: */
    bool is_over;
    enum status outcome;
};

static enum status waiter_apply(struct conn *c, void *arg)
{
    struct waiter *w = arg;
    return w->apply(c, w->arg);
}

static void waiter_done(void *arg, enum status outcome)
{
    struct waiter *w = arg;
    pthread_mutex_lock(&w->lock);
    w->is_over = true;
    w->outcome = outcome;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
}

enum status store_write(struct store *s, enum status (*apply)(struct conn *, void *),
                        void *arg)
{
    struct waiter waiter = {.apply = apply,
                            .arg = arg,
                            .lock = PTHREAD_MUTEX_INITIALIZER,
                            .ended = PTHREAD_COND_INITIALIZER};
    struct write w = {.apply = waiter_apply, .done = waiter_done, .arg = &waiter};
    store_post(s, &w);
    pthread_mutex_lock(&waiter.lock);
    while (!waiter.is_over)
        pthread_cond_wait(&waiter.ended, &waiter.lock);
    pthread_mutex_unlock(&waiter.lock);
    return waiter.outcome;
}
