/* Looks after the store while nobody asks for anything: whether its disk has space,
 * whether there are data sets that runs wait for, whether workers elsewhere are silent,
 * what an ended process left to recover, and what there is to delete for good. */
#ifndef FRUGAL_WORK_KEEPER_H
#define FRUGAL_WORK_KEEPER_H

#include "store/store.h"
#include "work/workers.h"

struct keeper;

/* Sees to all of it once, then goes on in a thread of its own until keeper_stop. The
 * workers starve while the disk has not space enough, and yield when it is full, see
 * store/reserve.h. Arguments are borrowed. On failure `why` gets a sentence. NO_MEMORY,
 * IO, CORRUPT. */
enum status keeper_start(struct store *store, struct workers *workers,
                         struct catalogue *catalogue, struct keeper **ret,
                         struct buf *why);
void keeper_stop(struct keeper *k);

#endif
