/* The worker threads: each takes the next queued run from the store, trains it, and hands
 * the rows of its trace back to the store. Nothing is kept here that the store does not
 * know, but the live progress of the runs at work. */
#ifndef FRUGAL_WORK_WORKERS_H
#define FRUGAL_WORK_WORKERS_H

#include "base/status.h"
#include "data/catalogue.h"
#include "store/store.h"

struct workers;

/* Puts runs that a crash left running back into the queue and starts `count` threads.
 * `build` names this build in the provenance of runs. */
enum status workers_start(struct store *store, struct catalogue *catalogue, unsigned count,
                          const char *build, struct workers **ret);

/* There may be something new in the queue. Any thread, the writer included. */
void workers_wake(struct workers *w);

/* Runs at work go back into the queue; returns when all threads have ended. */
void workers_stop(struct workers *w);

struct progress {
    uint64_t samples;
    double per_second; /* mean since the attempt started; 0: too early to say */
};

/* False: the run is not at work. Any thread. */
bool workers_progress(struct workers *w, int64_t run, struct progress *ret);

#endif
