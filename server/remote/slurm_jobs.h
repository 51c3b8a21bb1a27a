/* What squeue --json says of our jobs. Pure. Private to the floor. */
#ifndef FRUGAL_REMOTE_SLURM_JOBS_H
#define FRUGAL_REMOTE_SLURM_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLURM_TASKS_MAX = 4096, SLURM_ID_TEXT = 48, SLURM_REASON_TEXT = 64 };

/* A job, or a task of an array. */
struct slurm_task {
    int64_t job, task; /* task -1: it is no array */
};

struct slurm_jobs {
    size_t pending, running;
    struct slurm_task waits[SLURM_TASKS_MAX]; /* [pending], as far as they fit */
    /* Of these, those that Slurm has requeued and lets wait for some minutes before it
     * looks at them again. */
    size_t delayed;
    char reason[SLURM_REASON_TEXT]; /* why one of them waits, in Slurm's word */
    size_t failed;                  /* of those that are still known */
    struct slurm_task failure[SLURM_TASKS_MAX]; /* [failed] */
    char state[SLURM_REASON_TEXT];              /* of the last of these */
    int64_t exit_code;                          /* of it; 0: not known */
};

/* Jobs of that name. False: the text makes no sense. */
bool slurm_jobs_read(const char *json, size_t length, const char *name,
                     struct slurm_jobs *ret);

/* "12_3", or "12". */
void slurm_task_name(const struct slurm_task *t, char ret[static SLURM_ID_TEXT]);

#endif
