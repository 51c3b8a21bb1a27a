/* In: a job, the summary of its cells, its runs. Out: head lines and tables. */
#include "show.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "age.h"
#include "answer.h"
#include "api.h"
#include "compare.h"
#include "dump.h"
#include "field.h"
#include "job_table.h"
#include "state.h"
#include "talk.h"
#include "text.h"

enum { HEAD_MAX_BYTES = 1024 * 1024, LABEL_COLUMNS = 10 };

static const struct opt options[] = {
    VERBS_FLAG("runs", 'r', runs, "list the runs too"),
    VERBS_JSON,
    VERBS_FLAG("csv", 0, csv,
               "print the statistics of the cells as CSV, as compare does"),
    VERBS_QUIET("print the numbers of the job's runs only"),
};

/* Appends "label     text"; nothing for an empty text. */
static void add_line(struct buf *b, const char *label, const char *text)
{
    if (*text == '\0')
        return;
    buf_addf(b, "%-*s", LABEL_COLUMNS, label);
    text_add_line(b, text);
    buf_addc(b, '\n');
}

static void add_state(struct buf *b, const json_t *job)
{
    const char *state = field_text(job, "state", "?");
    double progress = field_number(job, "progress");
    struct buf clean;
    buf_init(&clean, HEAD_MAX_BYTES);
    text_add_line(&clean, state);
    buf_addf(b, "%-*s", LABEL_COLUMNS, "state");
    terminal_paint(b, terminal_colours(stdout), state_colour(state), clean.data);
    if (!isnan(progress))
        buf_addf(b, ", %.0f %%", floor(100 * progress));
    buf_addc(b, '\n');
    buf_release(&clean);
}

static void add_runs(struct buf *b, const json_t *job)
{
    json_t *counts = json_object_get(job, "runs");
    struct buf text;
    buf_init(&text, HEAD_MAX_BYTES);
    int64_t cells = field_count(job, "cells");
    buf_addf(&text, "%" PRId64 " in %" PRId64 " cell%s: ", field_count(counts, "total"),
             cells, number_plural(cells));
    state_add_counts(&text, counts);
    add_line(b, "runs", text.data);
    buf_release(&text);
}

static void add_tags(struct buf *b, const json_t *job)
{
    const json_t *tags = json_object_get(job, "tags");
    struct buf text;
    buf_init(&text, HEAD_MAX_BYTES);
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        buf_addf(&text, "%s%s", i > 0 ? ", " : "", tag != NULL ? tag : "?");
    }
    add_line(b, "tags", text.data);
    buf_release(&text);
}

static void add_time(struct buf *b, const json_t *job, const char *key)
{
    char age[NUMBER_TEXT], text[128];
    const char *when = field_text(job, key, NULL);
    if (when == NULL)
        return;
    age_text(age, when);
    snprintf(text, sizeof text, "%.40s (%s ago)", when, age);
    add_line(b, key, text);
}

static void print_head(const json_t *job)
{
    struct buf head, number;
    buf_init(&head, HEAD_MAX_BYTES);
    buf_init(&number, NUMBER_TEXT);
    buf_addf(&number, "%" PRId64, field_count(job, "id"));
    add_line(&head, "job", number.data);
    add_line(&head, "name", field_text(job, "name", ""));
    add_tags(&head, job);
    add_line(&head, "note", field_text(job, "note", ""));
    add_line(&head, "dataset", field_text(job, "dataset", ""));
    add_state(&head, job);
    add_runs(&head, job);
    add_time(&head, job, "created");
    add_time(&head, job, "started");
    add_time(&head, job, "finished");
    printf("%s\n", head.data);
    buf_release(&number);
    buf_release(&head);
}

/* What show knows of a job; goals and runs may be NULL. */
struct known {
    json_t *job, *ends, *goals, *runs;
};

static void forget(struct known *k)
{
    json_decref(k->job);
    json_decref(k->ends);
    json_decref(k->goals);
    json_decref(k->runs);
}

static enum ending ask(struct http *http, int64_t id, struct known *ret)
{
    char goal[ANSWER_GOAL];
    enum ending ending = api_get(http, &ret->job, "/v1/jobs/%" PRId64, id);
    if (ending == ENDING_OK)
        ending = answer_summary(http, id, NULL, NULL, &ret->ends);
    if (ending == ENDING_OK && answer_goal(ret->job, goal))
        ending = answer_summary(http, id, goal, NULL, &ret->goals);
    return ending;
}

static enum ending print_json(const struct known *k)
{
    json_t *all = json_pack("{s:O,s:O,s:O*,s:O*}", "job", k->job, "summary", k->ends,
                            "at_goal", k->goals, "runs", k->runs);
    if (all == NULL)
        return say_no_memory();
    enum ending ending = dump_print(all);
    json_decref(all);
    return ending;
}

static enum ending print_people(const struct known *k)
{
    print_head(k->job);
    enum ending ending = job_table_cells(k->ends, k->goals);
    if (ending != ENDING_OK || k->runs == NULL)
        return ending;
    printf("\n");
    return job_table_runs(k->runs);
}

enum ending show_job(struct http *http, int64_t id, bool with_runs, bool as_json)
{
    struct known k = {.job = NULL};
    enum ending ending = ask(http, id, &k);
    if (ending == ENDING_OK && with_runs)
        ending = api_runs(http, id, &k.runs);
    if (ending == ENDING_OK)
        ending = as_json ? print_json(&k) : print_people(&k);
    forget(&k);
    return ending;
}

enum ending show_cells(struct http *http, int64_t id)
{
    struct known k = {.job = NULL};
    enum ending ending = ask(http, id, &k);
    if (ending == ENDING_OK)
        ending = job_table_cells(k.ends, k.goals);
    forget(&k);
    return ending;
}

static enum ending print_ids(struct http *http, int64_t id)
{
    json_t *job, *runs;
    enum ending ending = api_get(http, &job, "/v1/jobs/%" PRId64, id);
    if (ending != ENDING_OK)
        return ending;
    json_decref(job);
    ending = api_runs(http, id, &runs);
    if (ending != ENDING_OK)
        return ending;
    field_print_all(runs, "id");
    json_decref(runs);
    return ENDING_OK;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    int64_t id;
    enum ending ending = api_read_id(words->word[0], "job", &id);
    if (ending != ENDING_OK)
        return ending;
    if (given->csv)
        return compare_csv(http, words->word[0]);
    return given->quiet ? print_ids(http, id)
                        : show_job(http, id, given->runs, given->json);
}

const struct verb verb_show = {
    .name = "show",
    .words = "JOB",
    .summary = "Shows a job and the results of its cells",
    .more =
        "A row of the table is a cell: all runs that differ in nothing but the seed.\n"
        "Numbers are means over the runs that succeeded ± their standard error; n is\n"
        "how many these are. Where the job stops at an accuracy, costs are those of\n"
        "reaching it, and \"at goal\" is how many runs did, of how many; if some did\n"
        "not, a lower bound of the mean (≥) stands in its place.\n",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
