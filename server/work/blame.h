/* Which run crashed the process. Threads share their fate: a signal that ends one ends
 * all, so its handler writes down the run of its thread before it does. Private to the
 * floor. */
#ifndef FRUGAL_WORK_BLAME_H
#define FRUGAL_WORK_BLAME_H

#include "base/buf.h"
#include "base/status.h"
#include "store/recover.h"

/* Reads what the last process left in the folder and watches for crashes from now on.
 * Once per process. On failure `why` gets a sentence. NO_SPACE, IO. */
enum status blame_open(const char *folder, struct blame *ret, struct buf *why);

/* The process has been asked to end: whatever ends it now, no run is to be suspected, but
 * for one that crashes it. */
void blame_stopping(void);

/* In a process that does not watch: as if the last one had been asked to end. */
void blame_nobody(const char *folder);

/* What was read has been dealt with. */
void blame_forget(void);

/* The calling thread can tell of a crash even when its stack is full, until it says that
 * it ends. */
void blame_watch_thread(void);
void blame_unwatch_thread(void);

/* The calling thread works at the run; at none. */
void blame_begin(int64_t run);
void blame_end(void);

#endif
