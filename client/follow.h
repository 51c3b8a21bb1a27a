/* Waiting for the end of a job, with its progress on standard error. */
#ifndef FRUGAL_CLIENT_FOLLOW_H
#define FRUGAL_CLIENT_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "ending.h"
#include "http.h"

/* Returns when all runs of the job, which exists, have ended: ENDING_RUN_FAILED unless
 * all succeeded. Ctrl-C leaves the job alone and gives ENDING_INTERRUPTED. A server that
 * is away for less than half a minute is waited for. `quiet`: without progress. */
enum ending follow_job(struct http *http, int64_t job, bool quiet);

#endif
