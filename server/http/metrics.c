#include "http/metrics.h"

#include <stdlib.h>

#include "base/clock.h"
#include "http/routes.h"

const double metrics_bounds[METRICS_BOUNDS] = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

bool metrics_init(struct metrics *m)
{
    pthread_mutex_init(&m->lock, NULL);
    m->routes = calloc(routes_count + 1, sizeof *m->routes);
    return m->routes != NULL;
}

void metrics_release(struct metrics *m)
{
    free(m->routes);
    pthread_mutex_destroy(&m->lock);
}

static void add(atomic_ullong *counter, unsigned long long n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static void observe(struct histogram *h, double seconds)
{
    size_t i = 0;
    while (i < METRICS_BOUNDS && seconds > metrics_bounds[i])
        i++;
    add(&h->count[i], 1);
    add(&h->nanoseconds, (unsigned long long)(seconds * 1e9));
}

/* A request whose reply was not even begun has no code. */
void metrics_count(struct metrics *m, const struct request *r)
{
    bool listed = r->route >= routes && r->route < routes + routes_count;
    struct route_metrics *of =
        &m->routes[listed ? (size_t)(r->route - routes) : routes_count];
    if (r->code >= METRICS_CODES || r->code == 0)
        return;
    add(&of->requests[r->code], 1);
    add(&of->bytes, r->is_head ? 0 : r->length);
    if (r->route->handle != events_stream)
        observe(&of->duration, clock_monotonic() - r->since);
}

void metrics_wrote(struct metrics *m, double seconds)
{
    observe(&m->writes, seconds);
}
