/* In: jobs and axes. Out: a figure, as SVG or drawn on the terminal. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "field.h"
#include "figure_draw.h"
#include "figure_rows.h"
#include "goals.h"
#include "params.h"
#include "talk.h"
#include "terminal.h"
#include "trace_column.h"
#include "verbs.h"

enum { FIGURE_MAX_BYTES = 64 * 1024 * 1024 };

static const struct opt options[] = {
    {"x", 'x', OPT_TEXT, offsetof(struct options, x), "WHAT", NULL, 0, 0,
     "what is swept, such as hidden.0; \"accuracy\", the one asked for; or for curves a "
     "column of the traces: m0 (if it is not given), m1, samples, epoch ..."},
    {"y", 'y', OPT_TEXT, offsetof(struct options, y), "WHAT", NULL, 0, 0,
     "a result, m0 if it is not given; for curves a column, else test_accuracy"},
    {"at", 'a', OPT_TEXT, offsetof(struct options, at), "GOAL", NULL, 0, 0,
     "results at the first evaluation that has it, such as \"accuracy>=0.9\"; else at "
     "the accuracy that the jobs stop at"},
    {"output", 'o', OPT_TEXT, offsetof(struct options, output), "FILE", NULL, 0, 0,
     "write SVG there; else it goes to standard output, and a terminal gets a drawing"},
};

static enum ending write_svg(const struct figure *f, const char *file)
{
    struct buf text;
    buf_init(&text, FIGURE_MAX_BYTES);
    figure_svg(f, &text);
    FILE *out = file != NULL ? fopen(file, "we") : stdout;
    bool ok =
        !text.failed && out != NULL && fwrite(text.data, 1, text.len, out) == text.len;
    if (out != NULL && out != stdout)
        ok = fclose(out) == 0 && ok;
    if (!ok)
        say("%s could not be written: %s", file != NULL ? file : "the figure",
            strerror(errno));
    buf_release(&text);
    return ok ? ENDING_OK : ENDING_LOCAL;
}

static enum ending show(const struct figure *f, const char *file)
{
    struct buf text;
    if (file != NULL || !terminal_is(stdout))
        return write_svg(f, file);
    buf_init(&text, FIGURE_MAX_BYTES);
    figure_text(f, terminal_size(stdout).columns, terminal_colours(stdout), &text);
    fwrite(text.data, 1, text.len, stdout);
    bool ok = !text.failed;
    buf_release(&text);
    return ok ? ENDING_OK : say_no_memory();
}

/* What -x may be instead. */
static enum ending say_swept(const struct rows *r, const char *word)
{
    struct buf who, names;
    json_t *all = params_collect(r->cells);
    buf_init(&who, 64);
    buf_init(&names, 4096);
    if (r->several)
        buf_adds(&who, "these jobs do");
    else
        buf_addf(&who, "job %" PRId64 " does",
                 field_count(json_array_get(r->cells, 0), "job"));
    params_add_names(&names, all);
    if (names.len > 0)
        say("%s not sweep %s, but %s", who.data, word, names.data);
    else
        say("%s not sweep %s, nor anything else", who.data, word);
    json_decref(all);
    buf_release(&who);
    buf_release(&names);
    return ENDING_USAGE;
}

/* A place in a spec, and no column of a trace. */
static bool is_place(const char *word)
{
    return word != NULL && strpbrk(word, "./") != NULL;
}

/* Adds the curves of one word of the command line. */
static enum ending add_curves(struct figure *f, struct http *http,
                              const struct options *given, const struct rows *r,
                              size_t row)
{
    const json_t *cell = json_array_get(r->cells, row);
    int64_t job = field_count(cell, "job");
    const char *y = given->y != NULL ? given->y : "test_accuracy";
    struct buf query;
    json_t *curves;
    enum ending ending = given->y != NULL ? trace_column_check(http, job, y) : ENDING_OK;
    if (ending != ENDING_OK)
        return ending;
    buf_init(&query, 1024);
    buf_adds(&query, "x=");
    http_add_escaped(&query, given->x != NULL ? given->x : "m0");
    buf_adds(&query, "&y=");
    http_add_escaped(&query, y);
    ending = api_get(http, &curves, "/v1/jobs/%" PRId64 "/curves?%s", job, query.data);
    buf_release(&query);
    if (ending != ENDING_OK)
        return ending;
    for (size_t i = row; i < json_array_size(r->cells); i++) {
        const json_t *other = json_array_get(r->cells, i);
        if (field_count(other, "job") == job)
            figure_of_curves(f, curves, other,
                             r->several ? field_text(other, "name", "") : NULL);
    }
    if (!r->several && f->title.len == 0)
        buf_adds(&f->title, field_text(cell, "name", ""));
    json_decref(curves);
    return ENDING_OK;
}

static enum ending draw_curves(struct figure *f, struct http *http,
                               const struct options *given, const struct rows *r)
{
    enum ending ending = ENDING_OK;
    int64_t last = -1;
    for (size_t i = 0; i < json_array_size(r->cells) && ending == ENDING_OK; i++) {
        int64_t job = field_count(json_array_get(r->cells, i), "job");
        if (job != last)
            ending = add_curves(f, http, given, r, i);
        last = job;
    }
    return ending;
}

static enum ending draw(struct figure *f, struct http *http, const struct options *given,
                        const struct opts_words *words, const struct rows *r)
{
    const struct metric *metrics[METRIC_LIST_MAX];
    const char *pointer = given->x != NULL ? figure_pointer(r->cells, given->x) : NULL;
    bool is_accuracy = given->x != NULL && strcmp(given->x, "accuracy") == 0;
    if (pointer == NULL && is_place(given->x))
        return say_swept(r, given->x);
    if (pointer == NULL && !is_accuracy)
        return draw_curves(f, http, given, r);
    enum ending ending = metric_list(given->y != NULL ? given->y : "m0", metrics);
    if (ending != ENDING_OK)
        return ending;
    if (is_accuracy)
        return goals_figure(f, http, words, GOALS_FROM, GOALS_TO, metrics[0]);
    figure_of_rows(f, r, pointer, metrics[0]);
    return ENDING_OK;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    struct rows rows;
    struct figure figure;
    enum ending ending = ENDING_OK;
    rows_init(&rows);
    figure_init(&figure);
    /* Curves need no common goal; "" is where the runs end. */
    const char *at = given->x == NULL && given->at == NULL ? "" : given->at;
    for (size_t i = 0; i < words->count && ending == ENDING_OK; i++)
        ending = rows_add(&rows, http, words->word[i], at, NULL);
    if (ending == ENDING_OK)
        ending = draw(&figure, http, given, words, &rows);
    if (ending == ENDING_OK && !figure_close(&figure)) {
        say("there is nothing to draw: no run has got there yet");
        ending = ENDING_NOT_FOUND;
    }
    if (ending == ENDING_OK)
        ending = show(&figure, given->output);
    figure_release(&figure);
    rows_release(&rows);
    return ending;
}

const struct verb verb_plot = {
    .name = "plot",
    .words = "JOB[:CELL]...",
    .summary = "Draws energies against what is swept, or curves",
    .more = "A line for each combination of all else that is swept; means over the seeds "
            "with\n"
            "their standard errors. frugal plot 7 -x hidden.0 -y m1 -o size.svg: energy\n"
            "against network size; frugal plot 7: accuracy against M0.\n",
    .words_min = 1,
    .words_max = OPTS_WORDS_MAX,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
