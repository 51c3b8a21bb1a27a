/* The picture of a job that `show` gives, for other verbs that end with it. */
#ifndef FRUGAL_CLIENT_SHOW_H
#define FRUGAL_CLIENT_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "verbs.h"

/* Fetches the job and prints it for people or as JSON on standard output. */
enum ending show_job(struct http *http, int64_t id, bool with_runs, bool as_json);

/* Prints the table of its cells only. */
enum ending show_cells(struct http *http, int64_t id);

#endif
