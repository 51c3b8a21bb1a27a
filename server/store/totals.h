/* How much the store has of everything. */
#ifndef FRUGAL_STORE_TOTALS_H
#define FRUGAL_STORE_TOTALS_H

#include "store/states.h"
#include "store/store.h"

/* Runs in each state, those of jobs in the trash included. Reads a few rows of every job:
 * for a thread that may take its time. */
enum status store_run_totals(struct conn *c, int64_t ret[static RUN_STATES]);

#endif
