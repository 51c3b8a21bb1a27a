/* In: summary and runs of a job as JSON. Out: tables for people. */
#include "job_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "answer.h"
#include "field.h"
#include "metric.h"
#include "params.h"
#include "state.h"
#include "table.h"
#include "talk.h"

static const char *const shown[] = {"samples", "m0", "m1", "test_accuracy"};

enum { SHOWN = sizeof shown / sizeof *shown };

/* "3", or "2/3" while runs are missing. */
static void add_n(struct table *t, const json_t *cell)
{
    char text[64];
    const json_t *samples = json_object_get(json_object_get(cell, "metrics"), shown[0]);
    int64_t n = field_count(samples, "n"), runs = field_count(cell, "runs");
    if (n < 0)
        n = 0;
    if (runs > n)
        snprintf(text, sizeof text, "%" PRId64 "/%" PRId64, n, runs);
    else
        snprintf(text, sizeof text, "%" PRId64, n);
    table_cell(t, PLAIN, text);
}

/* What it cost is that of the goal, where there is one; the accuracy that of the end,
 * which also says how far those came that missed it. */
static void add_cell(struct table *t, const json_t *end, const json_t *goal,
                     json_t *params)
{
    char text[METRIC_TEXT];
    params_row(t, params, end);
    add_n(t, end);
    if (goal != NULL) {
        answer_reached(text, goal);
        table_cell(t, PLAIN, text);
    }
    for (size_t i = 0; i < SHOWN; i++) {
        bool of_end = goal == NULL || strcmp(shown[i], "test_accuracy") == 0;
        const json_t *all = json_object_get(of_end ? end : goal, "metrics");
        metric_text(text, metric_find(shown[i]), json_object_get(all, shown[i]));
        table_cell(t, PLAIN, text);
    }
}

enum ending job_table_cells(const json_t *ends, const json_t *goals)
{
    const json_t *end = json_object_get(ends, "cells"),
                 *goal = json_object_get(goals, "cells");
    json_t *params = params_collect(end);
    if (params == NULL)
        return say_no_memory();
    struct table t;
    table_init(&t, json_object_size(params) + 1 + (goal != NULL) + SHOWN);
    params_headers(&t, params);
    table_header(&t, TABLE_RIGHT, "n");
    if (goal != NULL)
        table_header(&t, TABLE_LEFT, "at goal");
    for (size_t i = 0; i < SHOWN; i++)
        table_header(&t, TABLE_LEFT, metric_find(shown[i])->title);
    for (size_t i = 0; i < json_array_size(end); i++)
        add_cell(&t, json_array_get(end, i), json_array_get(goal, i), params);
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    json_decref(params);
    return ending;
}

static void add_run(struct table *t, const json_t *run)
{
    static const char *const counts[] = {"id", "cell", "seed"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        params_value(t, json_object_get(run, counts[i]));
    const char *state = field_text(run, "state", "?");
    table_cell(t, state_colour(state), state);
    table_cell(t, PLAIN, field_text(run, "outcome", "-"));
    for (size_t i = 0; i < SHOWN; i++) {
        char text[NUMBER_TEXT];
        const json_t *results = json_object_get(run, "results");
        metric_find(shown[i])->format(text, field_number(results, shown[i]), (double)NAN);
        table_cell(t, PLAIN, text);
    }
    table_cell(t, PLAIN, field_text(run, "reason", ""));
}

enum ending job_table_runs(const json_t *runs)
{
    struct table t;
    table_init(&t, 6 + SHOWN);
    table_header(&t, TABLE_RIGHT, "run");
    table_header(&t, TABLE_RIGHT, "cell");
    table_header(&t, TABLE_RIGHT, "seed");
    table_header(&t, TABLE_LEFT, "state");
    table_header(&t, TABLE_LEFT, "outcome");
    for (size_t i = 0; i < SHOWN; i++)
        table_header(&t, TABLE_RIGHT, metric_find(shown[i])->title);
    table_header(&t, TABLE_ELASTIC, "reason");
    for (size_t i = 0; i < json_array_size(runs); i++)
        add_run(&t, json_array_get(runs, i));
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}
