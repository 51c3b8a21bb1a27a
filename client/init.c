/* In: the name of a data set. Out: a job spec on it in which every field has its default,
 * to be changed. */
#include <stdio.h>

#include "dump.h"
#include "job_post.h"
#include "talk.h"
#include "verbs.h"

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    (void)given;
    json_t *plan;
    struct spec_file none = {.name = NULL};
    const char *dataset = words->count > 0 ? words->word[0] : "mnist";
    struct problem_source from = {.file = &none,
                                  .sent = json_pack("{s:s}", "dataset", dataset)};
    if (from.sent == NULL) {
        say("the name of the data set is not UTF-8");
        return ENDING_USAGE;
    }
    enum ending ending = job_post(http, true, &from, &plan);
    json_decref(from.sent);
    if (ending != ENDING_OK)
        return ending;
    ending = dump_print(json_object_get(plan, "spec"));
    json_decref(plan);
    return ending;
}

const struct verb verb_init = {
    .name = "init",
    .words = "[DATASET]",
    .summary = "Prints a job spec with every field at its default, to begin from",
    .more = "frugal init fashion-mnist > my.json; without a name the data set is mnist.\n"
            "frugal presets has specs of the questions of the paper, and frugal-spec(5)\n"
            "says what each field means.\n",
    .words_max = 1,
    .run = run,
};
