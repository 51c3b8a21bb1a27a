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

#endif
