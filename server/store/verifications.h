/* Verifications: the trace of a run that has ended is computed again and compared, which
 * changes nothing about the run. They wait in the queue, among the runs, and are claimed
 * with them (store/queue.h). Functions that change something belong into the `apply`
 * of a write. */
#ifndef FRUGAL_STORE_VERIFICATIONS_H
#define FRUGAL_STORE_VERIFICATIONS_H

#include "store/store.h"

/* Asks for one; a run that waits for one already is left at that. NOT_FOUND; CONFLICT:
 * the run has no whole trace, and *ret_state is its state (static). */
enum status store_verification_request(struct conn *c, int64_t run, int64_t now,
                                       const char **ret_state);

struct verification_end {
    int64_t run, job, now;
    const char *state; /* "same", "different", "failed"; "queued": it is given back */
    int64_t seq;       /* "different": the first row that differs; -1 otherwise */
    const char *reason, *build, *core;
    double seconds; /* of computing */
    bool gone; /* set: its job is being deleted, or the run is computed again: no record */
};

enum status store_verification_end(struct conn *c, struct verification_end *e);

#endif
