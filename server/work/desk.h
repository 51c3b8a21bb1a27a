/* What a worker needs of whoever keeps the runs, and nothing of where that is: the store
 * of this process (desk_store.c), or a server (remote/desk.c). Private to the floors of
 * workers.
 *
 * An attempt is a claim, its start, rows and checkpoints in their order, and one end. All
 * of it is called on the thread of the run. What is handed over without waiting (rows,
 * checkpoints) is kept in the order in which it came, before an end that comes after it;
 * the first that is refused is noted with execution_note, and the run ends soon.
 * LEASE_LOST, from any of them: the run is somebody else's by now, and there is nothing
 * more to say of it. */
#ifndef FRUGAL_WORK_DESK_H
#define FRUGAL_WORK_DESK_H

#include "data/catalogue.h"
#include "store/attempts.h"
#include "store/checkpoints.h"
#include "store/queue.h"
#include "store/traces.h"
#include "store/verifications.h"

struct execution;

struct desk {
    /* The run or the verification whose turn it is; the caller frees its strings with
     * claim_release. NOT_FOUND, CONFLICT: as store_claim. */
    enum status (*claim)(struct desk *d, struct claim *ret);

    /* The data set of a run, to be given back. NOT_FOUND: there is none of that name. */
    enum status (*data)(struct desk *d, const char *name, const struct dataset **ret,
                        struct buf *why);
    void (*data_back)(struct desk *d, const struct dataset *data); /* NULL: nothing */

    /* As store_run_start; *ret_reused: the run has ended, with the trace of another one.
     */
    enum status (*start)(struct desk *d, const struct execution *e,
                         const struct run_start *s, bool *ret_reused);

    /* Without waiting. NO_MEMORY. */
    enum status (*row)(struct desk *d, struct execution *e,
                       const struct trace_entry *row);

    /* Of a verification: as store_trace_compare. */
    enum status (*compare)(struct desk *d, const struct execution *e,
                           const struct trace_entry *row);

    /* Without waiting; the state is copied. What it costs goes to e->writing_costs. */
    enum status (*checkpoint)(struct desk *d, struct execution *e,
                              const struct checkpoint *p);
    enum status (*checkpoint_get)(struct desk *d, const struct execution *e,
                                  struct checkpoint *ret);
    /* As store_run_begin_again. */
    enum status (*begin_again)(struct desk *d, const struct execution *e);

    /* As store_weights_write. */
    enum status (*weights)(struct desk *d, const struct execution *e,
                           const struct final *left, int64_t *ret_bytes);

    /* The end. Of a run of which a row was refused, finish says so instead, unless the
     * end tells of a failure: STOPPED where that may pass. */
    enum status (*finish)(struct desk *d, const struct execution *e,
                          const struct run_end *end, bool is_failure);
    enum status (*requeue)(struct desk *d, const struct execution *e,
                           const struct run_end *end);
    enum status (*wait_for)(struct desk *d, const struct execution *e,
                            const struct run_end *end, const char *dataset);
    enum status (*verified)(struct desk *d, const struct execution *e,
                            struct verification_end *end);
};

void claim_release(struct claim *c);

/* The desk of this process. All is borrowed. NULL without memory. */
struct desk *store_desk_open(struct store *s, struct catalogue *c, int64_t per_owner);
void store_desk_close(struct desk *d);
void store_desk_limit(struct desk *d, int64_t per_owner); /* any thread */

/* What bounds a claim now. Any thread. */
struct schedule_limits store_desk_limits(const struct desk *d);

/* "waits for data set ...": why a run goes back. */
void desk_say_absent(const struct catalogue *c, const char *dataset, struct buf *ret);

#endif
