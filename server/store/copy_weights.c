/* In: a folder of weights files. Out: another one with the same files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/copy.h"

static enum status failed(const char *folder, const char *name, struct buf *why)
{
    enum status status = errno == ENOSPC || errno == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
    buf_addf(why, "%s/%s: %s", folder, name, strerror(errno));
    return status;
}

static bool is_whole(const char *name)
{
    const char *end = strchr(name, '.');
    return end != NULL && strcmp(end, ".npz") == 0;
}

static bool copy_bytes(int in, int out, struct halt *halt)
{
    enum { PIECE = 16 << 20 };
    ssize_t n = 1;
    while (n > 0 && !halt_is_asked(halt))
        n = sendfile(out, in, NULL, PIECE);
    return n == 0 && fsync(out) == 0;
}

/* To another disk, or where there are no links. */
static bool copy_file(int from, int to, const char *name, struct halt *halt)
{
    int in = openat(from, name, O_RDONLY | O_CLOEXEC);
    int out =
        in < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = out >= 0 && copy_bytes(in, out, halt);
    int code = errno;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    if (out >= 0 && !ok)
        unlinkat(to, name, 0);
    errno = code;
    return ok;
}

/* A file never changes: a link serves as a copy. One that is there already, or has gone
 * meanwhile with its run, is no failure. */
static bool take_file(int from, int to, const char *name, struct halt *halt)
{
    return linkat(from, name, to, name, 0) == 0 || errno == EEXIST || errno == ENOENT ||
           copy_file(from, to, name, halt) || errno == ENOENT;
}

static enum status take_all(DIR *from, int to, const char *folder, struct halt *halt,
                            struct buf *why)
{
    enum status status = STATUS_OK;
    for (struct dirent *entry; status == STATUS_OK && (entry = readdir(from)) != NULL;) {
        bool taken =
            !is_whole(entry->d_name) || take_file(dirfd(from), to, entry->d_name, halt);
        if (halt_is_asked(halt))
            status = STATUS_STOPPED;
        else if (!taken)
            status = failed(folder, entry->d_name, why);
    }
    if (status == STATUS_OK && fsync(to) != 0)
        status = failed(folder, "", why);
    return status;
}

enum status copy_weights(const char *from, const char *to, struct halt *halt,
                         struct buf *why)
{
    DIR *d = opendir(from);
    if (d == NULL)
        return failed(from, "", why);
    bool made = mkdir(to, 0700) == 0 || errno == EEXIST;
    int fd = made ? open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    enum status status = fd >= 0 ? take_all(d, fd, to, halt, why) : failed(to, "", why);
    if (fd >= 0)
        close(fd);
    closedir(d);
    return status == STATUS_OK ? sync_folder_of(to, why) : status;
}

void remove_weights(const char *folder)
{
    DIR *d = opendir(folder);
    if (d == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;)
        unlinkat(dirfd(d), entry->d_name, 0);
    closedir(d);
    rmdir(folder);
}

enum status name_weights(const char *database, char *ret, size_t room, struct buf *why)
{
    size_t length = strlen(database);
    if (length > 3 && strcmp(database + length - 3, ".db") == 0)
        length -= 3;
    if (snprintf(ret, room, "%.*s.weights", (int)length, database) < (int)room)
        return STATUS_OK;
    buf_addf(why, "the path %s is too long", database);
    return STATUS_IO;
}
