/* Which columns the traces of a job have. */
#ifndef FRUGAL_CLIENT_TRACE_COLUMN_H
#define FRUGAL_CLIENT_TRACE_COLUMN_H

#include "ending.h"
#include "http.h"

#include <stdint.h>

/* Fails, and says which one was meant, if the first run of the job has no such column. */
enum ending trace_column_check(struct http *h, int64_t job, const char *column);

#endif
