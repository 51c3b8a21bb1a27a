/* In: jobs. Out: how they ended, once they have; and the way there, if it is asked for.
 */
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>

#include "api.h"
#include "changed.h"
#include "follow.h"
#include "show.h"

static const struct opt watch_options[] = {
    VERBS_FLAG("json", 0, json, "print the results as JSON"),
    VERBS_QUIET("print the number of the job only, and no progress"),
};

static const struct opt wait_options[] = {CHANGED_OPTIONS};

static bool has_ended(enum ending ending)
{
    return ending == ENDING_OK || ending == ENDING_RUN_FAILED;
}

enum ending watch_job(const struct options *given, struct http *http, int64_t id,
                      bool silent)
{
    enum ending ending = follow_job(http, id, silent || given->quiet);
    if (given->quiet || !has_ended(ending))
        return ending;
    enum ending shown =
        given->json ? show_job(http, id, false, true) : show_cells(http, id);
    return shown != ENDING_OK ? shown : ending;
}

/* Says now what would only show at the end: that there is no such job. */
static enum ending look_at(struct http *http, const char *word, int64_t *ret_id)
{
    json_t *job;
    enum ending ending = api_read_id(word, "job", ret_id);
    if (ending == ENDING_OK)
        ending = api_get(http, &job, "/v1/jobs/%" PRId64, *ret_id);
    if (ending == ENDING_OK)
        json_decref(job);
    return ending;
}

static enum ending run_watch(const struct options *given, const struct opts_words *words,
                             struct http *http)
{
    int64_t id;
    enum ending ending = look_at(http, words->word[0], &id);
    if (ending != ENDING_OK)
        return ending;
    ending = watch_job(given, http, id, false);
    if (given->quiet && has_ended(ending))
        printf("%" PRId64 "\n", id);
    return ending;
}

static enum ending wait_for(const struct options *given, struct http *http, int64_t id)
{
    json_t *job;
    enum ending ending = follow_job(http, id, true);
    if (!has_ended(ending))
        return ending;
    enum ending got = api_get(http, &job, "/v1/jobs/%" PRId64, id);
    if (got == ENDING_OK)
        got = changed_print(given, job);
    return got != ENDING_OK ? got : ending;
}

static enum ending run_wait(const struct options *given, const struct opts_words *words,
                            struct http *http)
{
    int64_t id[OPTS_WORDS_MAX];
    enum ending ending = ENDING_OK, one;
    for (size_t i = 0; i < words->count && ending == ENDING_OK; i++)
        ending = look_at(http, words->word[i], &id[i]);
    for (size_t i = 0; i < words->count && has_ended(ending); i++) {
        one = wait_for(given, http, id[i]);
        ending = one != ENDING_OK ? one : ending;
    }
    return ending;
}

const struct verb verb_watch = {
    .name = "watch",
    .words = "JOB",
    .summary = "Shows the progress of a job until it has ended, then its results",
    .more =
        "The exit code is 1 if a run did not succeed. Leaving with Ctrl-C does not stop\n"
        "the job.\n",
    .words_min = 1,
    .words_max = 1,
    .options = watch_options,
    .rows = sizeof watch_options / sizeof *watch_options,
    .run = run_watch,
};

const struct verb verb_wait = {
    .name = "wait",
    .words = "JOB...",
    .summary = "Returns when all runs of these jobs have ended",
    .more = "The exit code is 1 if a run did not succeed.\n",
    .words_min = 1,
    .words_max = OPTS_WORDS_MAX,
    .options = wait_options,
    .rows = sizeof wait_options / sizeof *wait_options,
    .run = run_wait,
};
