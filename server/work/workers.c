/* The pool: threads, waking, stopping, live progress. What a thread does with a run is in
 * execute.c. */
#include "work/workers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/recover.h"
#include "work/blame.h"
#include "work/crew.h"
#include "work/execute.h"

struct workers {
    struct store *store;
    struct desk *desk;
    struct crew *crew;
    struct execution_place place;
    int nice;
    struct blame blame;    /* what the last process left */
    atomic_bool recovered; /* it has been dealt with */

    pthread_mutex_t lock;
    pthread_cond_t news;
    /* protected by lock: */
    uint64_t wakes;        /* how often workers_wake was called */
    unsigned count, alive; /* threads that there should be, and are */
    uint64_t samples;      /* learnt from, by what has ended */
    bool stopping, draining, starved;
    struct execution *at_work; /* linked */
};

static void list_execution(struct workers *w, struct execution *e)
{
    pthread_mutex_lock(&w->lock);
    e->next = w->at_work;
    w->at_work = e;
    if (w->stopping)
        atomic_store(&e->stop, true);
    if (w->starved)
        atomic_store(&e->yield, true);
    pthread_mutex_unlock(&w->lock);
}

/* Without those of earlier attempts. */
static uint64_t samples_of(const struct execution *e)
{
    uint64_t samples = atomic_load(&e->samples), before = atomic_load(&e->samples_before);
    return samples > before ? samples - before : 0;
}

static void unlist_execution(struct workers *w, struct execution *e)
{
    pthread_mutex_lock(&w->lock);
    struct execution **at = &w->at_work;
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    w->samples += samples_of(e);
    pthread_mutex_unlock(&w->lock);
}

/* Takes and executes one run. NOT_FOUND: there is none; else why none could be taken. */
static enum status work_once(struct workers *w)
{
    struct claim claim;
    enum status status = w->desk->claim(w->desk, &claim);
    if (status == STATUS_OK) {
        struct execution e = {.claim = &claim, .place = &w->place};
        e.started = clock_monotonic();
        list_execution(w, &e);
        blame_begin(claim.run);
        if (claim.verifies)
            verify(&e);
        else
            execute(&e);
        blame_end();
        unlist_execution(w, &e);
        status = e.waits_for; /* so that the worker waits a little, too */
        claim_release(&claim);
    }
    return status;
}

/* How long after a claim that came to nothing the next one is made without news; 0: news
 * will tell. Who waits for another run to get further looks often. */
static long patience_ms(enum status status)
{
    return status == STATUS_NOT_FOUND ? 0 : status == STATUS_CONFLICT ? 100 : 1000;
}

/* Until there is news, or so many milliseconds have passed; 0: any number. */
static void wait_for_news(struct workers *w, uint64_t wakes, long ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int code = 0;
    while (!w->stopping && wakes == w->wakes && code == 0)
        code = ms > 0 ? pthread_cond_timedwait(&w->news, &w->lock, &until)
                      : pthread_cond_wait(&w->news, &w->lock);
}

static void *worker_main(void *arg)
{
    struct workers *w = arg;
    (void)!nice(w->nice); /* on Linux, of this thread only */
    blame_watch_thread();
    pthread_mutex_lock(&w->lock);
    while (!w->stopping && w->alive <= w->count) {
        uint64_t wakes = w->wakes;
        enum status status = STATUS_NOT_FOUND;
        if (!w->draining && !w->starved) {
            pthread_mutex_unlock(&w->lock);
            status = work_once(w);
            pthread_mutex_lock(&w->lock);
        }
        if (status != STATUS_OK)
            wait_for_news(w, wakes, patience_ms(status));
    }
    store_reader_close(w->store); /* nobody waits for what comes after `alive` */
    w->alive--;
    pthread_cond_broadcast(&w->news);
    pthread_mutex_unlock(&w->lock);
    blame_unwatch_thread();
    return NULL;
}

struct recovery_write {
    struct blame blame;
    struct recovery recovery;
};

static enum status apply_recovery(struct conn *c, void *arg)
{
    struct recovery_write *w = arg;
    return store_recover(c, &w->blame, clock_now_ms(), &w->recovery);
}

static void log_recovery(const struct recovery_write *w)
{
    if (w->blame.run != 0)
        log_warning("run %lld crashed the server: %s", (long long)w->blame.run,
                    w->blame.signal);
    if (w->recovery.suspects > 0)
        log_warning(
            "the server ended without notice; runs that were at work go on one at "
            "a time, until each has got further: %lld",
            (long long)w->recovery.suspects);
    if (w->recovery.dead != 0)
        log_warning("run %lld is dead: the server ended too often while it was at work",
                    (long long)w->recovery.dead);
}

enum status workers_recover(struct workers *w)
{
    if (atomic_load(&w->recovered))
        return STATUS_OK;
    struct recovery_write written = {.blame = w->blame};
    enum status status = store_write(w->store, apply_recovery, &written);
    if (status == STATUS_OK) {
        log_recovery(&written);
        blame_forget();
        atomic_store(&w->recovered, true);
    }
    return status;
}

/* Before the recovery no run has begun: what the last process left stays as it is. */
void workers_stopping(struct workers *w)
{
    if (atomic_load(&w->recovered))
        blame_stopping();
}

/* Of the disk: no run is at fault. */
static void note_failure(void *workers)
{
    workers_stopping(workers);
}

enum status workers_start(struct store *store, struct catalogue *catalogue,
                          const struct workers_options *o, struct workers **ret,
                          struct buf *why)
{
    struct workers *w = calloc(1, sizeof *w);
    struct desk *desk = store_desk_open(store, catalogue, o->per_owner);
    if (w == NULL || desk == NULL) {
        free(w);
        free(desk);
        return STATUS_NO_MEMORY;
    }
    w->store = store;
    w->desk = desk;
    w->nice = o->nice;
    w->starved = true; /* until somebody has seen to the disk */
    execution_place_init(&w->place, w->desk, &o->build, o->checkpoint_seconds);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->news, NULL);
    enum status status = blame_open(o->folder, &w->blame, why);
    if (status == STATUS_OK) {
        store_on_failure(store, note_failure, w);
        status = crew_open(store, o->lease_seconds, &w->crew);
        if (status == STATUS_OK)
            status = workers_resize(w, o->count);
        if (status != STATUS_OK)
            buf_adds(why, "the worker threads could not be started");
    }
    if (status == STATUS_OK)
        *ret = w;
    else
        workers_stop(w);
    return status;
}

static void wake_locked(struct workers *w)
{
    w->wakes++;
    pthread_cond_broadcast(&w->news);
}

void workers_wake(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    wake_locked(w);
    pthread_mutex_unlock(&w->lock);
}

enum status workers_resize(struct workers *w, unsigned count)
{
    pthread_attr_t detached;
    enum status status = STATUS_OK;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_mutex_lock(&w->lock);
    unsigned before = w->count;
    w->count = count;
    while (status == STATUS_OK && w->alive < count) {
        pthread_t thread;
        if (pthread_create(&thread, &detached, worker_main, w) == 0)
            w->alive++;
        else
            status = STATUS_NO_MEMORY;
    }
    if (status != STATUS_OK)
        w->count = before; /* those that were started end again */
    wake_locked(w);
    pthread_mutex_unlock(&w->lock);
    pthread_attr_destroy(&detached);
    return status;
}

void workers_drain(struct workers *w, bool draining)
{
    pthread_mutex_lock(&w->lock);
    w->draining = draining;
    wake_locked(w);
    pthread_mutex_unlock(&w->lock);
}

void workers_starve(struct workers *w, bool starved)
{
    pthread_mutex_lock(&w->lock);
    if (w->starved != starved) {
        w->starved = starved;
        wake_locked(w);
    }
    pthread_mutex_unlock(&w->lock);
}

void workers_yield(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->starved = true;
    for (struct execution *e = w->at_work; e != NULL; e = e->next)
        atomic_store(&e->yield, true);
    pthread_mutex_unlock(&w->lock);
}

struct crew *workers_crew(struct workers *w)
{
    return w->crew;
}

const struct execution_place *workers_place(const struct workers *w)
{
    return &w->place;
}

struct schedule_limits workers_limits(const struct workers *w)
{
    return store_desk_limits(w->desk);
}

struct workers_state workers_state(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    struct workers_state s = {.count = w->count,
                              .draining = w->draining,
                              .starved = w->starved,
                              .samples = w->samples};
    for (const struct execution *e = w->at_work; e != NULL; e = e->next) {
        s.busy++;
        s.samples += samples_of(e);
    }
    pthread_mutex_unlock(&w->lock);
    crew_count(w->crew, &s.remote, &s.remote_busy);
    return s;
}

static bool is_named(int64_t run, const int64_t *runs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (runs[i] == run)
            return true;
    return runs == NULL;
}

void workers_limit(struct workers *w, int64_t per_owner)
{
    store_desk_limit(w->desk, per_owner);
    workers_wake(w); /* more may run at the same time now */
}

static void cancel(struct workers *w, int64_t job, bool verifies, const int64_t *runs,
                   size_t count)
{
    pthread_mutex_lock(&w->lock);
    for (struct execution *e = w->at_work; e != NULL; e = e->next)
        if (e->claim->job == job && e->claim->verifies == verifies &&
            is_named(e->claim->run, runs, count))
            atomic_store(&e->cancel, true);
    pthread_mutex_unlock(&w->lock);
}

void workers_cancel(struct workers *w, int64_t job, const int64_t *runs, size_t count)
{
    cancel(w, job, false, runs, count);
}

void workers_abandon(struct workers *w, int64_t job)
{
    cancel(w, job, true, NULL, 0);
}

void workers_restored(const char *folder)
{
    blame_nobody(folder);
}

void workers_stop(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    for (struct execution *e = w->at_work; e != NULL; e = e->next)
        atomic_store(&e->stop, true);
    pthread_cond_broadcast(&w->news);
    while (w->alive > 0)
        pthread_cond_wait(&w->news, &w->lock);
    pthread_mutex_unlock(&w->lock);
    store_on_failure(w->store, NULL, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->news);
    store_desk_close(w->desk);
    crew_close(w->crew);
    free(w);
}

/* Samples a second, on average since the attempt began. */
static double rate_of(const struct execution *e)
{
    double seconds = clock_monotonic() - e->started;
    return seconds > 0 ? (double)samples_of(e) / seconds : 0;
}

void workers_list(struct workers *w,
                  bool (*visit)(void *arg, const struct crew_member *m), void *arg)
{
    bool more = true;
    pthread_mutex_lock(&w->lock);
    for (struct execution *e = w->at_work; e != NULL && more; e = e->next) {
        struct crew_member m = {.run = e->claim->run,
                                .verifies = e->claim->verifies,
                                .samples = atomic_load(&e->samples),
                                .per_second = rate_of(e),
                                .heard = clock_now_ms()};
        m.since = m.heard - (int64_t)(1000 * (clock_monotonic() - e->started));
        snprintf(m.who.host, sizeof m.who.host, "%.*s", WORKER_TEXT - 1, w->place.host);
        snprintf(m.cpu, sizeof m.cpu, "%.*s", (int)sizeof m.cpu - 1, w->place.cpu);
        more = visit(arg, &m);
    }
    pthread_mutex_unlock(&w->lock);
    if (more)
        crew_list(w->crew, visit, arg);
}

static bool remote_progress(struct workers *w, int64_t run, struct progress *ret)
{
    struct crew_member m;
    bool found = crew_progress(w->crew, run, &m);
    if (found)
        *ret = (struct progress){.samples = m.samples, .per_second = m.per_second};
    return found;
}

bool workers_progress(struct workers *w, int64_t run, struct progress *ret)
{
    bool found = false;
    pthread_mutex_lock(&w->lock);
    for (struct execution *e = w->at_work; e != NULL && !found; e = e->next)
        if (e->claim->run == run && !e->claim->verifies) {
            ret->samples = atomic_load(&e->samples);
            ret->per_second = rate_of(e);
            found = true;
        }
    pthread_mutex_unlock(&w->lock);
    return found || remote_progress(w, run, ret);
}
