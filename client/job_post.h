/* Submitting a job spec. */
#ifndef FRUGAL_CLIENT_JOB_POST_H
#define FRUGAL_CLIENT_JOB_POST_H

#include <stdbool.h>

#include "http.h"
#include "problem.h"

/* Sends from->sent; with dry_run it is only checked. The caller owns *ret: the job, or
 * the plan. */
enum ending job_post(struct http *http, bool dry_run, const struct problem_source *from,
                     json_t **ret);

#endif
