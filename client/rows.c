/* In: jobs and cells by number. Out: their summaries as rows of one table. */
#include "rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "csv.h"
#include "field.h"
#include "params.h"
#include "talk.h"

void rows_init(struct rows *r)
{
    *r = (struct rows){.cells = json_array()};
}

void rows_release(struct rows *r)
{
    json_decref(r->cells);
    r->cells = NULL;
}

/* "7" or "7:2"; *ret_cell is -1 for all cells. */
static enum ending read_word(const char *word, int64_t *ret_job, int64_t *ret_cell)
{
    char job[24];
    size_t n = strcspn(word, ":");
    *ret_cell = -1;
    if (n < sizeof job && word[n] == ':') {
        const char *cell = word + n + 1;
        size_t digits = strspn(cell, "0123456789");
        if (digits == 0 || digits > 9 || cell[digits] != '\0') {
            say("\"%.60s\" names no cell; it must be JOB:CELL, such as 7:0", word);
            return ENDING_USAGE;
        }
        *ret_cell = strtoll(cell, NULL, 10);
    }
    snprintf(job, sizeof job, "%.*s", n < sizeof job ? (int)n : (int)sizeof job - 1,
             word);
    return api_read_id(job, "job", ret_job);
}

static enum ending take_cells(struct rows *r, const json_t *job, const json_t *summary,
                              int64_t only)
{
    const json_t *cells = json_object_get(summary, "cells");
    bool found = false;
    for (size_t i = 0; i < json_array_size(cells); i++) {
        json_t *cell = json_array_get(cells, i);
        if (only >= 0 && field_count(cell, "cell") != only)
            continue;
        found = true;
        json_object_set(cell, "job", json_object_get(job, "id"));
        json_object_set(cell, "name", json_object_get(job, "name"));
        json_array_append(r->cells, cell);
    }
    if (found)
        return ENDING_OK;
    say("job %" PRId64 " has no cell %" PRId64, field_count(job, "id"), only);
    return ENDING_NOT_FOUND;
}

/* Energies at different goals are no answer to one question. */
static enum ending agree(struct rows *r, const json_t *job, const char *at)
{
    char goal[ANSWER_GOAL] = "";
    if (at != NULL)
        snprintf(goal, sizeof goal, "%s", at);
    else
        answer_goal(job, goal);
    if (json_array_size(r->cells) > 0 && strcmp(goal, r->at) != 0) {
        say("these jobs do not stop at the same goal (%s and %s); say with --at where to "
            "compare them",
            r->at[0] != '\0' ? r->at : "none", goal[0] != '\0' ? goal : "none");
        return ENDING_USAGE;
    }
    memcpy(r->at, goal, sizeof goal);
    return ENDING_OK;
}

static bool is_of_other_job(const struct rows *r, int64_t job)
{
    const json_t *first = json_array_get(r->cells, 0);
    return first != NULL && field_count(first, "job") != job;
}

enum ending rows_add(struct rows *r, struct http *http, const char *word, const char *at,
                     const char *baseline)
{
    int64_t id, cell;
    json_t *job = NULL, *summary = NULL;
    enum ending ending = read_word(word, &id, &cell);
    if (ending == ENDING_OK)
        ending = api_get(http, &job, "/v1/jobs/%" PRId64, id);
    if (ending == ENDING_OK)
        ending = agree(r, job, at);
    if (ending == ENDING_OK)
        ending =
            answer_summary(http, id, r->at[0] != '\0' ? r->at : NULL, baseline, &summary);
    if (ending == ENDING_OK) {
        r->several = r->several || is_of_other_job(r, id);
        r->savings = baseline != NULL;
        ending = take_cells(r, job, summary, cell);
    }
    json_decref(job);
    json_decref(summary);
    return ending;
}

enum ending rows_add_runs(struct rows *r, struct http *http, const char *filter,
                          const char *at, const char *baseline)
{
    json_t *summary = NULL;
    snprintf(r->at, sizeof r->at, "%s", at != NULL ? at : "");
    r->savings = baseline != NULL;
    enum ending ending = answer_of_runs(http, filter, at, baseline, &summary);
    if (ending == ENDING_OK)
        json_array_extend(r->cells, json_object_get(summary, "cells"));
    json_decref(summary);
    return ending;
}

static const json_t *statistics(const json_t *cell, const char *group,
                                const struct metric *m)
{
    return json_object_get(json_object_get(cell, group), m->key);
}

/* Savings are known for costs only. */
static bool has_saving(const struct rows *r, const struct metric *m)
{
    return r->savings && statistics(json_array_get(r->cells, 0), "saving", m) != NULL;
}

static void add_row(const struct rows *r, const struct metric *const *metrics,
                    json_t *params, const json_t *cell, struct table *t)
{
    char text[METRIC_TEXT + ANSWER_GOAL];
    snprintf(text, sizeof text, "%" PRId64 ":%" PRId64, field_count(cell, "job"),
             field_count(cell, "cell"));
    table_cell(t, PLAIN, text);
    if (r->several)
        table_cell(t, PLAIN, field_text(cell, "name", ""));
    params_row(t, params, cell);
    answer_reached(text, cell);
    table_cell(t, PLAIN, text);
    for (size_t i = 0; metrics[i] != NULL; i++) {
        metric_text(text, metrics[i], statistics(cell, "metrics", metrics[i]));
        table_cell(t, PLAIN, text);
    }
    for (size_t i = 0; metrics[i] != NULL; i++) {
        if (!has_saving(r, metrics[i]))
            continue;
        const json_t *saving = statistics(cell, "saving", metrics[i]);
        const struct metric factor = {.format = number_energy};
        metric_text(text, &factor, saving);
        table_cell(t, PLAIN, text);
    }
}

static void add_headers(const struct rows *r, const struct metric *const *metrics,
                        json_t *params, struct table *t)
{
    char title[64];
    table_header(t, TABLE_RIGHT, "cell");
    if (r->several)
        table_header(t, TABLE_ELASTIC, "job");
    params_headers(t, params);
    table_header(t, TABLE_LEFT, r->at[0] != '\0' ? "at goal" : "n");
    for (size_t i = 0; metrics[i] != NULL; i++)
        table_header(t, TABLE_LEFT, metrics[i]->title);
    for (size_t i = 0; metrics[i] != NULL; i++)
        if (has_saving(r, metrics[i])) {
            snprintf(title, sizeof title, "saving %s", metrics[i]->title);
            table_header(t, TABLE_LEFT, title);
        }
}

enum ending rows_table(const struct rows *r, const struct metric *const *metrics,
                       struct table *ret)
{
    json_t *params = params_collect(r->cells);
    if (params == NULL)
        return say_no_memory();
    size_t columns = 2 + r->several + json_object_size(params);
    for (size_t i = 0; metrics[i] != NULL; i++)
        columns += 1 + has_saving(r, metrics[i]);
    table_init(ret, columns);
    add_headers(r, metrics, params, ret);
    for (size_t i = 0; i < json_array_size(r->cells); i++)
        add_row(r, metrics, params, json_array_get(r->cells, i), ret);
    json_decref(params);
    return ENDING_OK;
}

static const char *const counts[] = {"runs", "reached", "missed", "open"};
static const char *const parts[] = {"n",      "missed", "mean", "sd",      "sem",
                                    "median", "min",    "max",  "at_least"};

enum { COUNTS = sizeof counts / sizeof *counts, PARTS = sizeof parts / sizeof *parts };

static void csv_titles(struct buf *b, const char *prefix, const struct metric *m)
{
    for (size_t p = 0; p < PARTS; p++)
        buf_addf(b, ",%s%s_%s", prefix, m->key, parts[p]);
}

static void csv_statistics(struct buf *b, const json_t *s)
{
    for (size_t p = 0; p < PARTS; p++) {
        buf_addc(b, ',');
        csv_add(b, json_object_get(s, parts[p]));
    }
}

static void csv_row(const struct rows *r, const struct metric *const *metrics,
                    json_t *params, const json_t *cell, struct buf *b)
{
    const char *pointer;
    json_t *unused;
    buf_addf(b, "%" PRId64 ",%" PRId64 ",", field_count(cell, "job"),
             field_count(cell, "cell"));
    csv_add(b, json_object_get(cell, "name"));
    json_object_foreach(params, pointer, unused)
    {
        buf_addc(b, ',');
        csv_add(b, json_object_get(json_object_get(cell, "params"), pointer));
    }
    for (size_t c = 0; c < COUNTS; c++)
        buf_addf(b, ",%" PRId64, field_count(cell, counts[c]));
    for (size_t i = 0; metrics[i] != NULL; i++)
        csv_statistics(b, statistics(cell, "metrics", metrics[i]));
    for (size_t i = 0; metrics[i] != NULL; i++)
        if (has_saving(r, metrics[i]))
            csv_statistics(b, statistics(cell, "saving", metrics[i]));
    buf_addc(b, '\n');
}

void rows_csv(const struct rows *r, const struct metric *const *metrics, struct buf *b)
{
    const char *pointer;
    json_t *params = params_collect(r->cells), *unused;
    buf_adds(b, "job,cell,name");
    json_object_foreach(params, pointer, unused)
    {
        json_t *title = json_string(pointer);
        buf_addc(b, ',');
        csv_add(b, title);
        json_decref(title);
    }
    for (size_t c = 0; c < COUNTS; c++)
        buf_addf(b, ",%s", counts[c]);
    for (size_t i = 0; metrics[i] != NULL; i++)
        csv_titles(b, "", metrics[i]);
    for (size_t i = 0; metrics[i] != NULL; i++)
        if (has_saving(r, metrics[i]))
            csv_titles(b, "saving_", metrics[i]);
    buf_addc(b, '\n');
    for (size_t i = 0; i < json_array_size(r->cells); i++)
        csv_row(r, metrics, params, json_array_get(r->cells, i), b);
    json_decref(params);
}

void rows_caption(const struct rows *r, struct buf *b)
{
    buf_adds(b, "mean ± s.e.m. over the seeds, ");
    if (r->at[0] != '\0')
        buf_addf(b, "where a run first has %s", r->at);
    else
        buf_adds(b, "at the end of the runs that succeeded");
}
