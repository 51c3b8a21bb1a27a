/* Rows of the store as the JSON objects of the API. */
#ifndef FRUGAL_HTTP_VIEWS_H
#define FRUGAL_HTTP_VIEWS_H

#include <jansson.h>

#include "app/app.h"
#include "http/request.h"
#include "store/jobs.h"

/* New references. */
json_t *view_job(const struct job *j);

/* Answers with the job as it is now; 404. */
void reply_job(struct request *r, int64_t id, unsigned code);

/* Answers with the data set as it is now; 404. */
void reply_dataset(struct request *r, unsigned code, const char *name);

/* `place` in the queue, 0: unknown or not queued. */
json_t *view_run(const struct app *app, const struct run *r, int64_t place);

/* Null when nothing was counted. */
json_t *view_changes(struct conn *c, int64_t run);

#endif
