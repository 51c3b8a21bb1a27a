/* A worker that is a process of its own: it has no database, takes runs from a server
 * until there is nothing to do, and ends. */
#ifndef FRUGAL_REMOTE_WORKER_H
#define FRUGAL_REMOTE_WORKER_H

#include "base/buf.h"
#include "work/workers.h"

struct worker_options {
    const char *server, *token_file, *cacert, *cache; /* "": none, or the usual one */
    double idle; /* seconds without a run, after which it ends */
    long runs;   /* that it takes at most; 0: any number */
    int nice;
    struct build build;
};

/* SIGTERM and SIGINT, which are blocked, have it leave a checkpoint and give its run
 * back. Returns the exit status; if it is not 0, `why` has a sentence. */
int worker_run(const struct worker_options *o, struct buf *why);

#endif
