#include "store/weights.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/leases.h"
#include "store/npz.h"
#include "store/writer.h"

enum { NAME_MAX_BYTES = 64 };

static const char unfinished[] = ".new";

/* "7.npz", or what is to become it. */
static void name_file(char ret[static NAME_MAX_BYTES], int64_t run, const char *end)
{
    snprintf(ret, NAME_MAX_BYTES, "%lld.npz%s", (long long)run, end);
}

static enum status status_of_errno(void)
{
    return errno == ENOSPC || errno == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
}

/* Makes the folder if it is missing, and makes that durable. */
static bool make_folder(const char *path, const char *parent)
{
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST;
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* "7.npz.new.3": what came with lease 3. */
static void name_leased(char ret[static NAME_MAX_BYTES], int64_t run, int64_t lease)
{
    snprintf(ret, NAME_MAX_BYTES, "%lld.npz%s.%lld", (long long)run, unfinished,
             (long long)lease);
}

/* The lease in such a name, from ".new" on; 0: none. */
static int64_t read_lease(const char *end)
{
    end += strlen(unfinished);
    return *end == '.' ? strtoll(end + 1, NULL, 10) : 0;
}

/* Whether a process that was killed has left the file: half of one, or one whose run it
 * did not live to record. */
static bool is_left_over(struct conn *c, const char *name)
{
    char whole[NAME_MAX_BYTES];
    int64_t run = strtoll(name, NULL, 10), yes;
    struct lease lease;
    const char *end = strstr(name, unfinished);
    if (end != NULL) /* one that belongs to a lease stays as long as that */
        return store_lease_get(c, read_lease(end), &lease) != STATUS_OK;
    name_file(whole, run, "");
    return strcmp(name, whole) == 0 &&
           conn_read(c, STATEMENT_RUN_WITHOUT_WEIGHTS, &yes, run) == STATUS_OK;
}

static bool remove_left_over(struct conn *c, int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    for (struct dirent *entry; (entry = readdir(d)) != NULL;)
        if (is_left_over(c, entry->d_name))
            unlinkat(folder, entry->d_name, 0);
    closedir(d);
    return true;
}

enum status weights_prepare(struct store *s, const char *folder, struct buf *why)
{
    int length = snprintf(s->weights_path, sizeof s->weights_path, "%s/weights", folder);
    if (length + NAME_MAX_BYTES >= (int)sizeof s->weights_path) {
        buf_adds(why, "the path of the data directory is too long");
        return STATUS_IO;
    }
    if (make_folder(s->weights_path, folder))
        s->weights = open(s->weights_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->weights >= 0 && remove_left_over(s->writer, s->weights))
        return STATUS_OK;
    buf_addf(why, "%s: %s", s->weights_path, strerror(errno));
    return status_of_errno();
}

/* On the disk under its final name. */
static enum status make_durable(struct store *s, const char *new_name, const char *name,
                                int64_t *ret_bytes)
{
    struct stat st;
    int fd = openat(s->weights, new_name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return STATUS_IO;
    bool ok = fsync(fd) == 0 && fstat(fd, &st) == 0 &&
              renameat(s->weights, new_name, s->weights, name) == 0 &&
              fsync(s->weights) == 0;
    enum status status = ok ? STATUS_OK : status_of_errno();
    close(fd);
    if (ok)
        *ret_bytes = st.st_size;
    return status;
}

enum status store_weights_write(struct store *s, int64_t run, const struct final *left,
                                int64_t *ret_bytes)
{
    char name[NAME_MAX_BYTES], new_name[NAME_MAX_BYTES], path[PATH_MAX + NAME_MAX_BYTES];
    name_file(name, run, "");
    name_file(new_name, run, unfinished);
    snprintf(path, sizeof path, "%s/%s", s->weights_path, new_name);
    enum status status = npz_write(path, left);
    if (status == STATUS_OK)
        status = make_durable(s, new_name, name, ret_bytes);
    if (status != STATUS_OK)
        unlinkat(s->weights, new_name, 0);
    return status;
}

/* The file never changes, so that both runs can have the same one. */
enum status store_weights_link(const struct store *s, int64_t from, int64_t run)
{
    char old[NAME_MAX_BYTES], name[NAME_MAX_BYTES];
    name_file(old, from, "");
    name_file(name, run, "");
    unlinkat(s->weights, name, 0);
    if (linkat(s->weights, old, s->weights, name, 0) == 0 && fsync(s->weights) == 0)
        return STATUS_OK;
    log_warning("weights of run %lld, for run %lld: %s", (long long)from, (long long)run,
                strerror(errno));
    return STATUS_NOT_FOUND;
}

void store_weights_remove(const struct store *s, int64_t run)
{
    char name[NAME_MAX_BYTES];
    name_file(name, run, "");
    if (unlinkat(s->weights, name, 0) != 0 && errno != ENOENT)
        log_warning("weights of run %lld: %s", (long long)run, strerror(errno));
}

enum status store_weights_receive(const struct store *s, int64_t run, int64_t lease,
                                  int *ret_fd)
{
    char name[NAME_MAX_BYTES];
    name_leased(name, run, lease);
    *ret_fd = openat(s->weights, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return *ret_fd >= 0 ? STATUS_OK : status_of_errno();
}

enum status store_weights_adopt(const struct store *s, int64_t run, int64_t lease,
                                int64_t *ret_bytes)
{
    char old[NAME_MAX_BYTES], name[NAME_MAX_BYTES];
    struct stat st;
    name_leased(old, run, lease);
    name_file(name, run, "");
    if (fstatat(s->weights, old, &st, 0) != 0)
        return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
    if (renameat(s->weights, old, s->weights, name) != 0 || fsync(s->weights) != 0)
        return status_of_errno();
    *ret_bytes = st.st_size;
    return STATUS_OK;
}

void store_weights_drop(const struct store *s, int64_t run, int64_t lease)
{
    char name[NAME_MAX_BYTES];
    name_leased(name, run, lease);
    unlinkat(s->weights, name, 0);
}

enum status store_weights_open(const struct store *s, int64_t run, int *ret_fd,
                               uint64_t *ret_bytes)
{
    char name[NAME_MAX_BYTES];
    struct stat st;
    name_file(name, run, "");
    int fd = openat(s->weights, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
    if (fstat(fd, &st) != 0) {
        close(fd);
        return STATUS_IO;
    }
    *ret_fd = fd;
    *ret_bytes = (uint64_t)st.st_size;
    return STATUS_OK;
}
