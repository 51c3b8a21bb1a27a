/* What the choice from the queue and the view of it share. Private to the floor. */
#ifndef FRUGAL_STORE_QUEUE_INNER_H
#define FRUGAL_STORE_QUEUE_INNER_H

#include "store/conn.h"
#include "store/queue.h"

/* What an owner has used until now; columns from `at` on: used, used_at, seconds of what
 * is at work. */
double queue_read_used(sqlite3_stmt *q, int at, int64_t now);

/* What a worker needs to begin the run, or to verify it; `again`: he has claimed it
 * already. The caller frees what is in *ret. */
enum status queue_read_work(struct conn *c, int64_t run, bool verifies, bool again,
                            struct claim *ret);

/* The run under suspicion at whose side nothing may begin; 0: none. */
enum status store_queue_suspect(struct conn *c, int64_t now, int64_t *ret_run);

#endif
