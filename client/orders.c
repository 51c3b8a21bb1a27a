/* In: a job, and perhaps some of its runs. Out: cancel, hold, release or retry, done. The
 * four verbs differ in nothing but their names. */
#include <inttypes.h>

#include "api.h"
#include "changed.h"
#include "talk.h"

static const struct opt options[] = {CHANGED_OPTIONS};

static const struct opt retry_options[] = {
    VERBS_FLAG("failed", 0, failed,
               "only runs that failed, not those that were cancelled"),
    CHANGED_OPTIONS,
};

/* {"runs": [...]} of the words behind the job. */
static enum ending read_runs(const struct opts_words *words, json_t *body)
{
    json_t *runs = json_array();
    enum ending ending = ENDING_OK;
    for (size_t i = 1; i < words->count && ending == ENDING_OK; i++) {
        int64_t run = 0;
        ending = api_read_id(words->word[i], "run", &run);
        json_array_append_new(runs, json_integer(run));
    }
    if (words->count > 1)
        json_object_set(body, "runs", runs);
    json_decref(runs);
    return ending;
}

static enum ending send(const struct options *given, const struct opts_words *words,
                        struct http *http, const char *verb)
{
    int64_t id;
    json_t *body = json_object(), *job = NULL;
    enum ending ending = api_read_id(words->word[0], "job", &id);
    if (ending == ENDING_OK)
        ending = read_runs(words, body);
    if (ending == ENDING_OK && given->failed)
        json_object_set_new(body, "only", json_string("failed"));
    if (ending == ENDING_OK)
        ending = api_order(http, &job, "POST", body, "/v1/jobs/%" PRId64 "/%s", id, verb);
    json_decref(body);
    return ending == ENDING_OK ? changed_print(given, job) : ending;
}

#define ORDER(order, table, about, help)                                                 \
    static enum ending run_##order(const struct options *given,                          \
                                   const struct opts_words *words, struct http *http)    \
    {                                                                                    \
        return send(given, words, http, #order);                                         \
    }                                                                                    \
    const struct verb verb_##order = {                                                   \
        .name = #order,                                                                  \
        .words = "JOB [RUN...]",                                                         \
        .summary = about,                                                                \
        .more = help,                                                                    \
        .words_min = 1,                                                                  \
        .words_max = OPTS_WORDS_MAX,                                                     \
        .options = table,                                                                \
        .rows = sizeof table / sizeof *table,                                            \
        .run = run_##order,                                                              \
    };

ORDER(cancel, options, "Ends the runs of a job that wait or are at work, or some of them",
      "What a run has computed until then is kept.\n")
ORDER(hold, options, "Keeps waiting runs of a job from starting", NULL)
ORDER(release, options, "Lets held runs of a job wait for their turn again", NULL)
ORDER(retry, retry_options, "Runs again what ended without success",
      "Each run begins a new attempt; the earlier ones stay in its history.\n")
