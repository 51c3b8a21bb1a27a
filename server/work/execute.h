/* One attempt at a run, from its claim to its end. Private to the floor. */
#ifndef FRUGAL_WORK_EXECUTE_H
#define FRUGAL_WORK_EXECUTE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "learn/kernels.h"
#include "store/changes.h"
#include "work/desk.h"
#include "work/workers.h"

enum { CORE_TEXT = 17 };

/* Where runs are executed: what all attempts share. */
struct execution_place {
    struct desk *desk;
    const struct kernels *kernels;
    const char *build;    /* names it */
    char core[CORE_TEXT]; /* the same where the same numbers come out, libraries included
                           */
    const char *stop_reason; /* of runs that are given back when it is to stop; static */
    double checkpoint_seconds; /* of computing between two checkpoints, at least */
    char host[256], cpu[256];
};

void execution_place_init(struct execution_place *p, struct desk *desk,
                          const struct build *build, double checkpoint_seconds);

struct execution {
    const struct claim *claim;
    const struct execution_place *place;
    double started;     /* monotonic */
    atomic_bool stop;   /* set from outside: give the run back */
    atomic_bool yield;  /* likewise, because the disk is full */
    atomic_bool cancel; /* likewise: end it */
    atomic_uint_fast64_t samples,
        samples_before;     /* learnt; of them, in earlier attempts */
    atomic_int row_status;  /* enum status of the first row that was refused */
    double stop_seconds;    /* of computing; 0: no limit */
    double computing_since; /* thread time at the start */
    double seconds_before;  /* of computing, in attempts that this one continues */
    bool keeps_state;       /* checkpoints are wanted */
    bool state_is_due;
    double checkpointed;    /* seconds of computing at the newest checkpoint */
    double state_asked_for; /* thread time at which the core was asked for its state */
    double state_costs;     /* seconds that handing it out took the last time */
    _Atomic double writing_costs; /* and the writer, to take it */
    double next_look; /* monotonic: when the clock of the thread is read again */
    bool time_is_up;
    bool reused; /* the run has ended: another one's trace stands in */
    int64_t rows, rows_before; /* of its trace; those that its checkpoint stands behind */
    enum status waits_for; /* why the run was given back, if it may go better later */
    bool keeps_weights;
    /* What the run leaves, from its last row on: */
    bool counted; /* changes is filled in */
    struct run_changes changes;
    int64_t weights; /* bytes of its weights file; 0: it has none */
    struct execution *next;
};

/* What became of a row; the first failure stays, and ends the attempt. Any thread. */
void execution_note(struct execution *e, enum status status);

/* Trains and records the run to its end, or gives it back to the queue. It must be known
 * to those who set stop and cancel by then: what was asked for before, the store says. */
void execute(struct execution *e);

/* Trains a run that has ended once more and records whether its trace is the same. */
void verify(struct execution *e);

#endif
