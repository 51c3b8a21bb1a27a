/* In: spec files. Out: what each would make, or what is wrong with it, and where. */
#include <inttypes.h>
#include <stdio.h>

#include "dump.h"
#include "field.h"
#include "job_post.h"
#include "number.h"
#include "text.h"
#include "verbs.h"

enum { LINE_MAX_BYTES = 8192 };

static const struct opt options[] = {
    VERBS_FLAG("json", 0, json, "print what each would make, with all defaults, as JSON"),
    VERBS_QUIET("print nothing about those that are right"),
};

static enum ending print_plan(const struct options *given, const char *name,
                              const json_t *plan)
{
    struct buf line;
    int64_t runs = field_count(plan, "runs"), cells = field_count(plan, "cells");
    if (given->json)
        return dump_print(plan);
    if (given->quiet)
        return ENDING_OK;
    buf_init(&line, LINE_MAX_BYTES);
    text_add_line(&line, name);
    printf("%s: %" PRId64 " run%s in %" PRId64 " cell%s\n", line.data, runs,
           number_plural(runs), cells, number_plural(cells));
    buf_release(&line);
    return ENDING_OK;
}

static enum ending validate(const struct options *given, struct http *http,
                            const char *name)
{
    json_t *plan;
    struct spec_file file;
    struct problem_source from = {.file = &file};
    enum ending ending = spec_file_read(name, &file, &from.sent);
    if (ending == ENDING_OK)
        ending = job_post(http, true, &from, &plan);
    if (ending == ENDING_OK) {
        ending = print_plan(given, file.name, plan);
        json_decref(plan);
    }
    json_decref(from.sent);
    spec_file_release(&file);
    return ending;
}

/* One that is wrong keeps nobody from looking at the others. */
static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    enum ending worst = ENDING_OK;
    for (size_t i = 0; i < words->count; i++) {
        enum ending ending = validate(given, http, words->word[i]);
        if (ending != ENDING_OK && ending != ENDING_INVALID)
            return ending;
        worst = ending != ENDING_OK ? ending : worst;
    }
    return worst;
}

const struct verb verb_validate = {
    .name = "validate",
    .words = "FILE...",
    .summary = "Checks spec files without running them",
    .more = "The server judges; all that is wrong is told, each with its line.\n",
    .words_min = 1,
    .words_max = OPTS_WORDS_MAX,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
