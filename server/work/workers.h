/* The worker threads: each takes the run whose turn it is from the store, trains it, and
 * hands the rows of its trace back to the store. Nothing is kept here that the store does
 * not know, but the live progress of the runs at work. */
#ifndef FRUGAL_WORK_WORKERS_H
#define FRUGAL_WORK_WORKERS_H

#include "base/status.h"
#include "data/catalogue.h"
#include "store/store.h"

struct workers;
struct crew;            /* work/crew.h */
struct execution_place; /* work/execute.h */
struct schedule_limits; /* store/schedule.h */

/* What this program is, as provenance tells it. */
struct build {
    const char *version; /* for people */
    const char *core; /* the same where everything of ours that decides the numbers is */
};

struct workers_options {
    unsigned count;
    int64_t per_owner;         /* his runs at work at the same time; 0: any number */
    struct build build;        /* for the provenance of runs */
    double checkpoint_seconds; /* of computing that a crash may cost a run, about */
    int nice;                  /* of the threads, beyond that of the process */
    double
        lease_seconds;  /* of silence, after which a worker elsewhere has lost its run */
    const char *folder; /* the data directory; what a crash leaves behind is kept there */
};

/* Starts the threads. They wait for workers_recover and for workers_starve(w, false). On
 * failure `why` gets a sentence. NO_SPACE, NO_MEMORY, IO. */
enum status workers_start(struct store *store, struct catalogue *catalogue,
                          const struct workers_options *o, struct workers **ret,
                          struct buf *why);

/* Puts runs that an earlier process left running back into the queue, once. NO_SPACE: not
 * yet. One thread at a time. */
enum status workers_recover(struct workers *w);

/* There may be something new in the queue. Any thread, the writer included. */
void workers_wake(struct workers *w);

/* The server has been asked to end, as soon as that is so: what ends it from then on
 * makes no run suspect. A disk that fails counts as such a wish. */
void workers_stopping(struct workers *w);

/* The database in the folder has been put in the place of another: runs that it has at
 * work were not killed. No workers are there. */
void workers_restored(const char *folder);

/* Runs at work go back into the queue; returns when all threads have ended. */
void workers_stop(struct workers *w);

/* Runs at work of the job, all (NULL) or these [count], end as soon as they can; the
 * store knows already that they shall. Any thread. */
void workers_cancel(struct workers *w, int64_t job, const int64_t *runs, size_t count);

/* The job is being deleted: its verifications at work end as soon as they can. Any
 * thread.
 */
void workers_abandon(struct workers *w, int64_t job);

struct workers_state {
    unsigned count; /* runs that may be at work at the same time */
    unsigned busy;
    unsigned remote; /* workers that are elsewhere, and how many of them are at a run */
    unsigned remote_busy;
    bool draining;    /* no run begins; those at work go on */
    bool starved;     /* the disk is full or nearly so: no run begins */
    uint64_t samples; /* learnt from since the start, by runs and verifications */
};

/* Any thread. */
struct workers_state workers_state(struct workers *w);

struct crew_member; /* work/crew.h */

/* The threads that are at a run, whose name is "", and all workers that are elsewhere;
 * false ends the visit, with them locked. Any thread. */
void workers_list(struct workers *w,
                  bool (*visit)(void *arg, const struct crew_member *m), void *arg);

/* Those that are elsewhere; where the threads compute; what bounds a claim now. Any
 * thread.
 */
struct crew *workers_crew(struct workers *w);
const struct execution_place *workers_place(const struct workers *w);
struct schedule_limits workers_limits(const struct workers *w);

/* Any thread. With fewer workers than runs at work, these go on to their end. NO_MEMORY:
 * not all threads could be started, and there are as many as before. */
enum status workers_resize(struct workers *w, unsigned count);
void workers_drain(struct workers *w, bool draining);
void workers_limit(struct workers *w, int64_t per_owner);
void workers_starve(struct workers *w, bool starved);

/* The disk is full: no run begins, and those at work go back into the queue. Any thread,
 * the writer included. */
void workers_yield(struct workers *w);

struct progress {
    uint64_t samples;
    double per_second; /* mean since the attempt started; 0: too early to say */
};

/* False: the run is not at work. Any thread. */
bool workers_progress(struct workers *w, int64_t run, struct progress *ret);

#endif
