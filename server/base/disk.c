#include "base/disk.h"

#include <sys/statvfs.h>

enum { PER_DISK = 20 }; /* so many reserves would fill the disk */

bool disk_look(int fd, int64_t *ret_free, int64_t *ret_reserve)
{
    struct statvfs disk;
    if (fstatvfs(fd, &disk) != 0)
        return false;
    int64_t block = (int64_t)disk.f_frsize;
    int64_t share = (int64_t)disk.f_blocks / PER_DISK * block;
    *ret_free = (int64_t)disk.f_bavail * block;
    *ret_reserve = share < DISK_RESERVE_MAX ? share : DISK_RESERVE_MAX;
    return true;
}
