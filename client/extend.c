/* In: a job, seeds and values. Out: more runs of it. */
#include <inttypes.h>

#include "api.h"
#include "changed.h"
#include "spec_edit.h"
#include "talk.h"

static const struct opt options[] = {
    {"seeds", 0, OPT_TEXT, offsetof(struct options, seeds), "N|A,B,...", NULL, 0, 0,
     "the seeds 1 to N, or these, as far as they are missing"},
    {"sweep", 0, OPT_WORDS, offsetof(struct options, sweep), "PATH=VALUES", NULL, 0, 0,
     "more values of something that the job sweeps: network.hidden.0=[800,1600]; may be "
     "given several times"},
    CHANGED_OPTIONS,
};

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    int64_t id;
    json_t *body = json_object(), *job = NULL;
    enum ending ending = api_read_id(words->word[0], "job", &id);
    if (ending == ENDING_OK && given->seeds == NULL && given->sweep.count == 0) {
        say("--seeds or --sweep must say what to add");
        ending = ENDING_USAGE;
    }
    if (ending == ENDING_OK && given->seeds != NULL)
        ending = spec_edit_seeds(body, given->seeds);
    for (size_t i = 0; i < given->sweep.count && ending == ENDING_OK; i++)
        ending = spec_edit_sweep(body, given->sweep.word[i]);
    if (ending == ENDING_OK)
        ending = api_order(http, &job, "POST", body, "/v1/jobs/%" PRId64 "/extend", id);
    json_decref(body);
    return ending == ENDING_OK ? changed_print(given, job) : ending;
}

const struct verb verb_extend = {
    .name = "extend",
    .words = "JOB",
    .summary = "Adds seeds or swept values to a job; only what is missing runs",
    .more = "What a held job gets is held, too.\n",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
