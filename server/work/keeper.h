/* Looks after the store while nobody asks for anything: whether its disk has space, and
 * what an ended process left to delete. */
#ifndef FRUGAL_WORK_KEEPER_H
#define FRUGAL_WORK_KEEPER_H

#include "store/store.h"
#include "work/workers.h"

struct keeper;

/* A thread of its own, which lets the workers starve while the disk of `folder` is nearly
 * full; NULL without memory. All arguments are borrowed until keeper_stop. */
struct keeper *keeper_start(struct store *store, struct workers *workers,
                            const char *folder);
void keeper_stop(struct keeper *k);

#endif
