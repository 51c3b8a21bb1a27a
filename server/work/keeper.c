/* In: the space of the disk, and the data sets that runs wait for, every other second.
 * Out: workers that wait while there is too little space, runs of an earlier process and
 * those whose data set has come in the queue again, and less to delete. */
#include "work/keeper.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "store/absent.h"
#include "store/reserve.h"
#include "store/steps.h"
#include "work/crew.h"

enum { LOOK_SECONDS = 2 };

struct keeper {
    struct store *store;
    struct workers *workers;
    struct catalogue *catalogue;
    pthread_t thread;
    enum status disk; /* at the last look, see store_reserve_keep */

    pthread_mutex_t lock;
    pthread_cond_t ending;
    /* protected by lock: */
    bool stopping;
};

static void say_how_the_disk_is(enum status status, int64_t free)
{
    if (status == STATUS_NO_SPACE)
        log_warning("the disk has %lld MiB left: no job is taken and no run begins until "
                    "there is more",
                    (long long)free >> 20);
    else if (status == STATUS_OK)
        log_info("the disk has space enough");
    else
        log_warning("the disk has space, but no file could be made that holds some of it "
                    "back");
}

/* A writer that cries while this looks is heard at the next look at the latest. */
static void look_at_disk(struct keeper *k)
{
    int64_t free = 0;
    enum status disk = store_reserve_keep(k->store, &free);
    if (disk != k->disk)
        say_how_the_disk_is(disk, free);
    k->disk = disk;
    bool recovered = workers_recover(k->workers) == STATUS_OK;
    workers_starve(k->workers, disk == STATUS_NO_SPACE || !recovered);
}

static void cry(void *workers)
{
    workers_yield(workers);
}

enum { ABSENT_MAX = 256 }; /* that are looked for */

struct absent {
    char name[ABSENT_MAX][64];
    size_t count;
};

static bool add_absent(void *arg, const char *name)
{
    struct absent *a = arg;
    snprintf(a->name[a->count++], sizeof a->name[0], "%s", name);
    return a->count < ABSENT_MAX;
}

static enum status apply_absent_end(struct conn *c, void *arg)
{
    return store_absent_end(c, arg);
}

static void look_for_data(const struct keeper *k)
{
    struct absent absent = {.count = 0};
    struct buf folder;
    struct conn *c = store_reader(k->store);
    if (c == NULL || store_absent_list(c, add_absent, &absent) != STATUS_OK)
        return;
    buf_init(&folder, 1 << 16);
    for (size_t i = 0; i < absent.count; i++) {
        buf_clear(&folder);
        if (catalogue_find(k->catalogue, absent.name[i], &folder) != STATUS_OK ||
            store_write(k->store, apply_absent_end, absent.name[i]) != STATUS_OK)
            continue;
        log_info("data set %s is there: runs that waited for it are in the queue",
                 absent.name[i]);
        workers_wake(k->workers);
    }
    buf_release(&folder);
}

static void look_at_crew(const struct keeper *k)
{
    if (crew_look(workers_crew(k->workers)) > 0)
        workers_wake(k->workers);
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

/* A purge that was interrupted, or that found no space. */
static void purge(struct keeper *k)
{
    while (!is_stopping(k) && store_write(k->store, purge_some, k->store) == STATUS_OK)
        ;
}

static void *keeper_main(void *arg)
{
    struct keeper *k = arg;
    do {
        purge(k);
        look_at_disk(k);
        look_for_data(k);
        look_at_crew(k);
    } while (sleep_a_little(k));
    return NULL;
}

static enum status begin(struct keeper *k, struct buf *why)
{
    enum status status = workers_recover(k->workers);
    if (status != STATUS_OK && status != STATUS_NO_SPACE) {
        buf_addf(why, "the runs of an earlier process could not be recovered: %s",
                 status_text(status));
        return status;
    }
    look_at_disk(k);
    if (pthread_create(&k->thread, NULL, keeper_main, k) == 0)
        return STATUS_OK;
    buf_adds(why, "a thread could not be started");
    return STATUS_NO_MEMORY;
}

static void release(struct keeper *k)
{
    store_on_full(k->store, NULL, NULL);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->ending);
    free(k);
}

enum status keeper_start(struct store *store, struct workers *workers,
                         struct catalogue *catalogue, struct keeper **ret,
                         struct buf *why)
{
    struct keeper *k = calloc(1, sizeof *k);
    if (k == NULL)
        return STATUS_NO_MEMORY;
    k->store = store;
    k->workers = workers;
    k->catalogue = catalogue;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->ending, NULL);
    store_on_full(store, cry, workers);
    enum status status = begin(k, why);
    if (status == STATUS_OK)
        *ret = k;
    else
        release(k);
    return status;
}

void keeper_stop(struct keeper *k)
{
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_cond_signal(&k->ending);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    release(k);
}
