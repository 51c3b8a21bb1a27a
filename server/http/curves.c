/* GET /v1/jobs/{id}/curves: mean and s.e.m. of each cell along an axis. */
#include "app/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "http/cells_csv.h"
#include "http/feed.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"

enum { DEFAULT_PER_DECADE = 20, LIMIT_PER_DECADE = 1000 };

/* A question on its way to a thread that may read many traces. */
struct inquiry {
    struct store *store;
    enum format format;
    int64_t job;
    struct axis axis;
    struct curves curves;
    struct halt halt;
    struct buf why;
};

static void free_inquiry(void *own)
{
    struct inquiry *i = own;
    curves_release(&i->curves);
    halt_release(&i->halt);
    buf_release(&i->why);
    free(i);
}

static json_t *view_curve(const struct curve *c)
{
    static const char *const names[] = {"x", "n", "mean", "sd", "sem", "min", "max"};
    enum { COLUMNS = sizeof names / sizeof *names };
    json_t *o = json_object(), *column[COLUMNS];
    json_object_set_new(o, "cell", json_integer(c->cell));
    json_object_set_new(o, "params", json_stored(c->params));
    json_object_set_new(o, "runs", json_integer((json_int_t)c->runs));
    for (int i = 0; i < COLUMNS; i++) {
        column[i] = json_array();
        json_object_set_new(o, names[i], column[i]);
    }
    for (size_t p = 0; p < c->points; p++) {
        const struct statistics *s = &c->at[p];
        const double value[COLUMNS] = {c->x[p], (double)s->n, s->mean, s->sd,
                                       s->sem,  s->min,       s->max};
        for (int i = 0; i < COLUMNS; i++)
            json_array_append_new(column[i],
                                  i == 1 ? json_count(value[i]) : json_measure(value[i]));
    }
    return o;
}

static json_t *view_axis(const struct axis *a)
{
    if (a->per_decade > 0)
        return json_pack("{s:s, s:I}", "scale", "log", "per_decade",
                         (json_int_t)a->per_decade);
    return json_pack("{s:s, s:o}", "scale", "linear", "step",
                     a->step > 0 ? json_measure(a->step) : json_null());
}

static void reply_as_json(struct request *r, const struct inquiry *i)
{
    json_t *cells = json_array();
    for (size_t c = 0; c < i->curves.count; c++)
        json_array_append_new(cells, view_curve(&i->curves.curve[c]));
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:I, s:s, s:s, s:o, s:o}", "job", (json_int_t)i->job, "x",
                         i->axis.x, "y", i->axis.y, "grid", view_axis(&i->axis), "cells",
                         cells));
}

static void add_lines(struct buf *text, const struct cells_csv *csv,
                      const struct curve *c)
{
    for (size_t p = 0; p < c->points; p++) {
        const struct statistics *s = &c->at[p];
        const double value[] = {s->mean, s->sd, s->sem, s->min, s->max};
        cells_csv_begin(csv, c->cell, c->params, text);
        csv_number(text, c->x[p]);
        csv_count(text, s->n);
        for (size_t v = 0; v < sizeof value / sizeof *value; v++)
            csv_number(text, value[v]);
        buf_addc(text, '\n');
    }
}

static void reply_as_csv(struct request *r, const struct inquiry *i)
{
    struct cells_csv csv;
    struct buf text;
    buf_init(&text, LIMIT_REPLY);
    cells_csv_init(&csv);
    for (size_t c = 0; c < i->curves.count; c++)
        cells_csv_know(&csv, i->curves.curve[c].params);
    cells_csv_header(&csv, &text);
    buf_addf(&text, ",%s,n,%s_mean,%s_sd,%s_sem,%s_min,%s_max\n", i->axis.x, i->axis.y,
             i->axis.y, i->axis.y, i->axis.y, i->axis.y);
    for (size_t c = 0; c < i->curves.count; c++)
        add_lines(&text, &csv, &i->curves.curve[c]);
    cells_csv_release(&csv);
    size_t length = 0;
    char *bytes = buf_take(&text, &length);
    reply_csv(r, bytes, length);
}

static enum status draw(void *own)
{
    struct inquiry *i = own;
    struct conn *c = store_reader(i->store);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    return curves_of(c, i->job, &i->axis, &i->halt, &i->curves, &i->why);
}

static void give_up(void *own)
{
    struct inquiry *i = own;
    halt_ask(&i->halt);
}

static void drawn(struct request *r)
{
    const struct inquiry *i = r->own;
    if (r->outcome == STATUS_STOPPED)
        reply_unavailable(r);
    else if (r->outcome != STATUS_OK)
        reply_problem(r, r->outcome, i->why.len > 0 ? i->why.data : NULL, NULL);
    else if (i->format == FORMAT_CSV)
        reply_as_csv(r, i);
    else
        reply_as_json(r, i);
}

/* The name of a trace column. False: the request has been answered. */
static bool read_column(struct request *r, const char *name, const char *otherwise,
                        char ret[static TRACE_NAME_MAX])
{
    struct buf room;
    bool bad = false;
    buf_init(&room, TRACE_NAME_MAX - 1);
    const char *column = request_argument(r, name, &room, &bad);
    strcpy(ret, bad ? "" : column != NULL ? column : otherwise);
    buf_release(&room);
    return !bad;
}

/* What only ever grows along a trace. */
static bool is_axis(const char *column)
{
    return strcmp(column, "samples") == 0 || strcmp(column, "epoch") == 0 ||
           (column[0] == 'm' && strstr(column, "_direct") == NULL);
}

/* ?step= of a linear axis. False: the request has been answered. */
static bool read_step(struct request *r, double *ret)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 40);
    const char *text = request_argument(r, "step", &room, &bad);
    if (text != NULL) {
        char *end;
        *ret = strtod(text, &end);
        if (end == text || *end != '\0' || !isfinite(*ret) || *ret <= 0) {
            reply_problem(r, STATUS_BAD_REQUEST, "step must be a number above 0", NULL);
            bad = true;
        }
    }
    buf_release(&room);
    return !bad;
}

/* Energies are shown on logarithmic axes, samples and epochs on linear ones. False: the
 * request has been answered. */
static bool read_axis(struct request *r, struct axis *a)
{
    if (!read_column(r, "x", "samples", a->x) ||
        !read_column(r, "y", "test_accuracy", a->y) || !read_step(r, &a->step))
        return false;
    if (!is_axis(a->x)) {
        reply_problem(r, STATUS_BAD_REQUEST,
                      "x must be samples, epoch or an energy such as m0 or m1_layer2: a "
                      "column of the trace that never falls",
                      NULL);
        return false;
    }
    bool is_energy = a->x[0] == 'm';
    a->per_decade = is_energy && a->step == 0 ? DEFAULT_PER_DECADE : 0;
    if (!request_number(r, "per_decade", 1, LIMIT_PER_DECADE, &a->per_decade))
        return false;
    if (a->per_decade > 0 && a->step > 0) {
        reply_problem(
            r, STATUS_BAD_REQUEST,
            "step is of a linear axis, per_decade of a logarithmic one: give one "
            "of them",
            NULL);
        return false;
    }
    return true;
}

void curves_get(struct request *r)
{
    struct inquiry *i = calloc(1, sizeof *i);
    if (i == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    buf_init(&i->why, 1000);
    halt_init(&i->halt);
    r->own = i;
    r->own_free = free_inquiry;
    i->store = r->app->store;
    i->job = r->id;
    if (!request_format(r, 1U << FORMAT_JSON | 1U << FORMAT_CSV, FORMAT_JSON,
                        &i->format) ||
        !read_axis(r, &i->axis))
        return;
    r->labour = draw;
    r->labour_halt = give_up;
    r->resume = drawn;
}
