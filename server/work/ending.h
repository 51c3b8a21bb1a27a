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
    const struct samples *training, *test; /* of the data set, as the spec wants them */
};

/* setup.c: reads the spec of the run and opens its data set; `s` is zero before, and to
 * be given to setup_free. On failure `why` says for people what is missing. NOT_FOUND:
 * the data set. */
enum status load_setup(struct execution *e, struct setup *s, struct buf *why);
void setup_free(const struct execution *e, struct setup *s); /* made by malloc, or NULL */

enum { DATA_SHA256_MAX = DATASET_FILES * HASH_TEXT };

/* fit.c: what was checked when the job was submitted, if the data set was there then, and
 * the same. INVALID_SPEC: it does not fit any more; NO_MEMORY. */
enum status check_fit(const struct setup *s, struct buf *why);

/* BAD_DATASET: an earlier attempt at the run was with other data; `why` says so. */
enum status check_data(const struct execution *e, const struct setup *s, struct buf *why);

/* The hashes of the four files, separated by spaces. */
void add_data_sha256(struct buf *b, const struct dataset *d);

/* Of the core: how the run goes on. arg: struct execution. */
enum train_wish poll_run(void *arg, uint64_t samples);

/* Seconds of processor time since the training began, perhaps in an earlier attempt. */
double computed(const struct execution *e);

/* Whether a failure is one of a kind that passes: a full disk, no memory. */
bool may_pass(enum status status);

/* Waits a moment when an attempt at keeping something of the run failed in a way that may
 * pass; false: it does not, or the server stops. */
bool is_worth_another_try(const struct execution *e, enum status status);

/* The end that an outcome means for the run; `why` gets the reason, if there is one. */
void describe_end(const struct execution *e, const struct setup *s,
                  enum train_outcome outcome, struct run_end *end, struct buf *why);
void describe_failure(enum status status, struct run_end *end, struct buf *why);

/* Takes what the run leaves; the `end` of the observer, arg: struct execution. */
enum status take_end(void *arg, const struct final *left);

/* Record the end, or put the run back into the queue, where a run that is to be cancelled
 * ends; both wait for a disk that is full. A run of which a row could not be kept is put
 * back instead. */
void finish(struct execution *e, struct run_end *end, struct buf *why);
void give_back(struct execution *e, enum status status);

/* It is somebody else's by now. */
void log_lost(const struct execution *e);

/* Held, for want of what `status` says, until somebody releases it. */
void set_aside(struct execution *e, enum status status);

/* Back into the queue, until there is a data set of that name. */
void let_wait(struct execution *e, const char *dataset);

#endif
