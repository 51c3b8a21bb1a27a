/* The worker's side of checkpoints: when one is due, its way to the writer, and the start
 * of an attempt from it. Private to the floor. */
#ifndef FRUGAL_WORK_RESUME_H
#define FRUGAL_WORK_RESUME_H

#include "store/checkpoints.h"
#include "work/execute.h"

/* Whether the core shall give its state now: every ten seconds of computing, and when the
 * server stops. */
bool checkpoint_is_due(struct execution *e);

/* Takes the state of the core behind the rows so far; it is copied. The rows precede it
 * in the queue of the writer. NO_MEMORY. The signature is that of train_observer. */
enum status checkpoint_take(void *execution, const void *state, size_t length);

/* After the start is recorded: what an earlier attempt left. The rows of this attempt are
 * then counted from behind it, and so are its seconds. The caller frees ret->state.
 * NOT_FOUND: the run begins at its beginning. */
enum status checkpoint_load(struct execution *e, struct checkpoint *ret);

#endif
