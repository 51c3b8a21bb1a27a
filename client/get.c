/* In: a run. Out: its weights file. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "save.h"
#include "talk.h"
#include "terminal.h"
#include "verbs.h"

static const struct opt options[] = {
    {"output", 'o', OPT_TEXT, offsetof(struct options, output), "FILE", NULL, 0, 0,
     "where to put it; - is standard output. Default: run-RUN.npz"},
    VERBS_FLAG("force", 0, force, "replace a file that is there"),
};

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    int64_t id;
    char usual[40], path[64];
    enum ending ending = api_read_id(words->word[0], "run", &id);
    if (ending != ENDING_OK)
        return ending;
    snprintf(usual, sizeof usual, "run-%" PRId64 ".npz", id);
    snprintf(path, sizeof path, "/v1/runs/%" PRId64 "/weights", id);
    const char *name = given->output != NULL ? given->output : usual;
    if (strcmp(name, "-") != 0)
        return save_file(http, path, name, given->force);
    if (terminal_is(stdout)) {
        say("the file is nothing to read on a terminal");
        return ENDING_USAGE;
    }
    return save_print(http, path);
}

const struct verb verb_get = {
    .name = "get",
    .words = "RUN",
    .summary = "Saves the weights of a run that has ended, for numpy.load",
    .more = "The arrays are weights_layer1 ..., float32 with one row per source and the "
            "bias\n"
            "last, and changes_layer1 ..., uint32: how often each synapse changed.\n",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
