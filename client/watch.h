/* What verbs that follow a job to its end have in common. */
#ifndef FRUGAL_CLIENT_WATCH_H
#define FRUGAL_CLIENT_WATCH_H

#include <stdint.h>

#include "verbs.h"

/* Waits until all runs of the job have ended, with their progress on standard error
 * unless silent, then prints their results; with --quiet neither. ENDING_RUN_FAILED
 * unless all succeeded. */
enum ending watch_job(const struct options *given, struct http *http, int64_t id,
                      bool silent);

#endif
