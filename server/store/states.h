/* The states of a run and the steps between them. Pure: one table, no store, no clock. */
#ifndef FRUGAL_STORE_STATES_H
#define FRUGAL_STORE_STATES_H

#include <stdbool.h>

enum run_state {
    RUN_QUEUED,
    RUN_HELD,
    RUN_RUNNING,
    RUN_SUCCEEDED,
    RUN_FAILED,
    RUN_CANCELLED,
    RUN_TIMED_OUT,
    RUN_DEAD, /* set aside: it crashed the process again and again */
    RUN_STATES,
};

enum run_step {
    STEP_CLAIM,
    STEP_GIVE_BACK, /* the server stops, or was killed */
    STEP_SET_ASIDE, /* it cannot go on here and now, and has got too far to fail */
    STEP_HOLD,
    STEP_RELEASE,
    STEP_CANCEL,
    STEP_SUCCEED,
    STEP_FAIL,
    STEP_TIME_OUT,
    STEP_DIE,
    STEP_RETRY, /* a new attempt; what has ended stays in the history */
    RUN_STEPS,
};

/* "queued" ...; and back, RUN_STATES for an unknown name. */
const char *run_state_name(enum run_state s);
enum run_state run_state_of(const char *name);

/* The state that the step leads to; RUN_STATES: it is not allowed. */
enum run_state run_state_after(enum run_state s, enum run_step step);

/* The state in which the step ends, wherever it begins. */
enum run_state run_step_aim(enum run_step step);

/* "cancel" ... for people. */
const char *run_step_name(enum run_step step);

/* Whether some step leads from one to the other. */
bool run_state_may_become(enum run_state from, enum run_state to);

/* Nothing but a new attempt leads out of it. */
bool run_state_is_final(enum run_state s);

/* The state of a job whose runs are so many in each state. */
const char *job_state_of(const long long runs[RUN_STATES]);

#endif
