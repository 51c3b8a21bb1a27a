/* Looks after the store while nobody asks for anything: whether its disk has space, and
 * what an ended process left to delete. */
#ifndef FRUGAL_APP_KEEPER_H
#define FRUGAL_APP_KEEPER_H

#include "app/app.h"

struct keeper;

/* A thread of its own; NULL without memory. `folder` and `app` are borrowed. */
struct keeper *keeper_start(const struct app *app, const char *folder);
void keeper_stop(struct keeper *k);

/* Whether a submission would eat into what the runs at work need. Any thread. */
bool disk_is_low(const struct app *app);

#endif
