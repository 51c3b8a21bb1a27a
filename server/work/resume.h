/* The worker's side of checkpoints: when one is due, its way to the desk, and the start
 * of an attempt from it. All on the thread of the run. Private to the floor. */
#ifndef FRUGAL_WORK_RESUME_H
#define FRUGAL_WORK_RESUME_H

#include "base/hash.h"
#include "store/checkpoints.h"
#include "work/execute.h"

enum {
    /* More would keep the writer from its work for too long: such a run does without. */
    STATE_MAX = 256 << 20,
    /* What is kept is the state and its SHA-256: a bit that a disk has turned is found.
     */
    HASH_DIGITS = HASH_TEXT - 1,
};

/* Whether the core shall give its state now. When it is told to stop, it does so by
 * itself. */
bool checkpoint_is_due(const struct execution *e);

/* Takes the state of the core behind the rows so far; it is copied. The rows precede it
 * at the desk. Nothing is kept of a run that is to be cancelled, whose
 * rows are refused, or that is very large. The `checkpoint` of train_observer; always OK:
 * a run can do without. */
enum status checkpoint_take(void *execution, const void *state, size_t size);

/* After the start is recorded: what an earlier attempt left. The rows of this attempt are
 * then counted from behind it, and so are its seconds. The caller owns ret->state.
 * NOT_FOUND: the run begins at its beginning. */
enum status checkpoint_load(struct execution *e, struct checkpoint *ret);

/* Bytes of the state in a checkpoint, before its hash; 0, which no core takes, if they
 * are damaged. Any thread. */
size_t checkpoint_intact_bytes(const struct checkpoint *p);

/* It was of no use: forgets it and counts from the beginning. */
enum status checkpoint_discard(struct execution *e);

#endif
