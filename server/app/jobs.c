/* In: orders, and runs that wait. Out: what became of them, in numbers and one sentence.
 */
#include "app/jobs.h"

#include "app/plans.h"
#include "app/start.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/jobs.h"

void job_order_release(struct job_order *o)
{
    free(o->runs);
    o->runs = NULL;
}

enum status job_order_apply(struct conn *c, void *arg)
{
    struct job_order *o = arg;
    o->order.runs = o->runs;
    o->order.now = clock_now_ms();
    enum status status = store_job_step(c, &o->order, &o->result);
    bool adds = o->order.step == STEP_RETRY; /* held runs count as waiting */
    return status == STATUS_OK && adds ? quota_check(c, o->app, o->order.job, 0) : status;
}

void job_order_announce(const struct job_order *o)
{
    if (o->order.step == STEP_CANCEL)
        workers_cancel(o->app->workers, o->order.job, o->runs, o->order.count);
    workers_wake(o->app->workers);
}

static bool visit_state(void *arg, const struct run *r)
{
    struct waiting_run *w = arg;
    w->state = r->state;
    w->absent = r->state == RUN_QUEUED && r->absent != NULL;
    if (w->absent && r->reason != NULL)
        snprintf(w->why, sizeof w->why, "it %s", r->reason);
    else if (w->state == RUN_HELD && r->reason != NULL)
        snprintf(w->why, sizeof w->why, "it is held: %s", r->reason);
    return false;
}

static bool job_is_at_limit(const struct queue_place *p)
{
    return p->job_parallel > 0 && p->job_running >= p->job_parallel;
}

static bool owner_is_at_limit(const struct waiting_run *w)
{
    return w->per_owner > 0 && w->place.owner_running >= w->per_owner;
}

/* Nobody knows which of the runs at work makes room where a limit is what it waits for.
 */
static bool is_blocked(const struct waiting_run *w)
{
    return w->workers.draining || w->workers.starved || w->place.suspect != 0 ||
           job_is_at_limit(&w->place) || owner_is_at_limit(w);
}

static void say_why(struct waiting_run *w)
{
    const struct queue_place *p = &w->place;
    static const char *const go[2][2] = {
        {"runs go", "run goes"},
        {"runs and verifications go", "run or verification goes"}};
    char *why = w->why;
    size_t room = sizeof w->why;
    if (w->state == RUN_HELD)
        snprintf(why, room, "it is held, until somebody releases it");
    else if (w->interrupted)
        snprintf(why, room,
                 "it was interrupted, and the disk of the server is full: it goes "
                 "on when there is space");
    else if (w->state != RUN_QUEUED)
        snprintf(why, room, "it does not wait: it is %s", run_state_name(w->state));
    else if (w->workers.draining)
        snprintf(why, room, "the server is draining: no run begins until it is resumed");
    else if (w->workers.starved)
        snprintf(why, room,
                 "the disk of the server is full: no run begins until it has space");
    else if (w->workers.count + w->workers.remote == 0 && w->on_cluster)
        snprintf(why, room, "it waits for a worker on the cluster");
    else if (w->workers.count + w->workers.remote == 0)
        snprintf(why, room,
                 "the server has no workers: no run begins until it is given some");
    else if (p->suspect != 0)
        snprintf(why, room,
                 "the server was killed: what was at work goes on one at a time, and run "
                 "%lld has to get further first",
                 (long long)p->suspect);
    else if (job_is_at_limit(p))
        snprintf(why, room,
                 "its job may have %lld runs at work at the same time, and has",
                 (long long)p->job_parallel);
    else if (owner_is_at_limit(w))
        snprintf(why, room,
                 "its owner may have %lld runs at work at the same time, and has",
                 (long long)w->per_owner);
    else if (p->place == 1)
        snprintf(why, room, "it is next, as soon as a worker is free");
    else
        snprintf(why, room,
                 "%lld %s before it: %lld of its owner, %lld of others (workers: %u)",
                 (long long)p->place - 1, go[p->verifications][p->place == 2],
                 (long long)p->ahead_own, (long long)p->ahead_others,
                 w->workers.count + w->workers.remote);
}

/* How the workers on the cluster are, behind why the run waits. */
static void say_slurm(const struct app *app, struct waiting_run *w)
{
    char slurm[300];
    size_t n = strlen(w->why);
    slurm_say(app->slurm, slurm, sizeof slurm);
    if (slurm[0] != '\0')
        snprintf(w->why + n, sizeof w->why - n, "; %s", slurm);
}

enum status waiting_run_read(const struct app *app, struct conn *reader, int64_t run,
                             struct waiting_run *ret)
{
    *ret = (struct waiting_run){.per_owner = app->per_owner,
                                .on_cluster = app->slurm != NULL,
                                .seconds_until = NAN};
    enum status status = store_run_get(reader, run, visit_state, ret);
    bool in_line = status == STATUS_OK && ret->state == RUN_QUEUED && !ret->absent;
    if (in_line)
        status = store_queue_place(reader, run, clock_now_ms(), &ret->place);
    if (status != STATUS_OK)
        return status;
    ret->workers = workers_state(app->workers);
    ret->interrupted = ret->state == RUN_RUNNING && ret->workers.starved &&
                       !workers_progress(app->workers, run, &(struct progress){0});
    if (in_line && !is_blocked(ret))
        ret->seconds_until = start_seconds_until(
            app, reader, &ret->workers, ret->place.place - 1, ret->place.mean_seconds);
    if (ret->why[0] == '\0')
        say_why(ret);
    if (in_line && !ret->workers.draining && !ret->workers.starved)
        say_slurm(app, ret);
    return STATUS_OK;
}
