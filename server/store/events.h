/* What has changed, in the order in which it became durable. */
#ifndef FRUGAL_STORE_EVENTS_H
#define FRUGAL_STORE_EVENTS_H

#include "store/states.h"
#include "store/store.h"

enum { EVENTS_KEPT = 100000 };

struct event {
    int64_t seq;       /* given by the store */
    const char *kind;  /* "job", "run", "trace" */
    int64_t job, run;  /* run 0: the event is about the job itself */
    const char *state; /* job, run: the new state */
    int64_t last;      /* trace: seq of the newest row */
};

/* Part of a write. Forgets what is older than the newest EVENTS_KEPT. */
enum status store_event_add(struct conn *c, const struct event *e);

/* Part of a write: the run has a new state. */
enum status store_event_run(struct conn *c, int64_t job, int64_t run, enum run_state state);

/* Part of a write, before it: all runs of the job that are in state `from`, or the one run,
 * unless it is 0, get a new state. */
enum status store_event_runs(struct conn *c, int64_t job, int64_t run, const char *from,
                             enum run_state to);

/* Up to `limit` events after seq `after`; strings live only as long as the visit. */
enum status store_event_list(struct conn *c, int64_t after, int64_t limit,
                             bool (*visit)(void *arg, const struct event *e), void *arg);

/* Seq of the oldest event that is kept and of the newest there ever was; 0: none. */
enum status store_event_bounds(struct conn *c, int64_t *ret_oldest, int64_t *ret_newest);

#endif
