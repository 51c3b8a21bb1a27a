/* The worker's side of checkpoints: when one is due, its way to the writer, and the start
 * of an attempt from it. All on the thread of the run. Private to the floor. */
#ifndef FRUGAL_WORK_RESUME_H
#define FRUGAL_WORK_RESUME_H

#include "store/checkpoints.h"
#include "work/execute.h"

/* Whether the core shall give its state now. When it is told to stop, it does so by
 * itself. */
bool checkpoint_is_due(const struct execution *e);

/* Takes the state of the core behind the rows so far; it is copied. The rows precede it
 * in the queue of the writer. Nothing is kept of a run that is to be cancelled, whose
 * rows are refused, or that is very large. The `checkpoint` of train_observer; always OK:
 * a run can do without. */
enum status checkpoint_take(void *execution, const void *state, size_t size);

/* After the start is recorded: what an earlier attempt left. The rows of this attempt are
 * then counted from behind it, and so are its seconds. The caller owns ret->state.
 * NOT_FOUND: the run begins at its beginning. */
enum status checkpoint_load(struct execution *e, struct checkpoint *ret);

/* It was of no use: forgets it and counts from the beginning. */
enum status checkpoint_discard(struct execution *e);

#endif
