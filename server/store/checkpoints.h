/* Checkpoints: the state of the core behind a row of a trace, from which the run goes on
 * after an interruption. Rows behind it stay, and are compared when they come again,
 * unless the clock ends the run: then they are deleted. A run that has ended has no
 * checkpoint, nor one whose rows were forgotten. */
#ifndef FRUGAL_STORE_CHECKPOINTS_H
#define FRUGAL_STORE_CHECKPOINTS_H

#include <stddef.h>

#include "store/store.h"

struct checkpoint {
    int64_t run, seq; /* seq of the newest row before it; -1: none */
    void *state;      /* [size] bytes */
    size_t size;
    double seconds; /* of computing until then */
    int64_t now;    /* ms since 1970, when it was taken; only for store_checkpoint_put */
};

/* Part of a write, which rows up to `seq` precede or share. Takes the place of an earlier
 * one; a run that gets so far has not crashed the server again, and is free of suspicion.
 */
enum status store_checkpoint_put(struct conn *c, const struct checkpoint *p);

/* The caller frees ret->state. NOT_FOUND; NO_MEMORY. */
enum status store_checkpoint_get(struct conn *c, int64_t run, struct checkpoint *ret);

/* Whether there is one. */
enum status store_checkpoint_exists(struct conn *c, int64_t run, bool *ret);

#endif
