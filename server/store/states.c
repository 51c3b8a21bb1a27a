#include "store/states.h"

#include <string.h>

#define FROM(state) (1U << RUN_##state)

static const char *const state_names[RUN_STATES] = {
    "queued", "held", "running", "succeeded", "failed", "cancelled", "timed_out", "dead"};

/* Every transition there is. */
static const struct {
    const char *name;
    unsigned from;
    enum run_state to;
} steps[RUN_STEPS] = {
    [STEP_CLAIM] = {"claim", FROM(QUEUED), RUN_RUNNING},
    [STEP_GIVE_BACK] = {"give back", FROM(RUNNING), RUN_QUEUED},
    [STEP_SET_ASIDE] = {"set aside", FROM(RUNNING), RUN_HELD},
    [STEP_HOLD] = {"hold", FROM(QUEUED), RUN_HELD},
    [STEP_RELEASE] = {"release", FROM(HELD), RUN_QUEUED},
    [STEP_CANCEL] = {"cancel", FROM(QUEUED) | FROM(HELD) | FROM(RUNNING), RUN_CANCELLED},
    [STEP_SUCCEED] = {"succeed", FROM(RUNNING), RUN_SUCCEEDED},
    [STEP_FAIL] = {"fail", FROM(RUNNING), RUN_FAILED},
    [STEP_TIME_OUT] = {"time out", FROM(RUNNING), RUN_TIMED_OUT},
    [STEP_DIE] = {"die", FROM(RUNNING), RUN_DEAD},
    [STEP_RETRY] = {"retry",
                    FROM(FAILED) | FROM(CANCELLED) | FROM(TIMED_OUT) | FROM(DEAD),
                    RUN_QUEUED},
};

const char *run_state_name(enum run_state s)
{
    return s < RUN_STATES ? state_names[s] : "damaged"; /* on the disk */
}

enum run_state run_state_of(const char *name)
{
    int s = 0;
    while (s < RUN_STATES && strcmp(state_names[s], name) != 0)
        s++;
    return (enum run_state)s;
}

enum run_state run_state_after(enum run_state s, enum run_step step)
{
    return steps[step].from & 1U << s ? steps[step].to : RUN_STATES;
}

enum run_state run_step_aim(enum run_step step)
{
    return steps[step].to;
}

const char *run_step_name(enum run_step step)
{
    return steps[step].name;
}

bool run_state_may_become(enum run_state from, enum run_state to)
{
    for (int step = 0; step < RUN_STEPS; step++)
        if (run_state_after(from, (enum run_step)step) == to)
            return true;
    return false;
}

bool run_state_is_final(enum run_state s)
{
    return s != RUN_QUEUED && s != RUN_HELD && s != RUN_RUNNING;
}

/* What is still to come decides; else the worst of what came. */
const char *job_state_of(const long long runs[RUN_STATES])
{
    long long ended = 0, bad = runs[RUN_FAILED] + runs[RUN_TIMED_OUT] + runs[RUN_DEAD];
    for (int s = 0; s < RUN_STATES; s++)
        if (run_state_is_final((enum run_state)s))
            ended += runs[s];
    if (runs[RUN_RUNNING] > 0 || (runs[RUN_QUEUED] > 0 && ended > 0))
        return state_names[RUN_RUNNING];
    if (runs[RUN_QUEUED] > 0)
        return state_names[RUN_QUEUED];
    if (runs[RUN_HELD] > 0)
        return state_names[RUN_HELD];
    if (bad > 0)
        return state_names[RUN_FAILED];
    return state_names[runs[RUN_CANCELLED] > 0 ? RUN_CANCELLED : RUN_SUCCEEDED];
}
