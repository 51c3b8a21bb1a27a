/* How an attempt at a run ends, and that this gets recorded. Private to the floor. */
#ifndef FRUGAL_WORK_ENDING_H
#define FRUGAL_WORK_ENDING_H

#include "spec/spec.h"
#include "work/execute.h"

/* Everything before training: what was asked for, and with what it will be done. */
struct setup {
    struct spec spec;
    struct train_spec train;
    const struct dataset *data;
};

/* Seconds of processor time since the training began, perhaps in an earlier attempt. */
double computed(const struct execution *e);

/* Whether a failure is one of a kind that passes: a full disk, no memory. */
bool may_pass(enum status status);

/* The end that an outcome means for the run; `why` gets the reason, if there is one. */
void describe_end(const struct execution *e, const struct setup *s,
                  enum train_outcome outcome, struct run_end *end, struct buf *why);
void describe_failure(enum status status, struct run_end *end, struct buf *why);

/* Record the end, or put the run back into the queue, where a run that is to be cancelled
 * ends; both wait for a disk that is full. */
void finish(struct execution *e, struct run_end *end, struct buf *why);
void give_back(struct execution *e, enum status status);

#endif
