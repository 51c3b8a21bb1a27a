/* In: a copy, and a data directory that no server uses. Out: the copy in the place of the
 * database, and its weights files in the place of those there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backup.h"
#include "store/copy.h"
#include "store/lock.h"
#include "store/migrate.h"
#include "store/replace.h"

/* A database of ours, and not from the future. */
static enum status open_copy(const char *copy, struct conn **ret, struct buf *why)
{
    struct stat st;
    if (stat(copy, &st) != 0) {
        buf_addf(why, "%s: %s", copy, strerror(errno));
        return STATUS_IO;
    }
    if (!S_ISREG(st.st_mode) || st.st_size == 0) {
        buf_addf(why, "%s is not a database", copy);
        return STATUS_CORRUPT;
    }
    enum status status = conn_open(copy, false, ret, why);
    return status == STATUS_OK ? migrate_check(*ret, why) : status;
}

/* Folds the log of the old database back, so that it is one file; a damaged one is left
 * as it is, its log beside it. */
static void fold(const char *path)
{
    struct buf ignored;
    struct conn *c = NULL;
    buf_init(&ignored, 1000);
    if (conn_open(path, true, &c, &ignored) == STATUS_OK)
        conn_execute(c, "PRAGMA wal_checkpoint(TRUNCATE)", &ignored);
    conn_close(c);
    buf_release(&ignored);
}

/* The weights files of the copy; without any, those there stay, and are kept as well. */
static enum status bring_in_weights(const struct replace *r, const char *copy,
                                    struct buf *why)
{
    char weights[PATH_MAX];
    enum status status = name_weights(copy, weights, sizeof weights, why);
    if (status == STATUS_OK && access(weights, F_OK) == 0)
        return copy_weights(weights, r->new_weights, NULL, why);
    return status == STATUS_OK && access(r->weights, F_OK) == 0
               ? copy_weights(r->weights, r->old_weights, NULL, why)
               : status;
}

static enum status bring_in(const struct replace *r, const char *copy, struct conn *c,
                            struct buf *why)
{
    char aside[PATH_MAX];
    enum status status = copy_database(c->db, r->new_database, NULL, why);
    if (status == STATUS_OK)
        status = bring_in_weights(r, copy, why);
    if (status == STATUS_OK)
        status = name_backup(r->folder, "replaced", aside, sizeof aside, why);
    if (status == STATUS_OK && access(r->database, F_OK) == 0)
        fold(r->database);
    return status == STATUS_OK ? replace_decide(r, aside, why) : status;
}

/* Before, what an interrupted one has left is settled, and after it what this one leaves.
 */
static enum status restore(const struct replace *r, const char *copy, struct conn *c,
                           void (*decided)(const char *), struct buf *kept,
                           struct buf *why)
{
    struct buf other;
    buf_init(&other, PATH_MAX);
    enum status status = replace_settle(r, &other, why);
    if (status == STATUS_OK)
        status = bring_in(r, copy, c, why);
    buf_clear(&other);
    if (status == STATUS_OK) {
        decided(r->folder);
        status = replace_settle(r, kept, why);
    } else {
        replace_settle(r, &other, &other);
    }
    buf_release(&other);
    return status;
}

enum status store_restore(const char *folder, const char *copy,
                          void (*decided)(const char *), struct buf *kept,
                          struct buf *why)
{
    struct replace r;
    struct conn *c = NULL;
    char path[PATH_MAX];
    int lock = -1;
    enum status status = open_copy(copy, &c, why);
    if (status == STATUS_OK)
        status = lock_folder(folder, path, sizeof path, &lock, why);
    if (status == STATUS_OK)
        status = replace_init(&r, folder, why);
    if (status == STATUS_OK)
        status = restore(&r, copy, c, decided, kept, why);
    conn_close(c);
    if (lock >= 0)
        close(lock);
    return status;
}
