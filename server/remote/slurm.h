/* Workers on a cluster: keeps as many of them submitted to Slurm as the queue can use,
 * looks at what becomes of them, and cancels those that are not needed. Slurm starts,
 * places, limits and ends them; a run whose worker it has ended goes on with another one.
 */
#ifndef FRUGAL_REMOTE_SLURM_H
#define FRUGAL_REMOTE_SLURM_H

#include "store/store.h"
#include "work/workers.h"

/* All of it is borrowed. "": left to Slurm, or none. */
struct slurm_options {
    const char *partition, *account, *time, *memory;
    const char *extra; /* further options of sbatch, with spaces between */
    const char *program, *url, *token_file; /* as the nodes see them */
    const char *cache, *cacert;
    const char *folder; /* the data directory */
    unsigned processes; /* at most */
};

struct slurm;

/* Starts a thread that does it until slurm_stop; workers that are there stay. On failure
 * `why` gets a sentence. NO_MEMORY. */
enum status slurm_start(struct store *store, struct workers *workers,
                        const struct slurm_options *o, struct slurm **ret,
                        struct buf *why);
void slurm_stop(struct slurm *s);

/* A part of a sentence on how the workers are: "2 workers wait (Resources)"; "": nothing
 * is to be said. Any thread; NULL has none. */
void slurm_say(struct slurm *s, char *ret, size_t room);

#endif
