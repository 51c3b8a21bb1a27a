#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum status lock_folder(const char *folder, char *ret_path, size_t room, int *ret_file,
                        struct buf *why)
{
    char path[PATH_MAX];
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || chmod(folder, 0700) != 0) {
        buf_addf(why, "data directory %s: %s", folder, strerror(errno));
        return STATUS_IO;
    }
    if (snprintf(path, sizeof path, "%s/lock", folder) >= (int)sizeof path ||
        snprintf(ret_path, room, "%s/frugal.db", folder) >= (int)room) {
        buf_adds(why, "the path of the data directory is too long");
        return STATUS_IO;
    }
    *ret_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*ret_file < 0) {
        buf_addf(why, "data directory %s: %s", folder, strerror(errno));
        return STATUS_IO;
    }
    if (flock(*ret_file, LOCK_EX | LOCK_NB) != 0) {
        bool taken = errno == EWOULDBLOCK;
        buf_addf(why, "data directory %s: %s", folder,
                 taken ? "another frugald uses it" : strerror(errno));
        return taken ? STATUS_CONFLICT : STATUS_IO;
    }
    return STATUS_OK;
}
