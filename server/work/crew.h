/* The workers that are elsewhere, each a process of its own that is heard of over HTTP:
 * who they are, what they are at, and when they were last heard of. A run is leased to a
 * worker; of one who is silent for too long, it goes back into the queue. All functions:
 * any thread. */
#ifndef FRUGAL_WORK_CREW_H
#define FRUGAL_WORK_CREW_H

#include "store/leases.h"

struct crew;

/* Knows the leases that the store has; their workers have the whole time from now on to
 * be heard of. NO_MEMORY, IO. */
enum status crew_open(struct store *s, double lease_seconds, struct crew **ret);
void crew_close(struct crew *c); /* NULL: nothing */

struct crew_member {
    struct worker_name who;
    char cpu[128];
    int64_t lease, run; /* 0: it is at no run */
    bool verifies;
    uint64_t samples; /* of the run, learnt so far */
    double per_second;
    int64_t since, heard; /* ms since 1970 */
    int64_t runs;         /* that it has been given since the server started */
};

/* A worker asked for a run; it has none. */
void crew_hear(struct crew *c, const struct worker_name *who, const char *cpu);

/* It was given one. */
void crew_give(struct crew *c, const struct lease *l);

/* It was heard of, with whatever it has sent; samples 0: it has not said how far it is.
 * False: nobody has that lease. */
bool crew_hear_of(struct crew *c, int64_t lease, uint64_t samples, double per_second);

/* The lease is over. */
void crew_take(struct crew *c, int64_t lease);

/* The worker has ended, in order. */
void crew_leave(struct crew *c, const char *worker);

/* Gives back the runs of those that are silent; to be called every few seconds. How many.
 */
unsigned crew_look(struct crew *c);

/* The members, those that were heard of first first; false ends the visit, with the crew
 * locked. */
void crew_list(struct crew *c, bool (*visit)(void *arg, const struct crew_member *m),
               void *arg);

/* How many there are, and how many are at a run. */
void crew_count(struct crew *c, unsigned *ret_members, unsigned *ret_busy);

/* Of a run at work; false: it is not, or nobody knows. */
bool crew_progress(struct crew *c, int64_t run, struct crew_member *ret);

/* How often a worker shall be heard of, and after how long a silence its lease is over;
 * seconds. Few are heard of often, so that they soon hear that a run is not wanted. */
double crew_heartbeat(struct crew *c);
double crew_lease_seconds(const struct crew *c);

#endif
