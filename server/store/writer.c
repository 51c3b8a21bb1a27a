/* The writer thread: takes whatever is queued, applies it in one transaction, commits, and
 * only then tells those who wait. */
#include "store/writer.h"

#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum {
    BATCH_MAX = 500,          /* writes in one transaction */
    QUEUE_MAX = 4096,         /* patient writes wait while more are ahead */
    PATIENCE_MS = 100,        /* how long a patient write may wait for company */
    CHECKPOINT_PAGES = 1000,  /* of write-ahead log */
    EXIT_IO = 74,             /* EX_IOERR of sysexits.h */
};

/* Moves up to BATCH_MAX writes off the queue; NULL when the store closes. */
static struct write *take_batch(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->first == NULL && !s->closing)
        pthread_cond_wait(&s->work, &s->lock);
    if (s->first != NULL && !s->urgent && !s->closing && s->queued < BATCH_MAX) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PATIENCE_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
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

static bool execute(struct conn *c, const char *sql)
{
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* What was written may or may not be on the disk, and the page cache cannot be trusted any
 * more: end without a word to anyone, so that the next start finds out from the log. */
_Noreturn static void give_up(const struct conn *c)
{
    log_error("the database could not be written: %s; stopping, nothing that was "
              "acknowledged is lost",
              sqlite3_errmsg(c->db));
    _exit(EXIT_IO);
}

/* Nothing of the batch is written: `event` is the newest event there is. */
static void refuse_batch(struct conn *c, struct write *batch, enum status status,
                         int64_t event)
{
    log_error("nothing could be written: %s", status_text(status));
    c->last_event = event;
    for (struct write *w = batch; w != NULL; w = w->next)
        w->outcome = status;
}

/* Each write has a savepoint, so that one that is refused undoes only itself. */
static void apply_batch(struct conn *c, struct write *batch)
{
    int64_t before = c->last_event;
    if (!execute(c, "BEGIN IMMEDIATE")) { /* nothing is written yet, which is sure */
        enum status status = conn_status(c);
        if (status == STATUS_IO && (sqlite3_errcode(c->db) & 0xff) != SQLITE_BUSY)
            give_up(c);
        refuse_batch(c, batch, status, before);
        return;
    }
    for (struct write *w = batch; w != NULL; w = w->next) {
        int64_t event = c->last_event;
        if (!execute(c, "SAVEPOINT one"))
            give_up(c);
        w->outcome = w->apply(c, w->arg);
        if (sqlite3_get_autocommit(c->db)) { /* SQLite gave the whole transaction up */
            refuse_batch(c, batch, w->outcome, before);
            return;
        }
        if (w->outcome != STATUS_OK) {
            execute(c, "ROLLBACK TO one");
            c->last_event = event;
        }
        execute(c, "RELEASE one");
    }
    if (execute(c, "COMMIT"))
        return;
    enum status status = conn_status(c);
    if (status != STATUS_NO_SPACE)
        give_up(c);
    execute(c, "ROLLBACK");
    refuse_batch(c, batch, status, before);
}

static void checkpoint(struct conn *c, int mode, int *ret_pages)
{
    c->wants_checkpoint = false;
    int code = sqlite3_wal_checkpoint_v2(c->db, NULL, mode, ret_pages, NULL);
    if ((code & 0xff) == SQLITE_IOERR)
        give_up(c); /* a failed fsync: what the cache says about the file may be wrong */
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

void *writer_main(void *arg)
{
    struct store *s = arg;
    struct write *batch;
    int pages = 0;
    sqlite3_wal_hook(s->writer->db, remember_pages, &pages);
    while ((batch = take_batch(s)) != NULL) {
        int64_t before = s->writer->last_event;
        apply_batch(s->writer, batch);
        s->version++;
        while (batch != NULL) {
            struct write *w = batch;
            batch = w->next; /* `done` may free w */
            if (w->done != NULL)
                w->done(w->arg, w->outcome);
        }
        if (s->after != NULL && s->writer->last_event > before)
            s->after(s->after_arg, s->writer->last_event);
        if (pages > CHECKPOINT_PAGES || s->writer->wants_checkpoint)
            checkpoint(s->writer, SQLITE_CHECKPOINT_PASSIVE, &pages);
    }
    checkpoint(s->writer, SQLITE_CHECKPOINT_TRUNCATE, NULL);
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
