/* The desk of a server, for one worker that is elsewhere: all that the run needs goes
 * over HTTP. One thread computes, and speaks to the server itself where it has to wait
 * for it; a second one, the courier, brings rows and checkpoints in their order, and lets
 * the server hear of the worker. While the server does not answer, both try again as long
 * as the lease may be valid; then it counts as lost. */
#ifndef FRUGAL_REMOTE_DESK_H
#define FRUGAL_REMOTE_DESK_H

#include "remote/line.h"
#include "store/leases.h"
#include "work/execute.h"

struct remote_desk;

struct remote_options {
    struct line_options line;
    struct worker_name who;
    const char *cpu, *version, *core;
    const char *cache; /* the folder of data sets; made if missing */
};

/* On failure `why` gets a sentence. NO_MEMORY, IO. */
enum status remote_desk_open(const struct remote_options *o, struct remote_desk **ret,
                             struct buf *why);

/* Says farewell to the server, if it answers at once. */
void remote_desk_close(struct remote_desk *d);

struct desk *remote_desk_of(struct remote_desk *d);

/* What the last claim that came to nothing was told: a sentence, and after how many
 * seconds to ask again. */
const char *remote_desk_why(const struct remote_desk *d);
double remote_desk_again(const struct remote_desk *d);

/* Of the server of the newest claim: computing between two checkpoints. */
double remote_desk_checkpoint_seconds(const struct remote_desk *d);

/* The run that was claimed is computed from now on; the courier sets e->cancel when
 * nobody wants it, and row_status when it is lost. NULL: no longer. */
void remote_desk_watch(struct remote_desk *d, struct execution *e);

/* The worker is to end: gives up what cannot be said to the server within so many
 * seconds, and has the run that is computed stop. Any thread. */
void remote_desk_stop(struct remote_desk *d, double seconds);

#endif
