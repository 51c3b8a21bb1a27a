/* Data sets as the runs that want them see them. */
#ifndef FRUGAL_STORE_ABSENT_H
#define FRUGAL_STORE_ABSENT_H

#include "store/store.h"

/* The names of the data sets that queued runs wait for; false ends the visit. */
enum status store_absent_list(struct conn *c, bool (*visit)(void *arg, const char *name),
                              void *arg);

/* Part of a write: the data set is there, and the runs that wait for it are in the queue.
 */
enum status store_absent_end(struct conn *c, const char *name);

/* How many runs that have not ended are for that data set. */
enum status store_dataset_runs(struct conn *c, const char *name, int64_t *ret_runs);

#endif
