/* In: the list of jobs, or of runs. Out: one row each, the newest jobs first. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "age.h"
#include "api.h"
#include "csv.h"
#include "dump.h"
#include "field.h"
#include "job_table.h"
#include "state.h"
#include "table.h"
#include "talk.h"
#include "verbs.h"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100000 };

static const struct opt options[] = {
    {"limit", 'n', OPT_COUNT, offsetof(struct options, limit), "N", NULL, 1, LIMIT_MAX,
     "no more than N; 20 unless told"},
    VERBS_FLAG("runs", 'r', runs, "runs instead of jobs"),
    VERBS_SORT("sort by these fields, for example -m0,seed; - is for descending"),
    VERBS_FLAG("trash", 0, trash, "what is in the trash instead"),
    VERBS_JSON,
    VERBS_CSV,
    VERBS_QUIET("print the numbers only"),
};

static void add_job(struct table *t, const json_t *job)
{
    char text[NUMBER_TEXT];
    const json_t *runs = json_object_get(job, "runs");
    snprintf(text, sizeof text, "%" PRId64, field_count(job, "id"));
    table_cell(t, PLAIN, text);
    const char *state = field_text(job, "state", "?");
    table_cell(t, state_colour(state), state);
    snprintf(text, sizeof text, "%" PRId64 "/%" PRId64, state_runs_done(runs),
             field_count(runs, "total"));
    table_cell(t, PLAIN, text);
    double progress = field_number(job, "progress");
    snprintf(text, sizeof text, "%.0f %%", isnan(progress) ? 0 : floor(100 * progress));
    table_cell(t, PLAIN, text);
    table_cell(t, PLAIN, field_text(job, "name", ""));
    age_text(text, field_text(job, "created", ""));
    table_cell(t, PLAIN, text);
}

static enum ending print_table(const json_t *jobs)
{
    struct table t;
    table_init(&t, 6);
    table_header(&t, TABLE_RIGHT, "job");
    table_header(&t, TABLE_LEFT, "state");
    table_header(&t, TABLE_RIGHT, "runs");
    table_header(&t, TABLE_RIGHT, "progress");
    table_header(&t, TABLE_ELASTIC, "name");
    table_header(&t, TABLE_RIGHT, "age");
    for (size_t i = 0; i < json_array_size(jobs); i++)
        add_job(&t, json_array_get(jobs, i));
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}

static enum ending print_json(json_t *jobs)
{
    json_t *list = json_pack("{s:O}", "items", jobs);
    if (list == NULL)
        return say_no_memory();
    enum ending ending = dump_print(list);
    json_decref(list);
    return ending;
}

static enum ending print_csv(const json_t *rows, bool runs)
{
    static const struct csv_column of_job[] = {
        {"job", "id"},
        {"state", "state"},
        {"name", "name"},
        {"owner", "owner"},
        {"dataset", "dataset"},
        {"priority", "priority"},
        {"cells", "cells"},
        {"runs", "runs.total"},
        {"succeeded", "runs.succeeded"},
        {"progress", "progress"},
        {"created", "created"},
        {"started", "started"},
        {"finished", "finished"},
    };
    static const struct csv_column of_run[] = {
        {"run", "id"},
        {"job", "job"},
        {"cell", "cell"},
        {"seed", "seed"},
        {"state", "state"},
        {"outcome", "outcome"},
        {"samples", "results.samples"},
        {"epochs", "results.epochs"},
        {"test_accuracy", "results.test_accuracy"},
        {"m0", "results.m0"},
        {"m1", "results.m1"},
        {"m0_direct", "results.m0_direct"},
        {"m1_direct", "results.m1_direct"},
        {"inefficiency_m0", "results.inefficiency_m0"},
        {"inefficiency_m1", "results.inefficiency_m1"},
        {"maintenance", "results.maintenance"},
        {"seconds", "results.seconds"},
        {"created", "created"},
        {"started", "started"},
        {"finished", "finished"},
    };
    return runs ? csv_print(rows, of_run, sizeof of_run / sizeof *of_run)
                : csv_print(rows, of_job, sizeof of_job / sizeof *of_job);
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    json_t *rows;
    struct buf path;
    enum ending ending =
        api_list_path(&path,
                      given->runs    ? "/v1/runs?"
                      : given->trash ? "/v1/jobs?trash=1"
                                     : "/v1/jobs?",
                      words->count > 0 ? words->word[0] : NULL, given->sort);
    if (path.len > 0 && path.data[path.len - 1] != '?')
        buf_addc(&path, '&');
    if (ending == ENDING_OK && given->runs && given->trash) {
        say("there is a trash for jobs, not for runs");
        ending = ENDING_USAGE;
    }
    if (ending == ENDING_OK)
        ending = api_list(http, path.data,
                          given->limit > 0 ? given->limit : LIMIT_DEFAULT, &rows);
    buf_release(&path);
    if (ending != ENDING_OK)
        return ending;
    if (given->quiet)
        field_print_all(rows, "id");
    else if (given->json)
        ending = print_json(rows);
    else if (given->csv)
        ending = print_csv(rows, given->runs);
    else
        ending = given->runs ? job_table_runs(rows) : print_table(rows);
    json_decref(rows);
    return ending;
}

const struct verb verb_ls = {
    .name = "ls",
    .words = "[FILTER]",
    .summary = "Lists jobs, newest first, or runs",
    .more = "For example: frugal ls --runs --sort m0 'job = 12 and test_accuracy >= "
            "0.95'\n" VERBS_FILTER_HELP,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
