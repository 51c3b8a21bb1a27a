/* Whose turn it is. Pure: no clock, no store. The order of the queue is priority, then
 * the fair share of owners (who computed less lately goes first), then age. Verifications
 * take their turns among the runs: with the priority of the job, at the expense of its
 * owner, and as old as the newest job was when they were asked for, behind its runs. */
#ifndef FRUGAL_STORE_SCHEDULE_H
#define FRUGAL_STORE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/* An owner with the job of his that comes first, or with his first verification. */
struct contender {
    int64_t priority, job; /* a lower number is an older job */
    bool verifies;
    double used;     /* seconds computed lately, by what is at work included */
    int64_t running; /* his runs and verifications at work */
};

/* What bounds the choice; 0: no bound. */
struct schedule_limits {
    int64_t per_owner; /* runs and verifications of one owner at the same time */
    bool settling;     /* the server has just started: see store/doubt.h */
};

/* What is left of so much use after some time: half of it after a day. */
double schedule_decay(double used, double seconds_ago);

bool schedule_may_run(const struct contender *c, const struct schedule_limits *l);
bool schedule_goes_before(const struct contender *a, const struct contender *b);

/* What of one owner waits, as a run of another owner or of himself sees it. */
struct waiting {
    bool mine;      /* the run's own owner */
    double used;    /* as in struct contender */
    int64_t higher; /* of a higher priority than the run */
    int64_t before; /* of its priority and older */
    int64_t equal;  /* of its priority */
};

/* How many of these go before a run whose owner has `mine`, if everybody has the
 * same work to do: owners take turns. */
int64_t schedule_ahead(const struct waiting *w, const struct waiting *mine);

#endif
