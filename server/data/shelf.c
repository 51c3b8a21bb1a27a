/* In: bytes of files. Out: folders with data sets, durable. What is not finished is in
 * .new, which is emptied at the start; the catalogue passes over names that begin with a
 * dot. */
#include "data/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"

enum { NAME_BYTES = 32 };

static const char unfinished[] = ".new";

static enum status status_of_errno(void)
{
    return errno == ENOSPC || errno == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
}

static int open_folder(int in, const char *name)
{
    return openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Removes a folder of files, and of such folders. */
static void remove_folder(int in, const char *name)
{
    int fd = open_folder(in, name);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL && fd >= 0)
        close(fd);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            unlinkat(fd, e->d_name, 0) != 0)
            remove_folder(fd, e->d_name);
    if (d != NULL)
        closedir(d);
    unlinkat(in, name, AT_REMOVEDIR);
}

/* Makes what is missing; tried again where it matters. */
static enum status prepare(struct shelf *s)
{
    if (s->unfinished >= 0)
        return STATUS_OK;
    if (s->folder < 0 && mkdir(s->path, 0700) != 0 && errno != EEXIST)
        return status_of_errno();
    if (s->folder < 0)
        s->folder = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->folder >= 0) {
        remove_folder(s->folder, unfinished);
        if (mkdirat(s->folder, unfinished, 0700) == 0 || errno == EEXIST)
            s->unfinished = open_folder(s->folder, unfinished);
    }
    return s->unfinished >= 0 ? STATUS_OK : status_of_errno();
}

bool shelf_open(struct shelf *s, const char *folder)
{
    s->unfinished = s->folder = -1;
    if (snprintf(s->path, sizeof s->path, "%s", folder) >= SHELF_PATH_MAX)
        return false;
    if (prepare(s) != STATUS_OK)
        log_warning("%s: %s: no data set is fetched or uploaded before it can be made",
                    folder, strerror(errno));
    return true;
}

void shelf_close(struct shelf *s)
{
    if (s->unfinished >= 0)
        close(s->unfinished);
    if (s->folder >= 0)
        close(s->folder);
}

static void name_place(int64_t place, char ret[static NAME_BYTES])
{
    snprintf(ret, NAME_BYTES, "%lld", (long long)place);
}

enum status shelf_begin(struct shelf *s, int64_t place)
{
    char name[NAME_BYTES];
    enum status status = prepare(s);
    if (status != STATUS_OK)
        return status;
    name_place(place, name);
    return mkdirat(s->unfinished, name, 0700) == 0 ? STATUS_OK : status_of_errno();
}

void shelf_abandon(struct shelf *s, int64_t place)
{
    char name[NAME_BYTES];
    name_place(place, name);
    remove_folder(s->unfinished, name);
}

enum status shelf_create(struct shelf *s, int64_t place, struct shelf_file *ret)
{
    *ret = (struct shelf_file){.shelf = s, .place = place};
    snprintf(ret->name, sizeof ret->name, "part-%lld",
             (long long)atomic_fetch_add(&s->number, 1));
    ret->fd = openat(s->unfinished, ret->name,
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    hash_begin(&ret->hash);
    return ret->fd >= 0 ? STATUS_OK : status_of_errno();
}

/* A data set gets no space that the store may want, as much beside its reserve as that
 * has. */
static bool has_space(struct shelf_file *f)
{
    enum { LOOK_EVERY = 1 << 20 };
    int64_t free = 0, reserve = 0;
    if (f->looked > 0 && f->bytes - f->looked < LOOK_EVERY)
        return true;
    f->looked = f->bytes + 1;
    return !disk_look(f->shelf->folder, &free, &reserve) || free >= reserve;
}

enum status shelf_write(struct shelf_file *f, const void *bytes, size_t n)
{
    if (!has_space(f))
        return STATUS_NO_SPACE;
    for (size_t done = 0; done < n;) {
        ssize_t some = write(f->fd, (const char *)bytes + done, n - done);
        if (some < 0 && errno != EINTR)
            return status_of_errno();
        done += some > 0 ? (size_t)some : 0;
    }
    hash_add(&f->hash, bytes, n);
    f->bytes += n;
    return STATUS_OK;
}

void shelf_file_path(const struct shelf_file *f, char ret[static PATH_MAX])
{
    snprintf(ret, PATH_MAX, "%.*s/%s/%s", SHELF_PATH_MAX, f->shelf->path, unfinished,
             f->name);
}

void shelf_file_hash(struct shelf_file *f, char ret[static HASH_TEXT])
{
    hash_end(&f->hash, ret);
}

enum status shelf_sync(struct shelf_file *f)
{
    return fsync(f->fd) == 0 ? STATUS_OK : status_of_errno();
}

enum status shelf_keep(struct shelf_file *f, enum dataset_file which, bool zipped)
{
    char name[DATASET_FILE_NAME], to[3 * NAME_BYTES];
    dataset_name_file(which, zipped, name);
    snprintf(to, sizeof to, "%lld/%s", (long long)f->place, name);
    bool kept = renameat(f->shelf->unfinished, f->name, f->shelf->unfinished, to) == 0;
    enum status status = kept ? STATUS_OK : status_of_errno();
    if (kept) { /* one that was there may have been plain, or gzip */
        dataset_name_file(which, !zipped, name);
        snprintf(to, sizeof to, "%lld/%s", (long long)f->place, name);
        unlinkat(f->shelf->unfinished, to, 0);
        close(f->fd);
        f->fd = -1;
    } else {
        shelf_drop(f);
    }
    return status;
}

void shelf_drop(struct shelf_file *f)
{
    if (f->fd < 0)
        return;
    unlinkat(f->shelf->unfinished, f->name, 0);
    close(f->fd);
    f->fd = -1;
}

static bool sync_folder(int in, const char *name)
{
    int fd = open_folder(in, name);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

enum status shelf_finish(struct shelf *s, int64_t place, const char *name)
{
    char from[NAME_BYTES];
    name_place(place, from);
    if (!sync_folder(s->unfinished, from))
        return status_of_errno();
    int code = renameat2(s->unfinished, from, s->folder, name, RENAME_NOREPLACE);
    if (code != 0 && errno == EINVAL) /* not every file system can refuse to replace */
        code = renameat(s->unfinished, from, s->folder, name);
    if (code != 0)
        return errno == EEXIST || errno == ENOTEMPTY ? STATUS_CONFLICT
                                                     : status_of_errno();
    return fsync(s->folder) == 0 ? STATUS_OK : status_of_errno();
}

enum status shelf_remove(struct shelf *s, const char *name)
{
    char gone[NAME_BYTES];
    if (!dataset_is_name(name) || !dataset_is_there(s->path, name))
        return STATUS_NOT_FOUND;
    snprintf(gone, sizeof gone, "gone-%lld", (long long)atomic_fetch_add(&s->number, 1));
    if (renameat(s->folder, name, s->unfinished, gone) != 0)
        return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
    bool durable = fsync(s->folder) == 0;
    remove_folder(s->unfinished, gone);
    return durable ? STATUS_OK : STATUS_IO;
}
