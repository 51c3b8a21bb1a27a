/* The runs of a job as the statistics go through them. Private to the floor. */
#ifndef FRUGAL_APP_CELLS_H
#define FRUGAL_APP_CELLS_H

#include "store/jobs.h"

/* Visits the runs of a job from that cell on, by cell and seed, in reads of limited
 * length; visit returns false to end it. */
enum status visit_cells(struct conn *reader, int64_t job, int64_t cell, run_visit *visit,
                        void *arg);

#endif
