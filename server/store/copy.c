/* In: a connection. Out: a file that is whole, or none. */
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/conn.h"

enum status check_integrity(sqlite3 *db, struct buf *why)
{
    sqlite3_stmt *q = NULL;
    const char *verdict = NULL;
    if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        verdict = (const char *)sqlite3_column_text(q, 0);
    bool sound = verdict != NULL && strcmp(verdict, "ok") == 0;
    if (!sound)
        buf_addf(why, "the copy is damaged: %s",
                 verdict != NULL ? verdict : sqlite3_errmsg(db));
    sqlite3_finalize(q);
    return sound ? STATUS_OK : STATUS_CORRUPT;
}

/* One file, that needs no log beside it. */
static enum status fill(sqlite3 *from, sqlite3 *to, struct buf *why)
{
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");
    int code = copy != NULL ? sqlite3_backup_step(copy, -1) : sqlite3_errcode(to);
    if (copy != NULL && code == SQLITE_DONE)
        code = sqlite3_backup_finish(copy);
    else
        sqlite3_backup_finish(copy);
    if (code == SQLITE_OK)
        code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return check_integrity(to, why);
    buf_addf(why, "the copy failed: %s", sqlite3_errmsg(to));
    return conn_status_of(code);
}

static enum status sync_path(const char *path, int flags, struct buf *why)
{
    int file = open(path, flags | O_CLOEXEC);
    bool ok = file >= 0 && fsync(file) == 0;
    if (!ok)
        buf_addf(why, "%s: %s", path, strerror(errno));
    if (file >= 0)
        close(file);
    return ok ? STATUS_OK : STATUS_IO;
}

enum status sync_folder_of(const char *path, struct buf *why)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - path) : 1,
             slash != NULL ? path : ".");
    return sync_path(folder, O_RDONLY | O_DIRECTORY, why);
}

static enum status write_copy(sqlite3 *from, const char *path, struct buf *why)
{
    sqlite3 *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    enum status status = conn_status_of(sqlite3_open_v2(path, &to, flags, NULL));
    if (status == STATUS_OK)
        status = fill(from, to, why);
    else
        buf_addf(why, "%s: %s", path, to != NULL ? sqlite3_errmsg(to) : "no memory");
    sqlite3_close(to);
    return status == STATUS_OK ? sync_path(path, O_RDONLY, why) : status;
}

enum status copy_database(sqlite3 *from, const char *path, struct buf *why)
{
    char unfinished[PATH_MAX];
    if (snprintf(unfinished, sizeof unfinished, "%s.part", path) >=
        (int)sizeof unfinished) {
        buf_adds(why, "the path of the copy is too long");
        return STATUS_IO;
    }
    unlink(unfinished);
    enum status status = write_copy(from, unfinished, why);
    if (status == STATUS_OK && rename(unfinished, path) != 0) {
        buf_addf(why, "%s: %s", path, strerror(errno));
        status = STATUS_IO;
    }
    if (status != STATUS_OK) {
        unlink(unfinished);
        return status;
    }
    return sync_folder_of(path, why);
}

enum status name_backup(const char *folder, const char *prefix, char *ret, size_t room,
                        struct buf *why)
{
    char when[40], backups[PATH_MAX];
    int64_t now = clock_now_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(when, sizeof when, "%Y%m%d-%H%M%S", &tm);
    int n = snprintf(backups, sizeof backups, "%s/backups", folder);
    int m = snprintf(ret, room, "%s/backups/%s-%s.%03d.db", folder, prefix, when,
                     (int)(now % 1000));
    if (n >= (int)sizeof backups || m >= (int)room) {
        buf_adds(why, "the path of the data directory is too long");
        return STATUS_IO;
    }
    if (mkdir(backups, 0700) != 0 && errno != EEXIST) {
        buf_addf(why, "%s: %s", backups, strerror(errno));
        return STATUS_IO;
    }
    return STATUS_OK;
}
