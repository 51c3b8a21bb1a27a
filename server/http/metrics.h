/* What /metrics tells of the HTTP floor: counted here, as it happens, by any thread. */
#ifndef FRUGAL_HTTP_METRICS_H
#define FRUGAL_HTTP_METRICS_H

#include <pthread.h>
#include <stdatomic.h>

#include "http/request.h"
#include "store/states.h"

enum { METRICS_BOUNDS = 13, METRICS_CODES = 600 };

/* Upper bounds of durations, in seconds. */
extern const double metrics_bounds[METRICS_BOUNDS];

struct histogram {
    atomic_ullong count[METRICS_BOUNDS + 1]; /* each without those before it */
    atomic_ullong nanoseconds;
};

/* Of one row of the route table, or of all that no row matches. */
struct route_metrics {
    atomic_ullong requests[METRICS_CODES]; /* by status code */
    atomic_ullong bytes;                   /* of bodies of replies */
    struct histogram duration;             /* without event streams */
};

struct metrics {
    struct route_metrics *routes; /* [routes_count + 1] */
    struct histogram writes;      /* what requests wait for until it is durable */
    atomic_ullong connections;    /* that there ever were */
    atomic_ullong reaped;         /* of these, ended by the housekeeper */

    pthread_mutex_t lock;
    /* protected by lock: */
    double counted; /* monotonic: when runs was read; 0: never */
    int64_t runs[RUN_STATES];
};

bool metrics_init(struct metrics *m);
void metrics_release(struct metrics *m);

/* A request is over. */
void metrics_count(struct metrics *m, const struct request *r);

/* A write of a request has become durable after so many seconds. */
void metrics_wrote(struct metrics *m, double seconds);

#endif
