/* What tells the runs of an export apart. */
#ifndef FRUGAL_HTTP_RUN_PARAMS_H
#define FRUGAL_HTTP_RUN_PARAMS_H

#include "http/reply.h"
#include "store/jobs.h"

/* The spec of the job that came last, which is most often that of the next run, too. */
struct run_params {
    int64_t job;
    char *spec; /* owned */
};

void run_params_release(struct run_params *p);

/* The params of a run, and what its spec says in those of the places [count] that they
 * do not name; places that it does not have are missing. A new reference; NULL without
 * memory, or when the job cannot be read. */
json_t *run_params_read(struct run_params *p, struct conn *c, const struct run *run,
                        char *const *places, size_t count);

#endif
