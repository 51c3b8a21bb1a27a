/* Rows of the store as the JSON objects of the API. */
#ifndef FRUGAL_HTTP_VIEWS_H
#define FRUGAL_HTTP_VIEWS_H

#include <jansson.h>

#include "app/app.h"
#include "store/jobs.h"

/* New references. */
json_t *view_job(const struct job *j);

/* `place` in the queue, 0: unknown or not queued. */
json_t *view_run(const struct app *app, const struct run *r, int64_t place);

/* The same with its place and how often synapses changed, which lists leave out. */
json_t *view_run_in_full(const struct app *app, struct conn *c, const struct run *r);

/* Null when nothing was counted. */
json_t *view_changes(struct conn *c, int64_t run);

#endif
