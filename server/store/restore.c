/* In: a copy, and a data directory that no server uses. Out: the copy in the place of the
 * database, in steps of which each leaves a state that a server can start from. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backup.h"
#include "store/copy.h"
#include "store/lock.h"
#include "store/migrate.h"

static enum status failed(const char *path, struct buf *why)
{
    buf_addf(why, "%s: %s", path, strerror(errno));
    return STATUS_IO;
}

/* A database of ours, sound, and not from the future, as a new file beside the old one.
 */
static enum status bring_in(const char *copy, const char *place, struct buf *why)
{
    struct conn *c = NULL;
    struct stat st;
    if (stat(copy, &st) != 0)
        return failed(copy, why);
    if (!S_ISREG(st.st_mode) || st.st_size == 0) {
        buf_addf(why, "%s is not a database", copy);
        return STATUS_CORRUPT;
    }
    enum status status = conn_open(copy, false, &c, why);
    if (status == STATUS_OK)
        status = migrate_check(c, why);
    if (status == STATUS_OK)
        status = copy_database(c->db, place, why);
    conn_close(c);
    return status;
}

/* Folds the log of the old database back, so that it is one file; a damaged one is left
 * as it is, its log beside it. */
static void fold(const char *path)
{
    struct buf ignored;
    struct conn *c = NULL;
    buf_init(&ignored, 1000);
    if (conn_open(path, true, &c, &ignored) == STATUS_OK)
        sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    conn_close(c);
    buf_release(&ignored);
}

/* Moves what is left of the log out of the way, so that no other database takes it for
 * its own. */
static enum status move_log(const char *path, const char *aside, struct buf *why)
{
    static const char *const tails[] = {"-wal", "-shm"};
    for (int i = 0; i < 2; i++) {
        char from[PATH_MAX + 8], to[PATH_MAX + 8];
        snprintf(from, sizeof from, "%s%s", path, tails[i]);
        snprintf(to, sizeof to, "%s%s", aside, tails[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return failed(from, why);
    }
    return STATUS_OK;
}

/* The new file takes the name of the old one, which keeps living under another. */
static enum status exchange(const char *folder, const char *fresh, const char *path,
                            struct buf *kept, struct buf *why)
{
    char aside[PATH_MAX];
    enum status status = STATUS_OK;
    bool exists = access(path, F_OK) == 0;
    if (exists)
        status = name_backup(folder, "replaced", aside, sizeof aside, why);
    if (status == STATUS_OK && exists) {
        fold(path);
        status = link(path, aside) == 0 ? move_log(path, aside, why) : failed(aside, why);
    }
    if (status == STATUS_OK && rename(fresh, path) != 0)
        status = failed(path, why);
    if (status == STATUS_OK)
        status = sync_folder_of(path, why);
    if (status == STATUS_OK && exists)
        buf_adds(kept, aside);
    return status;
}

enum status store_restore(const char *folder, const char *copy, struct buf *kept,
                          struct buf *why)
{
    char path[PATH_MAX], fresh[PATH_MAX + 16];
    int lock = -1;
    enum status status = lock_folder(folder, path, sizeof path, &lock, why);
    snprintf(fresh, sizeof fresh, "%s.restored", path);
    if (status == STATUS_OK)
        status = bring_in(copy, fresh, why);
    if (status == STATUS_OK)
        status = exchange(folder, fresh, path, kept, why);
    if (status != STATUS_OK && status != STATUS_CONFLICT)
        unlink(fresh);
    if (lock >= 0)
        close(lock);
    return status;
}
