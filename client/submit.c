/* In: a spec file and changes to it. Out: a job on the server, and its number. */
#include <inttypes.h>
#include <stdio.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "job_post.h"
#include "number.h"
#include "preset.h"
#include "spec_edit.h"
#include "spec_file.h"
#include "talk.h"
#include "verbs.h"
#include "watch.h"

static const struct opt options[] = {
    {"preset", 'p', OPT_TEXT, offsetof(struct options, preset), "PRESET", NULL, 0, 0,
     "submit a preset instead of a file; frugal presets lists them"},
    VERBS_FLAG("quick", 0, quick, "a preset with fewer values and three seeds"),
    {"set", 's', OPT_WORDS, offsetof(struct options, set), "PATH=VALUE", NULL, 0, 0,
     "change the spec before it is sent: network.hidden=[100] or /network/hidden/0=100; "
     "may be given several times"},
    {"seeds", 0, OPT_TEXT, offsetof(struct options, seeds), "N|A,B,...", NULL, 0, 0,
     "how many seeds, or which"},
    {"sweep", 0, OPT_WORDS, offsetof(struct options, sweep), "PATH=VALUES", NULL, 0, 0,
     "sweep something, each value in a cell of its own: network.hidden.0=[100,200]; may "
     "be "
     "given several times"},
    VERBS_FLAG("dry-run", 'n', dry_run,
               "store nothing; print the whole spec with its defaults"),
    VERBS_FLAG("follow", 'f', follow,
               "show the progress until all runs have ended, then their results"),
    VERBS_FLAG("wait", 'w', wait,
               "wait until all runs have ended, then show their results"),
    VERBS_JSON,
    VERBS_QUIET("print the number of the job only"),
};

static enum ending read_source(const struct options *given,
                               const struct opts_words *words, struct spec_file *file,
                               json_t **ret)
{
    if ((given->preset == NULL) != (words->count == 1)) {
        say("submit takes either a file, - for standard input, or --preset PRESET");
        return ENDING_USAGE;
    }
    return given->preset != NULL ? preset_load(given->preset, given->quick, ret)
                                 : spec_file_read(words->word[0], file, ret);
}

static enum ending read_spec(const struct options *given, const struct opts_words *words,
                             struct spec_file *file, json_t **ret)
{
    json_t *spec;
    enum ending ending = read_source(given, words, file, &spec);
    if (ending != ENDING_OK)
        return ending;
    for (size_t i = 0; i < given->set.count && ending == ENDING_OK; i++)
        ending = spec_edit_set(spec, given->set.word[i]);
    if (given->seeds != NULL && ending == ENDING_OK)
        ending = spec_edit_seeds(spec, given->seeds);
    for (size_t i = 0; i < given->sweep.count && ending == ENDING_OK; i++)
        ending = spec_edit_sweep(spec, given->sweep.word[i]);
    if (ending == ENDING_OK)
        *ret = spec;
    else
        json_decref(spec);
    return ending;
}

static enum ending print_dry_run(const struct options *given, const json_t *answer)
{
    const json_t *spec = json_object_get(answer, "spec");
    if (given->quiet)
        return ENDING_OK;
    if (given->json || spec == NULL)
        return dump_print(answer);
    int64_t runs = field_count(answer, "runs"), cells = field_count(answer, "cells");
    const json_t *seconds = json_object_get(answer, "seconds");
    char takes[NUMBER_TEXT + 40] = "", time[NUMBER_TEXT];
    if (json_is_number(seconds)) {
        number_duration(time, json_number_value(seconds));
        snprintf(takes, sizeof takes, ", at most about %s of computing", time);
    }
    say("this would be %" PRId64 " run%s in %" PRId64 " cell%s%s", runs,
        number_plural(runs), cells, number_plural(cells), takes);
    return dump_print(spec);
}

static enum ending print_job(const struct options *given, const json_t *job)
{
    int64_t id = field_count(job, "id"), cells = field_count(job, "cells");
    int64_t runs = field_count(json_object_get(job, "runs"), "total");
    if (given->quiet)
        printf("%" PRId64 "\n", id);
    else if (!given->json)
        printf("job %" PRId64 ": %" PRId64 " run%s in %" PRId64 " cell%s\n", id, runs,
               number_plural(runs), cells, number_plural(cells));
    else if (!given->follow && !given->wait)
        return dump_print(job);
    fflush(stdout);
    return ENDING_OK;
}

static enum ending submit(const struct options *given, struct http *http,
                          const struct problem_source *from)
{
    json_t *answer;
    enum ending ending = job_post(http, given->dry_run, from, &answer);
    if (ending != ENDING_OK)
        return ending;
    int64_t id = field_count(answer, "id");
    if (given->dry_run) {
        ending = print_dry_run(given, answer);
    } else if (id < 1) {
        say("the server did not say which job this is");
        ending = ENDING_UNREACHABLE;
    } else {
        ending = print_job(given, answer);
    }
    json_decref(answer);
    if (ending != ENDING_OK || given->dry_run || (!given->follow && !given->wait))
        return ending;
    return watch_job(given, http, id, !given->follow);
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    struct spec_file file = {.name = NULL};
    struct problem_source from = {.file = &file};
    enum ending ending = read_spec(given, words, &file, &from.sent);
    if (ending == ENDING_OK)
        ending = submit(given, http, &from);
    json_decref(from.sent);
    spec_file_release(&file);
    return ending;
}

const struct verb verb_submit = {
    .name = "submit",
    .words = "[FILE|-]",
    .summary = "Submits the job that a spec file, or standard input, describes",
    .more =
        "With --follow and --wait the exit code is 1 if a run did not succeed. Leaving\n"
        "with Ctrl-C does not stop the job; frugal watch JOB follows it again.\n",
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
