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

enum {
    PIECE_PAGES = 100, /* between two looks at whether the copy is still wanted */
    SYNC_PIECES = 160, /* between two syncs, which keep the last one short */
};

/* Page by page and index by index. */
static enum status check_integrity(sqlite3 *db, struct halt *halt, struct buf *why)
{
    sqlite3_stmt *q = NULL;
    const char *verdict = NULL;
    halt_watch(halt, db);
    if (!halt_is_asked(halt) &&
        sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        verdict = (const char *)sqlite3_column_text(q, 0);
    halt_watch(halt, NULL);
    bool stopped = halt_is_asked(halt);
    bool sound = verdict != NULL && strcmp(verdict, "ok") == 0;
    if (!sound && !stopped)
        buf_addf(why, "the copy is damaged: %s",
                 verdict != NULL ? verdict : sqlite3_errmsg(db));
    sqlite3_finalize(q);
    return stopped ? STATUS_STOPPED : sound ? STATUS_OK : STATUS_CORRUPT;
}

static int sync_so_far(sqlite3 *to)
{
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control(to, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || file == NULL || file->pMethods == NULL)
        return code;
    return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

/* In pieces, all as of the moment at which the transaction of `from` began. */
static int copy_pages(sqlite3 *from, sqlite3 *to, struct halt *halt)
{
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");
    int code = copy != NULL ? SQLITE_OK : sqlite3_errcode(to);
    for (int n = 1; code == SQLITE_OK && !halt_is_asked(halt); n++) {
        code = sqlite3_backup_step(copy, PIECE_PAGES);
        if (code == SQLITE_OK && n % SYNC_PIECES == 0)
            code = sync_so_far(to);
    }
    int end = sqlite3_backup_finish(copy);
    return code == SQLITE_DONE ? end : code;
}

/* One file, that needs no log beside it. */
static enum status fill(sqlite3 *from, sqlite3 *to, struct halt *halt, struct buf *why)
{
    static const char begin[] = "BEGIN; SELECT count(*) FROM sqlite_schema";
    int code = sqlite3_exec(from, begin, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        buf_addf(why, "the copy failed: %s", sqlite3_errmsg(from));
    else if ((code = copy_pages(from, to, halt)) == SQLITE_OK && !halt_is_asked(halt))
        code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    sqlite3_exec(from, "ROLLBACK", NULL, NULL, NULL);
    if (halt_is_asked(halt))
        return STATUS_STOPPED;
    if (code == SQLITE_OK)
        return check_integrity(to, halt, why);
    if (why->len == 0)
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

static enum status write_copy(sqlite3 *from, const char *path, struct halt *halt,
                              struct buf *why)
{
    sqlite3 *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    enum status status = conn_status_of(sqlite3_open_v2(path, &to, flags, NULL));
    if (status == STATUS_OK)
        status = fill(from, to, halt, why);
    else
        buf_addf(why, "%s: %s", path, to != NULL ? sqlite3_errmsg(to) : "no memory");
    sqlite3_close(to);
    return status == STATUS_OK ? sync_path(path, O_RDONLY, why) : status;
}

void remove_copy(const char *path)
{
    char journal[PATH_MAX + 8];
    snprintf(journal, sizeof journal, "%s-journal", path);
    unlink(journal); /* first: or it would be taken for that of the next copy */
    unlink(path);
}

enum status copy_database(sqlite3 *from, const char *path, struct halt *halt,
                          struct buf *why)
{
    remove_copy(path);
    enum status status = write_copy(from, path, halt, why);
    if (status != STATUS_OK)
        remove_copy(path);
    return status;
}

enum status give_name(const char *path, const char *name, struct buf *why)
{
    if (rename(path, name) == 0)
        return sync_folder_of(name, why);
    buf_addf(why, "%s: %s", name, strerror(errno));
    return STATUS_IO;
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
