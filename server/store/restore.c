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

struct places {
    const char *folder;
    char database[PATH_MAX], fresh[PATH_MAX + 16]; /* what is there, and what is to be */
    char weights[PATH_MAX + 32], fresh_weights[PATH_MAX + 32], old_weights[PATH_MAX + 32];
};

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

/* The old database gets a second name, its weights files a second folder. */
static enum status keep_old(const struct places *p, const char *aside, struct buf *why)
{
    char weights[PATH_MAX];
    enum status status = name_weights(aside, weights, sizeof weights, why);
    if (status == STATUS_OK && access(p->weights, F_OK) == 0)
        status = copy_weights(p->weights, weights, why);
    if (status != STATUS_OK)
        return status;
    fold(p->database);
    return link(p->database, aside) == 0 ? move_log(p->database, aside, why)
                                         : failed(aside, why);
}

/* A server that starts in between finds no weights files. */
static enum status exchange_weights(const struct places *p, struct buf *why)
{
    if (access(p->fresh_weights, F_OK) != 0)
        return STATUS_OK;           /* the copy has none: those there stay */
    remove_weights(p->old_weights); /* of a process that was killed */
    if ((rename(p->weights, p->old_weights) != 0 && errno != ENOENT) ||
        rename(p->fresh_weights, p->weights) != 0)
        return failed(p->weights, why);
    remove_weights(p->old_weights);
    return STATUS_OK;
}

/* What is new takes the names of what is old, which keeps living under others. */
static enum status exchange(const struct places *p, struct buf *kept, struct buf *why)
{
    char aside[PATH_MAX];
    enum status status = STATUS_OK;
    bool exists = access(p->database, F_OK) == 0;
    if (exists)
        status = name_backup(p->folder, "replaced", aside, sizeof aside, why);
    if (status == STATUS_OK && exists)
        status = keep_old(p, aside, why);
    if (status == STATUS_OK)
        status = exchange_weights(p, why);
    if (status == STATUS_OK && rename(p->fresh, p->database) != 0)
        status = failed(p->database, why);
    if (status == STATUS_OK)
        status = sync_folder_of(p->database, why);
    if (status == STATUS_OK && exists)
        buf_adds(kept, aside);
    return status;
}

static enum status bring_in_weights(const char *copy, const struct places *p,
                                    struct buf *why)
{
    char weights[PATH_MAX];
    enum status status = name_weights(copy, weights, sizeof weights, why);
    remove_weights(p->fresh_weights);
    if (status == STATUS_OK && access(weights, F_OK) == 0)
        status = copy_weights(weights, p->fresh_weights, why);
    return status;
}

static void name_places(const char *folder, struct places *p)
{
    p->folder = folder;
    snprintf(p->fresh, sizeof p->fresh, "%s.restored", p->database);
    snprintf(p->weights, sizeof p->weights, "%s/weights", folder);
    snprintf(p->fresh_weights, sizeof p->fresh_weights, "%s/weights.restored", folder);
    snprintf(p->old_weights, sizeof p->old_weights, "%s/weights.replaced", folder);
}

enum status store_restore(const char *folder, const char *copy, struct buf *kept,
                          struct buf *why)
{
    struct places p;
    int lock = -1;
    enum status status = lock_folder(folder, p.database, sizeof p.database, &lock, why);
    if (status == STATUS_OK) {
        name_places(folder, &p);
        status = bring_in(copy, p.fresh, why);
        if (status == STATUS_OK)
            status = bring_in_weights(copy, &p, why);
        if (status == STATUS_OK)
            status = exchange(&p, kept, why);
        if (status != STATUS_OK) {
            unlink(p.fresh);
            remove_weights(p.fresh_weights);
        }
    }
    if (lock >= 0)
        close(lock);
    return status;
}
