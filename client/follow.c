/* In: the runs of a job, asked for again and again. Out: progress, and how it ended. */
#include "follow.h"

#include <inttypes.h>
#include <signal.h>

#include "api.h"
#include "field.h"
#include "progress.h"
#include "state.h"
#include "talk.h"

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

static enum ending watch(struct http *http, int64_t job, struct progress *progress)
{
    for (;;) {
        json_t *runs;
        enum ending ending = api_runs(http, job, &runs);
        if (ending != ENDING_OK)
            return ending;
        progress_update(progress, runs);
        bool over = have_all_ended(runs);
        if (over)
            ending = judge(runs);
        json_decref(runs);
        if (over)
            return ending;
        http_pause(http, poll_seconds);
    }
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
    progress_init(&progress, quiet);
    http_be_patient(http, &patience);
    enum ending ending = watch(http, job, &progress);
    http_be_patient(http, NULL);
    progress_release(&progress);
    sigaction(SIGINT, &before, NULL);
    if (ending == ENDING_INTERRUPTED)
        say("job %" PRId64 " goes on; frugal show %" PRId64 " shows it", job, job);
    else if (ending == ENDING_UNREACHABLE)
        say("job %" PRId64 " is kept; try frugal show %" PRId64 " later", job, job);
    return ending;
}
