/* The state of a run as bytes, and back. One walk over the state serves for measuring,
 * writing and reading it, so that the three cannot differ. What follows from the spec,
 * such as the first weights, is not part of it. Private to the core. */
#ifndef FRUGAL_LEARN_CHECKPOINT_H
#define FRUGAL_LEARN_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "learn/rng.h"

enum checkpoint_way { CHECKPOINT_MEASURE, CHECKPOINT_WRITE, CHECKPOINT_READ };

struct checkpoint_walk {
    enum checkpoint_way way;
    unsigned char *at; /* where the next bytes go, or come from; unused while measuring */
    size_t size;       /* measuring: so far; else: bytes that are left at `at` */
    bool failed;       /* there were not enough, they do not fit the run, or no memory */
    bool no_memory;    /* it is the last of these: the bytes may be sound */
};

/* `size` bytes of the state. They keep their value when reading fails. */
void checkpoint_bytes(struct checkpoint_walk *c, void *data, size_t size);

/* The same, and what is read fails that could not have been written: another value than
 * true or false, a generator that has no numbers, an index that is not below `end`. */
void checkpoint_flag(struct checkpoint_walk *c, bool *flag);
void checkpoint_rng(struct checkpoint_walk *c, struct rng *rng);
void checkpoint_indexes(struct checkpoint_walk *c, uint32_t *index, size_t count,
                        size_t end);

struct learner;
struct changes;
struct contest;

/* The parts of a run. Reading wants the part as it was made from the same spec. */
void checkpoint_learner(struct checkpoint_walk *c, struct learner *r);
void checkpoint_changes(struct checkpoint_walk *c, struct changes *n);
void checkpoint_contest(struct checkpoint_walk *c, struct contest *contest);

#endif
