/* The pool: threads, waking, stopping, live progress. What a thread does with a run is in
 * execute.c. */
#include "work/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "store/jobs.h"
#include "work/execute.h"

struct workers {
    struct store *store;
    struct execution_place place;
    unsigned count;
    pthread_t *threads;

    pthread_mutex_t lock;
    pthread_cond_t news;
    /* protected by lock: */
    uint64_t wakes; /* how often workers_wake was called */
    bool stopping;
    struct execution *at_work; /* linked */
};

static void list_execution(struct workers *w, struct execution *e)
{
    pthread_mutex_lock(&w->lock);
    e->next = w->at_work;
    w->at_work = e;
    if (w->stopping)
        atomic_store(&e->stop, true);
    pthread_mutex_unlock(&w->lock);
}

static void unlist_execution(struct workers *w, struct execution *e)
{
    pthread_mutex_lock(&w->lock);
    struct execution **at = &w->at_work;
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    pthread_mutex_unlock(&w->lock);
}

static enum status claim(struct conn *c, void *arg)
{
    return store_run_claim(c, clock_now_ms(), arg);
}

/* Takes and executes one run. NOT_FOUND: there is none; else why none could be taken. */
static enum status work_once(struct workers *w)
{
    struct claim taken = {.run = 0};
    enum status status = store_write(w->store, claim, &taken);
    if (status != STATUS_OK) {
        free(taken.params);
        free(taken.spec);
        return status;
    }
    struct execution e = {.claim = &taken, .place = &w->place};
    e.started = clock_monotonic();
    list_execution(w, &e);
    execute(&e);
    unlist_execution(w, &e);
    free(taken.params);
    free(taken.spec);
    return STATUS_OK;
}

/* Until there is news, or for a second: a claim that failed, on a full disk for example, is
 * tried again. */
static void wait_for_news(struct workers *w, uint64_t wakes, bool failed)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    int code = 0;
    while (!w->stopping && wakes == w->wakes && code == 0)
        code = failed ? pthread_cond_timedwait(&w->news, &w->lock, &until)
                      : pthread_cond_wait(&w->news, &w->lock);
}

static void *worker_main(void *arg)
{
    struct workers *w = arg;
    pthread_mutex_lock(&w->lock);
    while (!w->stopping) {
        uint64_t wakes = w->wakes;
        pthread_mutex_unlock(&w->lock);
        enum status status = work_once(w);
        pthread_mutex_lock(&w->lock);
        if (status != STATUS_OK)
            wait_for_news(w, wakes, status != STATUS_NOT_FOUND);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static enum status requeue_all(struct conn *c, void *arg)
{
    (void)arg;
    return store_run_requeue_all(c);
}

enum status workers_start(struct store *store, struct catalogue *catalogue, unsigned count,
                          const char *build, struct workers **ret)
{
    enum status status = store_write(store, requeue_all, NULL);
    if (status != STATUS_OK)
        return status;
    struct workers *w = calloc(1, sizeof *w);
    if (w == NULL)
        return STATUS_NO_MEMORY;
    w->store = store;
    execution_place_init(&w->place, store, catalogue, build);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->news, NULL);
    w->threads = calloc(count, sizeof *w->threads);
    while (w->threads != NULL && w->count < count &&
           pthread_create(&w->threads[w->count], NULL, worker_main, w) == 0)
        w->count++;
    if (w->count < count) {
        workers_stop(w);
        return STATUS_NO_MEMORY;
    }
    *ret = w;
    return STATUS_OK;
}

void workers_wake(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->wakes++;
    pthread_cond_broadcast(&w->news);
    pthread_mutex_unlock(&w->lock);
}

void workers_stop(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    for (struct execution *e = w->at_work; e != NULL; e = e->next)
        atomic_store(&e->stop, true);
    pthread_cond_broadcast(&w->news);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->count; i++)
        pthread_join(w->threads[i], NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->news);
    free(w->threads);
    free(w);
}

bool workers_progress(struct workers *w, int64_t run, struct progress *ret)
{
    bool found = false;
    pthread_mutex_lock(&w->lock);
    for (struct execution *e = w->at_work; e != NULL && !found; e = e->next)
        if (e->claim->run == run) {
            double seconds = clock_monotonic() - e->started;
            ret->samples = atomic_load(&e->samples);
            ret->per_second = seconds > 0 ? (double)ret->samples / seconds : 0;
            found = true;
        }
    pthread_mutex_unlock(&w->lock);
    return found;
}
