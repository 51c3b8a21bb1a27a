/* In: the free space of the disk, every other second. Out: workers that wait while there
 * is too little, so that what is left serves the runs at work and what tells of their
 * ends. */
#include "work/keeper.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <time.h>

#include "base/log.h"
#include "store/steps.h"

enum { LOOK_SECONDS = 2 };

static const double RESERVE_BYTES = 64 << 20, RESERVE_SHARE = 0.05; /* the smaller one */

struct keeper {
    struct store *store;
    struct workers *workers;
    const char *folder;
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t ending;
    /* protected by lock: */
    bool stopping;
};

static void look_at_disk(const struct keeper *k)
{
    struct statvfs disk;
    bool was_low = workers_state(k->workers).starved;
    if (statvfs(k->folder, &disk) != 0)
        return;
    double size = (double)disk.f_blocks * (double)disk.f_frsize;
    double free = (double)disk.f_bavail * (double)disk.f_frsize;
    double share = RESERVE_SHARE * size;
    bool is_low = free < (share < RESERVE_BYTES ? share : RESERVE_BYTES);
    if (is_low && !was_low)
        log_warning("the disk has %.0f MiB left: no job is taken and no run begins until "
                    "there is more",
                    free / (1 << 20));
    if (!is_low && was_low)
        log_info("the disk has space again");
    workers_starve(k->workers, is_low);
}

static enum status purge_some(struct conn *c, void *arg)
{
    return store_purge_some(c, arg);
}

static bool is_stopping(struct keeper *k)
{
    pthread_mutex_lock(&k->lock);
    bool stopping = k->stopping;
    pthread_mutex_unlock(&k->lock);
    return stopping;
}

static bool sleep_a_little(struct keeper *k)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_SECONDS;
    pthread_mutex_lock(&k->lock);
    while (!k->stopping && pthread_cond_timedwait(&k->ending, &k->lock, &until) == 0)
        ;
    bool goes_on = !k->stopping;
    pthread_mutex_unlock(&k->lock);
    return goes_on;
}

static void *keeper_main(void *arg)
{
    struct keeper *k = arg;
    look_at_disk(k);
    while (!is_stopping(k) && store_write(k->store, purge_some, k->store) == STATUS_OK)
        ;
    while (sleep_a_little(k))
        look_at_disk(k);
    return NULL;
}

struct keeper *keeper_start(struct store *store, struct workers *workers,
                            const char *folder)
{
    struct keeper *k = calloc(1, sizeof *k);
    if (k == NULL)
        return NULL;
    k->store = store;
    k->workers = workers;
    k->folder = folder;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->ending, NULL);
    if (pthread_create(&k->thread, NULL, keeper_main, k) == 0)
        return k;
    free(k);
    return NULL;
}

void keeper_stop(struct keeper *k)
{
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_cond_signal(&k->ending);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->ending);
    free(k);
}
