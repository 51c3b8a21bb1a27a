/* What `show`, and `submit --follow` at its end, say about a job: tables on standard
 * output. */
#ifndef FRUGAL_CLIENT_JOB_TABLE_H
#define FRUGAL_CLIENT_JOB_TABLE_H

#include <jansson.h>

#include "ending.h"

/* One row per cell: its parameters, n, and means over the seeds, from the summary of the
 * ends of the runs. `goals`: that at the goal of the job, or NULL. */
enum ending job_table_cells(const json_t *ends, const json_t *goals);

/* One row per run. */
enum ending job_table_runs(const json_t *runs);

#endif
