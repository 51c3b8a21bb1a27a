/* In: the runs at work, and how many go before a run that waits. Out: its expected start.
 * It knows nothing of limits of jobs and owners.
 */
#include "app/start.h"

#include <math.h>
#include <stdlib.h>

#include "work/crew.h"

/* Halvings of an interval, more than a double has bits. */
enum { HALVINGS = 60 };

double start_seconds_left(const struct run *r, const struct progress *live)
{
    double samples = fmax((double)r->samples, (double)live->samples);
    if (!(live->per_second > 0) || r->stop_samples == 0)
        return NAN;
    return fmax(0, ((double)r->stop_samples - samples) / live->per_second);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Runs that have begun by then. */
static double begun(const double *left, size_t count, double mean, double when)
{
    double runs = 0;
    for (size_t i = 0; i < count && left[i] <= when; i++)
        runs += floor((when - left[i]) / mean) + 1;
    return runs;
}

/* A worker begins a run when it comes free and after each that it has done: the answer is
 * the first time by which they have begun one more than go before. */
double start_after(double *left, size_t count, int64_t before, double mean)
{
    if (count == 0)
        return NAN;
    qsort(left, count, sizeof *left, ascending);
    if (!(mean > 0))
        return before < (int64_t)count && isfinite(left[before]) ? left[before] : NAN;
    if (begun(left, count, mean, left[0]) > (double)before)
        return left[0];
    double low = left[0], high = left[0] + mean * (double)before;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = low + (high - low) / 2;
        if (begun(left, count, mean, middle) > (double)before)
            high = middle;
        else
            low = middle;
    }
    return high;
}

struct work_left {
    const struct app *app;
    double seconds;
};

static bool visit_left(void *arg, const struct run *r)
{
    struct work_left *w = arg;
    struct progress live;
    if (workers_progress(w->app->workers, r->id, &live))
        w->seconds = start_seconds_left(r, &live);
    return false;
}

/* Of each worker that is busy; what nobody knows takes the mean. */
static void read_left(const struct app *app, struct conn *reader, double mean,
                      const int64_t *runs, size_t count, double *ret)
{
    for (size_t i = 0; i < count; i++) {
        struct work_left w = {.app = app, .seconds = NAN};
        if (runs[i] != 0)
            store_run_get(reader, runs[i], visit_left, &w);
        ret[i] = isfinite(w.seconds) ? w.seconds : mean > 0 ? mean : INFINITY;
    }
}

/* What is at work; 0: a verification. */
struct at_work {
    int64_t *run; /* [room] */
    size_t count, room;
};

static bool list_run(void *arg, const struct crew_member *m)
{
    struct at_work *a = arg;
    if (a->count < a->room && (m->run != 0 || m->verifies))
        a->run[a->count++] = m->verifies ? 0 : m->run;
    return a->count < a->room;
}

double start_seconds_until(const struct app *app, struct conn *reader,
                           const struct workers_state *workers, int64_t before,
                           double mean)
{
    size_t count = workers->count + workers->remote;
    size_t at_work = workers->busy + workers->remote_busy;
    size_t room = at_work > count ? at_work : count;
    double *left = calloc(room + 1, sizeof *left);
    struct at_work a = {.run = calloc(room + 1, sizeof *a.run), .room = room};
    double until = NAN;
    if (left != NULL && a.run != NULL) {
        workers_list(app->workers, list_run, &a);
        read_left(app, reader, mean, a.run, a.count, left);
        /* those above the count, which are fewer now, leave none free when they end */
        size_t surplus = a.count > count ? a.count - count : 0;
        qsort(left, a.count, sizeof *left, ascending);
        until = start_after(left + surplus, count, before, mean);
    }
    free(left);
    free(a.run);
    return until;
}
