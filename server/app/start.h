/* When a run that waits may begin. */
#ifndef FRUGAL_APP_START_H
#define FRUGAL_APP_START_H

#include "app/app.h"
#include "store/jobs.h"

/* Seconds that a run at work has left, if it ends at its limit of samples. NAN: too early
 * to say, or it has no such limit. */
double start_seconds_left(const struct run *r, const struct progress *live);

/* Seconds until `before` others have begun and the next may. left[count]: until each
 * worker is free; it is put in order. `mean`: of what each of the others takes; 0: not
 * known, so that no worker begins two, and left may be INFINITY. NAN: nobody knows. */
double start_after(double *left, size_t count, int64_t before, double mean);

/* The same for this server as it stands. NAN also: without memory. Any thread. */
double start_seconds_until(const struct app *app, struct conn *reader,
                           const struct workers_state *workers, int64_t before,
                           double mean);

#endif
