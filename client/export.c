/* In: a filter. Out: the traces of all runs that it finds, row by row. */
#include <string.h>

#include "api.h"
#include "save.h"
#include "talk.h"
#include "verbs.h"

static const struct opt options[] = {
    VERBS_SORT("the order of the runs, for example -m0,seed; - is for descending"),
    VERBS_FLAG("ndjson", 0, ndjson, "one JSON object per row instead of CSV"),
    {"output", 'o', OPT_TEXT, offsetof(struct options, output), "FILE", NULL, 0, 0,
     "where to put it, instead of standard output"},
    VERBS_FLAG("force", 0, force, "replace a file that is there"),
};

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    struct buf path;
    enum ending ending = api_list_path(
        &path, given->ndjson ? "/v1/export?format=ndjson" : "/v1/export?format=csv",
        words->count > 0 ? words->word[0] : NULL, given->sort);
    if (ending == ENDING_OK && given->output != NULL && strcmp(given->output, "-") != 0)
        ending = save_file(http, path.data, given->output, given->force);
    else if (ending == ENDING_OK)
        ending = save_print(http, path.data);
    buf_release(&path);
    return ending;
}

const struct verb verb_export = {
    .name = "export",
    .words = "[FILTER]",
    .summary = "Prints the traces of all runs that a filter finds, in full",
    .more = "For example: frugal export 'tag = fig3 and state = succeeded' > fig3.csv\n"
            "Each row begins with its run, job, cell, seed, and what the job "
            "sweeps.\n" VERBS_FILTER_HELP,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
