#include "work/crew.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/weights.h"

/* A worker without a run is forgotten after so many seconds; it asks every few. */
static const double IDLE_SECONDS = 30;

/* Between two signs of a worker, in seconds; and workers for each of these. */
static const double HEARTBEAT_MIN = 1, HEARTBEAT_MAX = 10, WORKERS_PER_SECOND = 100;

struct entry {
    struct crew_member member;
    double heard; /* monotonic */
    struct entry *next;
};

struct crew {
    struct store *store;
    double lease_seconds;

    pthread_mutex_t lock;
    /* protected by lock: */
    struct entry *first, **last;
    unsigned members, busy;
};

static struct entry *find_worker(struct crew *c, const char *worker)
{
    struct entry *e = c->first;
    while (e != NULL && strcmp(e->member.who.worker, worker) != 0)
        e = e->next;
    return e;
}

static struct entry *find_lease(struct crew *c, int64_t lease)
{
    struct entry *e = lease != 0 ? c->first : NULL;
    while (e != NULL && e->member.lease != lease)
        e = e->next;
    return e;
}

static void touch(struct entry *e)
{
    e->heard = clock_monotonic();
    e->member.heard = clock_now_ms();
}

/* The entry of a worker, new if need be; NULL without memory. */
static struct entry *know(struct crew *c, const struct worker_name *who)
{
    struct entry *e = find_worker(c, who->worker);
    if (e == NULL && (e = calloc(1, sizeof *e)) != NULL) {
        e->member.who = *who;
        e->member.since = clock_now_ms();
        *c->last = e;
        c->last = &e->next;
        c->members++;
    }
    if (e != NULL)
        touch(e);
    return e;
}

static void set_lease(struct crew *c, struct entry *e, const struct lease *l)
{
    c->busy -= e->member.lease != 0;
    c->busy += l->id != 0;
    e->member.lease = l->id;
    e->member.run = l->run;
    e->member.verifies = l->verifies;
    e->member.samples = 0;
    e->member.per_second = 0;
}

static void forget(struct crew *c, struct entry *e)
{
    struct entry **at = &c->first;
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    if (e->next == NULL)
        c->last = at;
    set_lease(c, e, &(struct lease){.id = 0});
    c->members--;
    free(e);
}

static bool add_lease(void *arg, const struct lease *l)
{
    struct crew *c = arg;
    struct entry *e = know(c, &l->who);
    if (e != NULL)
        set_lease(c, e, l);
    return e != NULL;
}

enum status crew_open(struct store *s, double lease_seconds, struct crew **ret)
{
    struct crew *c = calloc(1, sizeof *c);
    struct conn *reader = store_reader(s);
    if (c == NULL || reader == NULL) {
        free(c);
        return STATUS_NO_MEMORY;
    }
    c->store = s;
    c->lease_seconds = lease_seconds;
    c->last = &c->first;
    pthread_mutex_init(&c->lock, NULL);
    enum status status = store_lease_list(reader, add_lease, c);
    if (status == STATUS_OK)
        *ret = c;
    else
        crew_close(c);
    return status;
}

void crew_close(struct crew *c)
{
    if (c == NULL)
        return;
    while (c->first != NULL)
        forget(c, c->first);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void crew_hear(struct crew *c, const struct worker_name *who, const char *cpu)
{
    pthread_mutex_lock(&c->lock);
    struct entry *e = know(c, who);
    if (e != NULL)
        snprintf(e->member.cpu, sizeof e->member.cpu, "%s", cpu);
    pthread_mutex_unlock(&c->lock);
}

void crew_give(struct crew *c, const struct lease *l)
{
    pthread_mutex_lock(&c->lock);
    struct entry *e = know(c, &l->who);
    if (e != NULL) {
        e->member.runs += e->member.lease != l->id;
        set_lease(c, e, l);
    }
    pthread_mutex_unlock(&c->lock);
}

bool crew_hear_of(struct crew *c, int64_t lease, uint64_t samples, double per_second)
{
    pthread_mutex_lock(&c->lock);
    struct entry *e = find_lease(c, lease);
    if (e != NULL) {
        touch(e);
        if (samples > 0) {
            e->member.samples = samples;
            e->member.per_second = per_second;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return e != NULL;
}

void crew_take(struct crew *c, int64_t lease)
{
    pthread_mutex_lock(&c->lock);
    struct entry *e = find_lease(c, lease);
    if (e != NULL) {
        set_lease(c, e, &(struct lease){.id = 0});
        touch(e);
    }
    pthread_mutex_unlock(&c->lock);
}

void crew_leave(struct crew *c, const char *worker)
{
    pthread_mutex_lock(&c->lock);
    struct entry *e = find_worker(c, worker);
    if (e != NULL && e->member.lease == 0)
        forget(c, e);
    pthread_mutex_unlock(&c->lock);
}

struct silence {
    struct crew_member member;
    double silent; /* seconds */
    bool dead;
};

static enum status apply_loss(struct conn *conn, void *arg)
{
    struct silence *l = arg;
    return store_lease_lost(conn, l->member.lease, clock_now_ms(), &l->dead);
}

/* Somebody who is silent and has a lease, or is forgotten; false: nobody is. */
static bool find_silent(struct crew *c, struct silence *ret)
{
    double now = clock_monotonic();
    pthread_mutex_lock(&c->lock);
    struct entry *e = c->first, *next;
    for (; e != NULL; e = next) {
        next = e->next;
        double silent = now - e->heard;
        if (e->member.lease == 0 && silent > IDLE_SECONDS) {
            forget(c, e);
        } else if (e->member.lease != 0 && silent > c->lease_seconds) {
            *ret = (struct silence){.member = e->member, .silent = silent};
            break;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return e != NULL;
}

/* Whatever it may still send is refused by the store, and its entry goes. */
static void lose(struct crew *c, const char *worker)
{
    pthread_mutex_lock(&c->lock);
    struct entry *e = find_worker(c, worker);
    if (e != NULL)
        forget(c, e);
    pthread_mutex_unlock(&c->lock);
}

unsigned crew_look(struct crew *c)
{
    struct silence l;
    unsigned lost = 0;
    while (find_silent(c, &l)) {
        enum status status = store_write(c->store, apply_loss, &l);
        if (status != STATUS_OK && status != STATUS_LEASE_LOST)
            break; /* a full disk: at the next look */
        store_weights_drop(c->store, l.member.run, l.member.lease);
        log_warning(
            "worker %s on %s was silent for %.0f s: run %lld %s", l.member.who.worker,
            l.member.who.host, l.silent, (long long)l.member.run,
            l.dead ? "is dead: it lost its worker too often" : "goes on elsewhere");
        lose(c, l.member.who.worker);
        lost++;
    }
    return lost;
}

void crew_list(struct crew *c, bool (*visit)(void *arg, const struct crew_member *m),
               void *arg)
{
    pthread_mutex_lock(&c->lock);
    for (const struct entry *e = c->first; e != NULL && visit(arg, &e->member);)
        e = e->next;
    pthread_mutex_unlock(&c->lock);
}

void crew_count(struct crew *c, unsigned *ret_members, unsigned *ret_busy)
{
    pthread_mutex_lock(&c->lock);
    *ret_members = c->members;
    *ret_busy = c->busy;
    pthread_mutex_unlock(&c->lock);
}

bool crew_progress(struct crew *c, int64_t run, struct crew_member *ret)
{
    pthread_mutex_lock(&c->lock);
    const struct entry *e = c->first;
    while (e != NULL && (e->member.run != run || e->member.verifies))
        e = e->next;
    if (e != NULL)
        *ret = e->member;
    pthread_mutex_unlock(&c->lock);
    return e != NULL;
}

double crew_heartbeat(struct crew *c)
{
    pthread_mutex_lock(&c->lock);
    double seconds = c->members / WORKERS_PER_SECOND;
    pthread_mutex_unlock(&c->lock);
    if (seconds < HEARTBEAT_MIN)
        seconds = HEARTBEAT_MIN;
    if (seconds > HEARTBEAT_MAX)
        seconds = HEARTBEAT_MAX;
    return seconds < c->lease_seconds / 3 ? seconds : c->lease_seconds / 3;
}

double crew_lease_seconds(const struct crew *c)
{
    return c->lease_seconds;
}
