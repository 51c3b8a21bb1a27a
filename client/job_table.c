/* In: summary and runs of a job as JSON. Out: tables for people. */
#include "job_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "dump.h"
#include "field.h"
#include "number.h"
#include "state.h"
#include "table.h"
#include "talk.h"

enum { VALUE_MAX_BYTES = 64 * 1024 };

static const struct metric {
    const char *key, *title;
    void (*format)(char *text, double mean, double sem);
} metrics[] = {
    {"samples", "samples", number_count},
    {"m0", "M0", number_energy},
    {"m1", "M1", number_energy},
    {"test_accuracy", "test accuracy", number_share},
};

enum { METRICS = sizeof metrics / sizeof *metrics };

/* The parameters that any cell has, as keys of a new object; NULL on lack of memory. */
static json_t *collect_params(const json_t *cells)
{
    json_t *all = json_object();
    for (size_t i = 0; i < json_array_size(cells); i++) {
        json_t *params = json_object_get(json_array_get(cells, i), "params");
        if (json_is_object(params) && json_object_update(all, params) != 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

/* "/network/hidden/0" as "hidden.0": the last two members tell enough. */
static void add_header(struct table *t, const char *pointer)
{
    const char *start = strrchr(pointer, '/');
    while (start != NULL && start > pointer && *--start != '/')
        ;
    struct buf title;
    buf_init(&title, VALUE_MAX_BYTES);
    for (const char *c = start != NULL ? start + (*start == '/') : pointer; *c != '\0';
         c++)
        buf_addc(&title, *c == '/' ? '.' : *c);
    table_header(t, TABLE_LEFT, title.data);
    buf_release(&title);
}

static void add_value(struct table *t, const json_t *value)
{
    struct buf text;
    buf_init(&text, VALUE_MAX_BYTES);
    if (json_is_string(value))
        buf_adds(&text, json_string_value(value));
    else if (value != NULL)
        dump_line(&text, value);
    table_cell(t, PLAIN, text.failed ? "..." : text.data);
    buf_release(&text);
}

/* "3", or "2/3" while runs are missing. */
static void add_n(struct table *t, const json_t *cell)
{
    char text[64];
    const json_t *samples =
        json_object_get(json_object_get(cell, "metrics"), metrics[0].key);
    int64_t n = field_count(samples, "n"), runs = field_count(cell, "runs");
    if (n < 0)
        n = 0;
    if (runs > n)
        snprintf(text, sizeof text, "%" PRId64 "/%" PRId64, n, runs);
    else
        snprintf(text, sizeof text, "%" PRId64, n);
    table_cell(t, PLAIN, text);
}

static void add_cell(struct table *t, const json_t *cell, json_t *params)
{
    const char *pointer;
    json_t *unused;
    json_object_foreach(params, pointer, unused)
    {
        add_value(t, json_object_get(json_object_get(cell, "params"), pointer));
    }
    add_n(t, cell);
    for (size_t i = 0; i < METRICS; i++) {
        char text[NUMBER_TEXT];
        const json_t *m =
            json_object_get(json_object_get(cell, "metrics"), metrics[i].key);
        double sem = field_count(m, "n") < 2 ? (double)NAN : field_number(m, "sem");
        metrics[i].format(text, field_number(m, "mean"), sem);
        table_cell(t, PLAIN, text);
    }
}

enum ending job_table_cells(const json_t *summary)
{
    const json_t *cells = json_object_get(summary, "cells");
    json_t *params = collect_params(cells), *unused;
    if (params == NULL)
        return say_no_memory();
    struct table t;
    table_init(&t, json_object_size(params) + 1 + METRICS);
    const char *pointer;
    json_object_foreach(params, pointer, unused)
    {
        add_header(&t, pointer);
    }
    table_header(&t, TABLE_RIGHT, "n");
    for (size_t i = 0; i < METRICS; i++)
        table_header(&t, TABLE_LEFT, metrics[i].title);
    for (size_t i = 0; i < json_array_size(cells); i++)
        add_cell(&t, json_array_get(cells, i), params);
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    json_decref(params);
    return ending;
}

static void add_run(struct table *t, const json_t *run)
{
    static const char *const counts[] = {"id", "cell", "seed"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        add_value(t, json_object_get(run, counts[i]));
    const char *state = field_text(run, "state", "?");
    table_cell(t, state_colour(state), state);
    table_cell(t, PLAIN, field_text(run, "outcome", "-"));
    for (size_t i = 0; i < METRICS; i++) {
        char text[NUMBER_TEXT];
        const json_t *results = json_object_get(run, "results");
        metrics[i].format(text, field_number(results, metrics[i].key), (double)NAN);
        table_cell(t, PLAIN, text);
    }
    table_cell(t, PLAIN, field_text(run, "reason", ""));
}

enum ending job_table_runs(const json_t *runs)
{
    struct table t;
    table_init(&t, 6 + METRICS);
    table_header(&t, TABLE_RIGHT, "run");
    table_header(&t, TABLE_RIGHT, "cell");
    table_header(&t, TABLE_RIGHT, "seed");
    table_header(&t, TABLE_LEFT, "state");
    table_header(&t, TABLE_LEFT, "outcome");
    for (size_t i = 0; i < METRICS; i++)
        table_header(&t, TABLE_RIGHT, metrics[i].title);
    table_header(&t, TABLE_ELASTIC, "reason");
    for (size_t i = 0; i < json_array_size(runs); i++)
        add_run(&t, json_array_get(runs, i));
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}
