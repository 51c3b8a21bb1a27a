/* In: cells with their statistics. Out: a figure. It computes no statistic. */
#include "figure_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "params.h"

static const struct {
    const char *pointer, *label;
} known[] = {
    {"/network/hidden/0", "hidden units N"},
    {"/network/hidden", "hidden layers"},
    {"/network/activation", "activation function"},
    {"/plasticity", "rule"},
    {"/plasticity/compete/fraction", "plastic fraction p of the synapses of layer 1"},
    {"/plasticity/mask/fraction", "plastic fraction p of layer 1"},
    {"/plasticity/subnet/units", "plastic hidden units k"},
    {"/plasticity/cache/threshold", "threshold of consolidation"},
};

const char *figure_pointer(const json_t *cells, const char *word)
{
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const char *pointer;
        json_t *value, *params = json_object_get(json_array_get(cells, i), "params");
        json_object_foreach(params, pointer, value)
        {
            struct buf name;
            buf_init(&name, FIGURE_TEXT_MAX);
            params_add_name(&name, pointer);
            bool same = strcmp(name.data, word) == 0 || strcmp(pointer, word) == 0;
            buf_release(&name);
            if (same)
                return pointer;
        }
    }
    return NULL;
}

static json_t *value_at(const json_t *cell, const char *pointer)
{
    return json_object_get(json_object_get(cell, "params"), pointer);
}

/* 100, [100] and [0.1, 1] have a place on an axis of numbers. */
static double number_of(const json_t *value)
{
    if (json_is_array(value))
        value = json_array_get(value, 0);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* False: some values are no numbers, or two of them are the same one. */
static bool are_numbers(const json_t *cells, const char *pointer)
{
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *value = value_at(json_array_get(cells, i), pointer);
        double number = number_of(value);
        if (isnan(number))
            return false;
        for (size_t k = 0; k < i; k++) {
            const json_t *other = value_at(json_array_get(cells, k), pointer);
            if (!(number_of(other) < number) && !(number_of(other) > number) &&
                !json_equal(other, value))
                return false;
        }
    }
    return true;
}

static bool varies(const json_t *cells, const char *pointer)
{
    const json_t *first = value_at(json_array_get(cells, 0), pointer);
    for (size_t i = 1; i < json_array_size(cells); i++)
        if (!json_equal(first, value_at(json_array_get(cells, i), pointer)))
            return true;
    return false;
}

/* What tells a line from the others: all that varies, but for what is on the x axis. */
static void add_label(const struct rows *r, const json_t *cell, const char *x,
                      struct buf *b)
{
    const char *pointer;
    json_t *value, *params = json_object_get(cell, "params");
    if (r->several)
        buf_adds(b, field_text(cell, "name", ""));
    json_object_foreach(params, pointer, value)
    {
        if ((x != NULL && strcmp(pointer, x) == 0) || !varies(r->cells, pointer))
            continue;
        buf_adds(b, b->len > 0 ? ", " : "");
        if (!json_is_object(value)) {
            params_add_name(b, pointer);
            buf_addc(b, ' ');
        }
        params_add_words(b, value);
    }
}

static void add_point(struct figure *f, const struct rows *r, const json_t *cell,
                      const char *pointer, double x, const struct metric *y)
{
    const json_t *s = json_object_get(json_object_get(cell, "metrics"), y->key);
    struct buf label;
    buf_init(&label, FIGURE_TEXT_MAX);
    add_label(r, cell, pointer, &label);
    struct line *line = figure_line(f, label.data);
    buf_release(&label);
    struct point p = {.x = x, .y = field_number(s, "mean"), .n = field_count(s, "n")};
    p.sem = p.n >= 2 ? field_number(s, "sem") : (double)NAN;
    if (field_count(s, "missed") > 0) {
        p.is_bound = true;
        p.sem = NAN;
        p.y = field_number(s, "at_least");
        if (isnan(p.y))
            p.y = field_number(s, "median");
    }
    figure_add(f, line, p);
}

static void add_x_label(struct buf *b, const char *pointer)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].pointer, pointer) == 0) {
            buf_adds(b, known[i].label);
            return;
        }
    params_add_name(b, pointer);
}

static void set_y(struct figure *f, const struct metric *y)
{
    bool is_share = strcmp(y->key, "test_accuracy") == 0;
    f->y_log = !is_share;
    f->y_from_zero = !is_share;
    buf_adds(&f->y_label, y->label);
}

/* "to 95 % test accuracy" */
static void add_goal(struct buf *b, const char *at)
{
    static const char accuracy[] = "test_accuracy>=";
    if (strncmp(at, accuracy, strlen(accuracy)) == 0)
        buf_addf(b, " to %g %% test accuracy", 100 * atof(at + strlen(accuracy)));
    else if (at[0] != '\0')
        buf_addf(b, " at %s", at);
}

static void add_title(struct figure *f, const struct rows *r)
{
    if (!r->several)
        buf_adds(&f->title, field_text(json_array_get(r->cells, 0), "name", ""));
}

static double place_of(struct figure *f, const json_t *value, bool numbers)
{
    struct buf words;
    if (numbers)
        return number_of(value);
    buf_init(&words, FIGURE_TEXT_MAX);
    params_add_words(&words, value);
    double x = figure_category(f, words.data);
    buf_release(&words);
    return x;
}

void figure_of_rows(struct figure *f, const struct rows *r, const char *pointer,
                    const struct metric *y)
{
    bool numbers = are_numbers(r->cells, pointer);
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < json_array_size(r->cells); i++) {
        const json_t *cell = json_array_get(r->cells, i);
        double x = place_of(f, value_at(cell, pointer), numbers);
        least = fmin(least, x);
        most = fmax(most, x);
        add_point(f, r, cell, pointer, x, y);
    }
    f->x_log = numbers && least > 0 && most >= 10 * least;
    add_title(f, r);
    add_x_label(&f->x_label, pointer);
    set_y(f, y);
    add_goal(&f->y_label, r->at);
}

void figure_add_goal(struct figure *f, const struct rows *r, double x,
                     const struct metric *y)
{
    if (f->title.len == 0)
        add_title(f, r);
    for (size_t i = 0; i < json_array_size(r->cells); i++) {
        const json_t *cell = json_array_get(r->cells, i);
        if (field_count(cell, "reached") > 0)
            add_point(f, r, cell, NULL, x, y);
    }
}

void figure_name_goals(struct figure *f, const struct metric *y)
{
    buf_adds(&f->x_label, "test accuracy asked for");
    set_y(f, y);
    buf_adds(&f->y_label, " to reach it");
}

static void add_column(struct buf *b, const char *column)
{
    const struct metric *m = metric_find(column);
    buf_adds(b, m != NULL ? m->label : column);
}

static void add_curve(struct figure *f, const json_t *curve, struct line *line)
{
    const json_t *x = json_object_get(curve, "x"), *mean = json_object_get(curve, "mean"),
                 *sem = json_object_get(curve, "sem"), *n = json_object_get(curve, "n");
    for (size_t i = 0; i < json_array_size(x); i++) {
        const json_t *y = json_array_get(mean, i), *e = json_array_get(sem, i);
        if (!json_is_number(y))
            continue;
        figure_add(
            f, line,
            (struct point){.x = json_number_value(json_array_get(x, i)),
                           .y = json_number_value(y),
                           .sem = json_is_number(e) ? json_number_value(e) : (double)NAN,
                           .n = json_integer_value(json_array_get(n, i))});
    }
}

/* Where a lower bound is all there is, there is no end to show. */
static void add_end(const json_t *curves, const json_t *row, struct line *line)
{
    const json_t *metrics = json_object_get(row, "metrics");
    const json_t *x = json_object_get(metrics, field_text(curves, "x", ""));
    const json_t *y = json_object_get(metrics, field_text(curves, "y", ""));
    struct point end = {.x = field_number(x, "mean"),
                        .y = field_number(y, "mean"),
                        .sem = field_number(y, "sem"),
                        .n = field_count(y, "n")};
    bool is_known = isfinite(end.x) && isfinite(end.y) && field_count(y, "missed") <= 0;
    if (line == NULL || !is_known)
        return;
    if (end.n < 2)
        end.sem = NAN;
    line->end = end;
    line->end_x_sem = end.n >= 2 ? field_number(x, "sem") : (double)NAN;
}

void figure_of_curves(struct figure *f, const json_t *curves, const json_t *row,
                      const char *job)
{
    const char *y = field_text(curves, "y", "");
    json_t *cells = json_object_get(curves, "cells");
    struct rows r = {.cells = cells};
    f->is_curve = true;
    f->x_log =
        strcmp(field_text(json_object_get(curves, "grid"), "scale", ""), "log") == 0;
    f->y_log = y[0] == 'm' || strcmp(y, "samples") == 0;
    f->y_from_zero = f->y_log;
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *curve = json_array_get(cells, i);
        struct buf label;
        if (field_count(curve, "cell") != field_count(row, "cell"))
            continue;
        buf_init(&label, FIGURE_TEXT_MAX);
        buf_adds(&label, job != NULL ? job : "");
        add_label(&r, curve, NULL, &label);
        struct line *line = figure_line(f, label.data);
        add_curve(f, curve, line);
        add_end(curves, row, line);
        buf_release(&label);
    }
    if (f->x_label.len == 0) {
        add_column(&f->x_label, field_text(curves, "x", ""));
        add_column(&f->y_label, y);
    }
}
