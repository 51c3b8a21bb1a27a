/* In: the runs of a job, asked for again and again. Out: progress, and how it ended. */
#include "follow.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "api.h"
#include "field.h"
#include "progress.h"
#include "state.h"
#include "talk.h"

enum { RUNS_A_PAUSE = 500 }; /* a job of so many is asked for half as often */

static const double poll_seconds = 0.4, patience_seconds = 30;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* The second Ctrl-C ends the program at once. System calls are interrupted, not resumed,
 * so that pauses end. */
static void catch_interrupt(struct sigaction *ret_before)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, ret_before);
}

static bool have_all_ended(const json_t *runs)
{
    for (size_t i = 0; i < json_array_size(runs); i++)
        if (!state_is_final(field_text(json_array_get(runs, i), "state", "?")))
            return false;
    return true;
}

/* Says why runs did not succeed. */
static enum ending judge(const json_t *runs)
{
    enum ending ending = ENDING_OK;
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);
        const char *state = field_text(run, "state", "?");
        if (state_is_success(state))
            continue;
        const char *why =
            field_text(run, "reason", field_text(run, "outcome", "unknown"));
        say("run %" PRId64 " %s: %s", field_count(run, "id"), state, why);
        ending = ENDING_RUN_FAILED;
    }
    return ending;
}

static enum ending show_to_end(struct http *http, int64_t job, struct progress *progress)
{
    for (;;) {
        json_t *runs;
        enum ending ending = api_runs(http, job, &runs);
        if (ending != ENDING_OK)
            return ending;
        progress_update(progress, runs);
        bool over = have_all_ended(runs);
        double pause = poll_seconds * (1 + (double)json_array_size(runs) / RUNS_A_PAUSE);
        if (over)
            ending = judge(runs);
        json_decref(runs);
        if (over)
            return ending;
        http_pause(http, pause);
    }
}

/* False: some run is still to come, or at work. */
static bool is_over(const json_t *job)
{
    const json_t *runs = json_object_get(job, "runs");
    return state_runs_done(runs) == field_count(runs, "total");
}

/* Somebody may wait for ever, so he is told; once, until that changes. */
static void note_hold(const json_t *job, bool *held)
{
    bool is_held = strcmp(field_text(job, "state", "?"), "held") == 0;
    if (is_held && !*held)
        say("job %" PRId64 " is held, until somebody releases it",
            field_count(job, "id"));
    *held = is_held;
}

/* Asks for the counts of the job only, and for its runs once they have ended. */
static enum ending wait_to_end(struct http *http, int64_t id)
{
    json_t *job, *runs;
    enum ending ending;
    for (bool over = false, held = false; !over;) {
        if ((ending = api_get(http, &job, "/v1/jobs/%" PRId64, id)) != ENDING_OK)
            return ending;
        over = is_over(job);
        note_hold(job, &held);
        json_decref(job);
        if (!over)
            http_pause(http, poll_seconds);
    }
    if ((ending = api_runs(http, id, &runs)) != ENDING_OK)
        return ending;
    ending = judge(runs);
    json_decref(runs);
    return ending;
}

enum ending follow_job(struct http *http, int64_t job, bool quiet)
{
    struct sigaction before;
    struct progress progress;
    const struct http_patience patience = {.seconds = patience_seconds,
                                           .stop = &interrupted,
                                           .notice = progress_note,
                                           .to = &progress};
    catch_interrupt(&before);
    progress_init(&progress);
    http_be_patient(http, &patience);
    enum ending ending =
        quiet ? wait_to_end(http, job) : show_to_end(http, job, &progress);
    http_be_patient(http, NULL);
    progress_release(&progress);
    sigaction(SIGINT, &before, NULL);
    if (ending == ENDING_INTERRUPTED)
        say("job %" PRId64 " goes on; frugal watch %" PRId64 " follows it again", job,
            job);
    else if (ending == ENDING_UNREACHABLE || ending == ENDING_LATER)
        say("job %" PRId64 " is kept; try frugal watch %" PRId64 " later", job, job);
    return ending;
}
