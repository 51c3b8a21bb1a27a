/* In: what is to come, under names of its own. Out: that in the places of what was there.
 * A note, whose name tells that it is whole, is the decision; all that follows it is
 * renaming, which can be done again. */
#include "store/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/copy.h"

static enum status failed(const char *path, struct buf *why)
{
    buf_addf(why, "%s: %s", path, strerror(errno));
    return errno == ENOSPC || errno == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

enum status replace_init(struct replace *r, const char *folder, struct buf *why)
{
    const struct {
        char *path;
        const char *name;
    } names[] = {
        {r->backups, "backups"},
        {r->database, "frugal.db"},
        {r->weights, "weights"},
        {r->new_database, "frugal.db.restored"},
        {r->new_weights, "weights.restored"},
        {r->old_weights, "weights.replaced"},
        {r->note, "restoring"},
        {r->new_note, "backups/restoring"},
    };
    r->folder = folder;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (snprintf(names[i].path, REPLACE_ROOM, "%s/%s", folder, names[i].name) >=
            PATH_MAX) {
            buf_adds(why, "the path of the data directory is too long");
            return STATUS_IO;
        }
    return STATUS_OK;
}

/* What is not there, was moved before the process was killed. */
static enum status move(const char *from, const char *to, struct buf *why)
{
    return rename(from, to) == 0 || errno == ENOENT ? STATUS_OK : failed(from, why);
}

/* With what is left of its log, so that no other database takes that for its own. */
static enum status set_database_aside(const struct replace *r, const char *aside,
                                      struct buf *why)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    enum status status = STATUS_OK;
    for (int i = 0; i < 3 && status == STATUS_OK; i++) {
        char from[REPLACE_ROOM + 8], to[REPLACE_ROOM + 8];
        snprintf(from, sizeof from, "%s%s", r->database, tails[i]);
        snprintf(to, sizeof to, "%s%s", aside, tails[i]);
        status = move(from, to, why);
    }
    return status;
}

static enum status exchange_weights(const struct replace *r, const char *aside,
                                    struct buf *why)
{
    char kept[REPLACE_ROOM];
    enum status status = name_weights(aside, kept, sizeof kept, why);
    if (status != STATUS_OK || !exists(r->new_weights))
        return status == STATUS_OK ? move(r->old_weights, kept, why) : status;
    status = move(r->weights, kept, why);
    return status == STATUS_OK ? move(r->new_weights, r->weights, why) : status;
}

static enum status sync_both(const struct replace *r, struct buf *why)
{
    enum status status = sync_folder_of(r->new_note, why);
    return status == STATUS_OK ? sync_folder_of(r->note, why) : status;
}

/* The new database moves last: while it waits, what is in its place is the old one. */
static enum status exchange(const struct replace *r, const char *aside, struct buf *why)
{
    enum status status = exchange_weights(r, aside, why);
    if (status == STATUS_OK)
        status = set_database_aside(r, aside, why);
    if (status == STATUS_OK)
        status = sync_both(r, why);
    return status == STATUS_OK ? give_name(r->new_database, r->database, why) : status;
}

/* The note has the name of the old database, in backups. */
static enum status read_note(const struct replace *r, char *ret_aside, size_t room,
                             struct buf *why)
{
    char name[200] = "";
    FILE *f = fopen(r->note, "re");
    if (f == NULL)
        return errno == ENOENT ? STATUS_NOT_FOUND : failed(r->note, why);
    bool ok = fgets(name, sizeof name, f) != NULL;
    fclose(f);
    name[strcspn(name, "\n")] = '\0';
    if (!ok || name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL ||
        snprintf(ret_aside, room, "%s/%s", r->backups, name) >= (int)room) {
        buf_addf(why, "%s, of a restore that was interrupted, is damaged", r->note);
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}

static void clear(const struct replace *r)
{
    remove_copy(r->new_database);
    remove_weights(r->new_weights);
    remove_weights(r->old_weights);
    unlink(r->new_note);
}

enum status replace_settle(const struct replace *r, struct buf *kept, struct buf *why)
{
    char aside[REPLACE_ROOM];
    enum status status = read_note(r, aside, sizeof aside, why);
    if (status == STATUS_NOT_FOUND) {
        clear(r);
        return STATUS_OK;
    }
    if (status == STATUS_OK && exists(r->new_database))
        status = exchange(r, aside, why);
    if (status == STATUS_OK && unlink(r->note) != 0)
        status = failed(r->note, why);
    if (status == STATUS_OK)
        status = sync_folder_of(r->note, why);
    if (status == STATUS_OK && exists(aside))
        buf_adds(kept, aside);
    return status;
}

static enum status write_note(const char *path, const char *text, struct buf *why)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return failed(path, why);
    ssize_t size = (ssize_t)strlen(text);
    bool ok = write(file, text, (size_t)size) == size && fsync(file) == 0;
    enum status status = ok ? STATUS_OK : failed(path, why);
    close(file);
    return status;
}

/* The note comes from where the old database will go: if that is another disk, nothing
 * has happened yet. */
enum status replace_decide(const struct replace *r, const char *aside, struct buf *why)
{
    enum status status = write_note(r->new_note, strrchr(aside, '/') + 1, why);
    if (status == STATUS_OK)
        status = sync_both(r, why);
    if (status == STATUS_OK)
        status = give_name(r->new_note, r->note, why);
    if (status != STATUS_OK)
        unlink(r->note);
    return status;
}
