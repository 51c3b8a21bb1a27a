/* In: the free space of the disk, and cries for it. Out: a file that becomes longer or
 * shorter. Why somebody needs space it does not know. */
#include "store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "store/writer.h"

enum { PIECES = 16 };

static int64_t size_of(const struct store *s)
{
    struct stat st;
    return s->reserve >= 0 && fstat(s->reserve, &st) == 0 ? st.st_size : 0;
}

void reserve_open(struct store *s)
{
    s->reserve = open(s->reserve_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static enum status make_whole(struct store *s, int64_t wanted)
{
    int64_t size = size_of(s);
    if (s->reserve < 0)
        reserve_open(s);
    if (s->reserve < 0)
        return STATUS_IO;
    int code = size >= wanted ? 0 : posix_fallocate(s->reserve, 0, wanted);
    if (code == 0)
        return STATUS_OK;
    if (ftruncate(s->reserve, size) != 0)
        log_warning("%s: %s", s->reserve_path, strerror(errno));
    return code == ENOSPC || code == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
}

enum status store_reserve_keep(struct store *s, int64_t *ret_free)
{
    int64_t wanted;
    if (!disk_look(s->lock_file, ret_free, &wanted))
        return STATUS_IO;
    pthread_mutex_lock(&s->reserve_lock);
    bool enough = *ret_free + size_of(s) >= 2 * wanted;
    enum status status = enough ? make_whole(s, wanted) : STATUS_NO_SPACE;
    pthread_mutex_unlock(&s->reserve_lock);
    atomic_store(&s->tight, status == STATUS_NO_SPACE);
    return status;
}

int64_t store_reserve_left(struct store *s)
{
    pthread_mutex_lock(&s->reserve_lock);
    int64_t size = size_of(s);
    pthread_mutex_unlock(&s->reserve_lock);
    return size;
}

int64_t store_space_left(const struct store *s)
{
    int64_t free = 0, wanted;
    return disk_look(s->lock_file, &free, &wanted) ? free : 0;
}

int64_t reserve_wanted(const struct store *s)
{
    int64_t free, wanted;
    return disk_look(s->lock_file, &free, &wanted) ? wanted : DISK_RESERVE_MAX;
}

bool reserve_give(struct store *s, enum reserve_rest rest)
{
    int64_t free, wanted;
    atomic_store(&s->tight, true);
    if (!disk_look(s->lock_file, &free, &wanted))
        return false;
    pthread_mutex_lock(&s->reserve_lock);
    int64_t size = size_of(s), left = size - wanted / PIECES;
    int64_t least = wanted / 4 * (int64_t)rest;
    left = left > least ? left : least;
    bool gives = left < size && ftruncate(s->reserve, left) == 0;
    pthread_mutex_unlock(&s->reserve_lock);
    if (gives)
        log_warning("the disk is full: %lld KiB of %s are given up, %lld are left",
                    (long long)(size - left) / 1024, s->reserve_path,
                    (long long)left / 1024);
    return gives;
}

void store_on_full(struct store *s, void (*full)(void *), void *arg)
{
    pthread_mutex_lock(&s->reserve_lock);
    s->full = full;
    s->full_arg = arg;
    pthread_mutex_unlock(&s->reserve_lock);
}

void reserve_cry(struct store *s)
{
    pthread_mutex_lock(&s->reserve_lock);
    if (s->full != NULL)
        s->full(s->full_arg);
    pthread_mutex_unlock(&s->reserve_lock);
}

bool store_has_room_for_state(struct store *s, size_t size, bool is_full)
{
    double room =
        is_full ? (double)store_reserve_left(s) / 4 : (double)store_space_left(s) / 2;
    return (double)size <= room;
}
