/* Opening, locking and closing the store, and the readers of its threads. */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/lock.h"
#include "store/migrate.h"
#include "store/replace.h"
#include "store/writer.h"

/* The reader of a thread that has ended. */
static void forget_reader(void *reader)
{
    struct conn *c = reader;
    pthread_mutex_lock(&c->store->lock);
    struct conn **at = &c->store->readers;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    pthread_mutex_unlock(&c->store->lock);
    conn_close(c);
}

struct conn *store_reader(struct store *s)
{
    struct conn *c = pthread_getspecific(s->reader);
    if (c != NULL)
        return c;
    struct buf why;
    buf_init(&why, 1000);
    if (conn_open(s->path, false, &c, &why) == STATUS_OK) {
        c->store = s;
        pthread_setspecific(s->reader, c);
        pthread_mutex_lock(&s->lock);
        c->next = s->readers;
        s->readers = c;
        pthread_mutex_unlock(&s->lock);
    } else {
        log_error("no reader: %s", why.data);
        c = NULL;
    }
    buf_release(&why);
    return c;
}

void store_reader_close(struct store *s)
{
    struct conn *c = pthread_getspecific(s->reader);
    if (c == NULL)
        return;
    pthread_setspecific(s->reader, NULL);
    forget_reader(c);
}

uint64_t store_version(const struct store *s)
{
    return s->version;
}

void store_on_commit(struct store *s, void (*after)(void *, int64_t), void *arg)
{
    s->after = after;
    s->after_arg = arg;
}

void store_on_failure(struct store *s, void (*failed)(void *), void *arg)
{
    pthread_mutex_lock(&s->lock);
    s->failed = failed;
    s->failed_arg = arg;
    pthread_mutex_unlock(&s->lock);
}

static enum status check_database(struct conn *c, struct buf *why)
{
    sqlite3_stmt *q;
    enum status status = STATUS_CORRUPT;
    const char *verdict = NULL;
    if (sqlite3_prepare_v2(c->db, "PRAGMA quick_check(1)", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        verdict = column_text(q, 0);
    if (verdict != NULL && strcmp(verdict, "ok") == 0)
        status = STATUS_OK;
    else if (conn_status(c) == STATUS_NO_SPACE)
        status = STATUS_NO_SPACE;
    else
        buf_addf(why, "the database is damaged: %s",
                 verdict != NULL ? verdict : sqlite3_errmsg(c->db));
    sqlite3_finalize(q);
    return status;
}

/* What a restore or a backup has left that did not come to its end. */
static enum status clear_up(const char *folder, struct buf *why)
{
    struct replace r;
    struct buf kept;
    buf_init(&kept, PATH_MAX);
    enum status status = replace_init(&r, folder, why);
    if (status == STATUS_OK)
        status = replace_settle(&r, &kept, why);
    if (kept.len > 0)
        log_info("an interrupted restore is finished; what was there is now %s",
                 kept.data);
    buf_release(&kept);
    if (status == STATUS_OK)
        backups_prepare(folder);
    return status;
}

/* What others could read, they may have read, or written: the folder is private from now
 * on, but that is for a person to know. */
static enum status check_mode(const char *path, struct buf *why)
{
    struct stat st;
    if (stat(path, &st) != 0 || (st.st_mode & 077) == 0)
        return STATUS_OK;
    buf_addf(why, "%s can be read or written by others; chmod 600 it", path);
    return STATUS_FOREIGN;
}

/* SQLite would delete a log without a database, and all that is in it; a new database is
 * never empty by the time it has a log. */
static enum status check_log(const char *path, struct buf *why)
{
    char log[PATH_MAX + 8];
    struct stat of_database, of_log;
    snprintf(log, sizeof log, "%s-wal", path);
    bool has_database = stat(path, &of_database) == 0 && of_database.st_size > 0;
    if (has_database || stat(log, &of_log) != 0 || of_log.st_size == 0)
        return STATUS_OK;
    buf_addf(why,
             "the database %s is empty or gone, but its log is there: put back what "
             "belongs to it, or a backup",
             path);
    return STATUS_CORRUPT;
}

static void release(struct store *s)
{
    conn_close(s->writer);
    if (s->weights >= 0)
        close(s->weights);
    if (s->reserve >= 0)
        close(s->reserve);
    if (s->lock_file >= 0)
        close(s->lock_file);
    pthread_key_delete(s->reader);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->reserve_lock);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->space);
    free(s);
}

static struct store *allocate(void)
{
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->lock_file = s->weights = s->reserve = -1;
    s->last = &s->first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->reserve_lock, NULL);
    clock_condition(&s->work);
    pthread_cond_init(&s->space, NULL);
    pthread_key_create(&s->reader, forget_reader);
    return s;
}

static enum status open_files(struct store *s, const char *folder, struct buf *why)
{
    enum status status = check_mode(s->path, why);
    if (status == STATUS_OK)
        status = check_log(s->path, why);
    mode_t mask = umask(077);
    if (status == STATUS_OK)
        status = conn_open(s->path, true, &s->writer, why);
    umask(mask);
    if (status == STATUS_OK)
        status = migrate_check(s->writer, why);
    if (status == STATUS_OK)
        status = check_database(s->writer, why);
    if (status == STATUS_OK)
        status = conn_make_durable(s->writer, why);
    if (status == STATUS_OK)
        status = migrate(s->writer, folder, why);
    if (status == STATUS_OK)
        s->writer->shrinks = true; /* a purge may have been at it */
    return status == STATUS_OK ? weights_prepare(s, folder, why) : status;
}

/* With what it takes of the reserve. */
static enum status open_somehow(struct store *s, const char *folder, struct buf *why)
{
    enum status status = open_files(s, folder, why);
    while (status == STATUS_NO_SPACE && reserve_give(s, LEAVE_NOTHING)) {
        conn_close(s->writer);
        s->writer = NULL;
        buf_clear(why);
        status = open_files(s, folder, why);
    }
    if (status == STATUS_NO_SPACE) {
        buf_clear(why);
        buf_addf(why, "data directory %s: its disk is full; make space and start again",
                 folder);
    }
    return status;
}

enum status store_open(const char *folder, struct store **ret, struct buf *why)
{
    struct store *s = allocate();
    if (s == NULL)
        return STATUS_NO_MEMORY;
    enum status status = lock_folder(folder, s->path, sizeof s->path, &s->lock_file, why);
    if (status == STATUS_OK)
        status = clear_up(folder, why);
    if (status == STATUS_OK) {
        snprintf(s->reserve_path, sizeof s->reserve_path, "%s/reserve", folder);
        reserve_open(s);
        status = open_somehow(s, folder, why);
    }
    if (status == STATUS_OK && pthread_create(&s->thread, NULL, writer_main, s) != 0)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        *ret = s;
    else
        release(s);
    return status;
}

void store_close(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    while (s->readers != NULL) {
        struct conn *c = s->readers;
        s->readers = c->next;
        conn_close(c);
    }
    release(s);
}
