/* Leases: which runs and verifications are at work outside of the server, and by whom.
 * How long ago a worker was heard of is not kept here (work/crew.h). Functions that
 * change something belong into the `apply` of a write; the others take any connection. */
#ifndef FRUGAL_STORE_LEASES_H
#define FRUGAL_STORE_LEASES_H

#include <stddef.h>

#include "store/queue.h"
#include "store/verifications.h"

enum { WORKER_TEXT = 65 };

/* Who a worker is, in his own words. */
struct worker_name {
    char worker[WORKER_TEXT]; /* his own, and nobody else's */
    char host[WORKER_TEXT];
    char slurm[WORKER_TEXT]; /* his job in Slurm, "": none */
};

struct lease {
    int64_t id, run, job;
    bool verifies;
    struct worker_name who;
};

/* As store_claim, with a lease; the run is not under suspicion any more, as it can end
 * nobody but its worker. A worker that has a lease, and so has not got the last reply,
 * gets it again. */
enum status store_lease_claim(struct conn *c, const struct schedule_limits *limits,
                              int64_t now, const struct worker_name *who,
                              struct claim *ret, struct lease *ret_lease);

/* LEASE_LOST: there is no such lease. */
enum status store_lease_get(struct conn *c, int64_t id, struct lease *ret);

/* Whether the work is no longer wanted: the run is to be cancelled, or what was to be
 * verified is gone. */
enum status store_lease_unwanted(struct conn *c, const struct lease *l, bool *ret);

/* All of them. */
enum status store_lease_list(struct conn *c,
                             bool (*visit)(void *arg, const struct lease *l), void *arg);

/* The run has ended or was given back, in the same write. */
enum status store_lease_close(struct conn *c, int64_t id);

/* The worker was not heard of for too long: the run goes back into the queue, and its
 * lease is over. A run that got no further in DOUBTS_MAX of these in a row is dead, a
 * verification fails. LEASE_LOST: it is over already. */
enum status store_lease_lost(struct conn *c, int64_t id, int64_t now, bool *ret_dead);

/* Rows as they come over the wire: doubles in the order of the run's columns. */
struct lease_row {
    int64_t seq;
    double seconds;
    const double *value; /* [count] */
    size_t count;
};

/* As store_trace_add, or for a verification store_trace_compare. PRECONDITION_FAILED:
 * rows before it are missing, or it has not as many numbers as the run has columns. */
enum status store_lease_row(struct conn *c, const struct lease *l,
                            const struct lease_row *row, int64_t now);

#endif
