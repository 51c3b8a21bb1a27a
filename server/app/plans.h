/* Plans on their way into the store, for submissions and extensions. Private to the
 * floor. */
#ifndef FRUGAL_APP_PLANS_H
#define FRUGAL_APP_PLANS_H

#include "app/app.h"
#include "store/jobs.h"

/* What only the data set can tell, for each cell until one has a problem. INVALID_SPEC
 * with problems; UNAVAILABLE: a data set must be loaded for it, and may_block is false;
 * NO_MEMORY. */
enum status plan_check(const struct app *app, const struct plan *plan, bool may_block,
                       struct problems *problems);

/* Part of a write: the runs of a cell, one for each seed, but for those that are there.
 * Of `run`, job, cell, created and held are given. */
enum status plan_insert_cell(struct conn *c, const struct plan *plan, const char *params,
                             struct new_run *run);

/* Part of a write: what the spec of a cell of a job says, for queries; only what differs
 * from the first cell of the plan, `base`. NULL: this is it. */
enum status values_insert(struct conn *c, int64_t job, int64_t cell, const struct spec *s,
                          const struct spec *base);

/* Part of a write: OVER_QUOTA when `more` runs of a job would make too many of its owner
 * wait. */
enum status quota_check(struct conn *c, const struct app *app, int64_t job, int64_t more);

#endif
