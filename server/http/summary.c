/* GET /v1/jobs/{id}/summary and /v1/summary: statistics over the seeds of each cell, of a
 * job or of all runs of a filter. */
#include "app/summary.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "http/cells_csv.h"
#include "http/feed.h"
#include "http/limits.h"
#include "http/lists.h"
#include "http/reply.h"
#include "http/routes.h"

/* A question on its way to a thread that may read many traces. */
struct inquiry {
    struct store *store;
    enum format format;
    char at[100];  /* as it was asked; "": results at the end */
    char *filter; /* likewise; NULL: none; owned */
    struct goal goal;
    struct question question;
    struct summary summary;
    struct halt halt;
    struct buf why;
};

static void free_inquiry(void *own)
{
    struct inquiry *i = own;
    summary_release(&i->summary);
    halt_release(&i->halt);
    buf_release(&i->why);
    if (i->question.runs != NULL)
        listing_close(i->question.runs);
    free(i->filter);
    free(i);
}

static json_t *view_statistics(const struct statistics *s)
{
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n",
                     (json_int_t)s->n, "missed", (json_int_t)s->missed, "mean",
                     json_measure(s->mean), "sd", json_measure(s->sd), "sem",
                     json_measure(s->sem), "median", json_measure(s->median), "min",
                     json_measure(s->min), "max", json_measure(s->max), "at_least",
                     json_measure(s->at_least));
}

static json_t *view_outcomes(const struct cell_summary *cell)
{
    json_t *o = json_object();
    for (const struct outcome_count *c = cell->outcome; c->name[0] != '\0'; c++)
        json_object_set_new(o, c->name, json_integer((json_int_t)c->runs));
    return o;
}

static json_t *view_cell(const struct inquiry *i, const struct cell_summary *cell)
{
    json_t *metrics = json_object(), *saving = json_object(), *o = json_object();
    for (int m = 0; m < METRICS; m++) {
        const char *name = metric_name((enum metric)m);
        json_object_set_new(metrics, name, view_statistics(&cell->metric[m]));
        if (metric_is_cost((enum metric)m))
            json_object_set_new(saving, name, view_statistics(&cell->saving[m]));
    }
    if (i->question.job == 0)
        json_object_set_new(o, "job", json_integer(cell->job));
    json_object_set_new(o, "cell", json_integer(cell->cell));
    json_object_set_new(o, "params", json_stored(cell->params));
    json_object_set_new(o, "runs", json_integer((json_int_t)cell->runs));
    if (i->question.job == 0)
        json_object_set_new(o, "repeated", json_integer((json_int_t)cell->repeated));
    json_object_set_new(o, "finished", json_integer((json_int_t)cell->finished));
    json_object_set_new(o, "outcomes", view_outcomes(cell));
    json_object_set_new(o, "reached", json_integer((json_int_t)cell->reached));
    json_object_set_new(o, "missed", json_integer((json_int_t)cell->missed));
    json_object_set_new(o, "open", json_integer((json_int_t)cell->open));
    json_object_set_new(o, "metrics", metrics);
    if (i->question.baseline_job != 0) {
        json_object_set(o, "saving", saving);
        json_object_set_new(o, "unpaired", json_integer((json_int_t)cell->unpaired));
    }
    json_decref(saving);
    return o;
}

static void reply_as_json(struct request *r, const struct inquiry *i)
{
    const struct question *q = &i->question;
    json_t *cells = json_array(), *baseline = json_null(), *o = json_object();
    for (size_t c = 0; c < i->summary.cells; c++)
        json_array_append_new(cells, view_cell(i, &i->summary.cell[c]));
    if (q->baseline_job != 0)
        baseline = json_pack("{s:I, s:I}", "job", (json_int_t)q->baseline_job, "cell",
                             (json_int_t)q->baseline_cell);
    if (q->job != 0)
        json_object_set_new(o, "job", json_integer(q->job));
    else
        json_object_set_new(o, "filter", json_text(i->filter));
    json_object_set_new(o, "at", json_text(i->at[0] != '\0' ? i->at : NULL));
    json_object_set_new(o, "baseline", baseline);
    json_object_set_new(o, "cells", cells);
    reply_json(r, MHD_HTTP_OK, o);
}

/* "m0_n,m0_missed,m0_mean ..." of all metrics, or "saving_m0_n ..." of the costs. */
static void add_titles(struct buf *text, const char *prefix, bool only_costs)
{
    static const char *const parts[] = {"n",      "missed", "mean", "sd",      "sem",
                                        "median", "min",    "max",  "at_least"};
    for (int m = 0; m < METRICS; m++)
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
            if (!only_costs || metric_is_cost((enum metric)m))
                buf_addf(text, ",%s%s_%s", prefix, metric_name((enum metric)m), parts[p]);
}

static void add_statistics(struct buf *text, const struct statistics *s)
{
    csv_count(text, s->n);
    csv_count(text, s->missed);
    const double value[] = {s->mean, s->sd,  s->sem,     s->median,
                            s->min,  s->max, s->at_least};
    for (size_t v = 0; v < sizeof value / sizeof *value; v++)
        csv_number(text, value[v]);
}

static void add_line(struct buf *text, const struct cells_csv *csv,
                     const struct question *q, const struct cell_summary *cell)
{
    const size_t counts[] = {cell->runs, cell->finished, cell->reached, cell->missed,
                             cell->open};
    if (q->job == 0)
        buf_addf(text, "%lld,", (long long)cell->job);
    cells_csv_begin(csv, cell->cell, cell->params, text);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        csv_count(text, counts[c]);
    if (q->job == 0)
        csv_count(text, cell->repeated);
    for (int m = 0; m < METRICS; m++)
        add_statistics(text, &cell->metric[m]);
    for (int m = 0; q->baseline_job != 0 && m < METRICS; m++)
        if (metric_is_cost((enum metric)m))
            add_statistics(text, &cell->saving[m]);
    buf_addc(text, '\n');
}

static void reply_as_csv(struct request *r, const struct inquiry *i)
{
    struct cells_csv csv;
    struct buf text;
    const struct question *q = &i->question;
    buf_init(&text, LIMIT_REPLY);
    cells_csv_init(&csv);
    for (size_t c = 0; c < i->summary.cells; c++)
        cells_csv_know(&csv, i->summary.cell[c].params);
    buf_adds(&text, q->job == 0 ? "job," : "");
    cells_csv_header(&csv, &text);
    buf_adds(&text, ",runs,finished,reached,missed,open");
    buf_adds(&text, q->job == 0 ? ",repeated" : "");
    add_titles(&text, "", false);
    if (q->baseline_job != 0)
        add_titles(&text, "saving_", true);
    buf_addc(&text, '\n');
    for (size_t c = 0; c < i->summary.cells; c++)
        add_line(&text, &csv, q, &i->summary.cell[c]);
    cells_csv_release(&csv);
    size_t length = 0;
    char *bytes = buf_take(&text, &length);
    reply_csv(r, bytes, length);
}

/* Of runs of a filter one at a time: each takes memory for all of them. */
static enum status look_into(void *own)
{
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    struct inquiry *i = own;
    struct conn *c = store_reader(i->store);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    if (i->question.runs == NULL)
        return summarise(c, &i->question, &i->summary, &i->why);
    pthread_mutex_lock(&one);
    enum status status = summarise(c, &i->question, &i->summary, &i->why);
    pthread_mutex_unlock(&one);
    return status;
}

static void give_up(void *own)
{
    struct inquiry *i = own;
    halt_ask(&i->halt);
}

static void looked_into(struct request *r)
{
    const struct inquiry *i = r->own;
    r->keeps = i->question.job != 0; /* a filter may ask for an age */
    if (r->outcome == STATUS_STOPPED)
        reply_unavailable(r);
    else if (r->outcome != STATUS_OK)
        reply_problem(r, r->outcome, i->why.len > 0 ? i->why.data : NULL, NULL);
    else if (i->format == FORMAT_CSV)
        reply_as_csv(r, i);
    else
        reply_as_json(r, i);
}

/* ?at=test_accuracy>=0.95. False: the request has been answered. */
static bool read_goal(struct request *r, struct inquiry *i)
{
    struct buf room, why;
    bool bad = false;
    buf_init(&room, sizeof i->at - 1);
    buf_init(&why, 1000);
    const char *at = request_argument(r, "at", &room, &bad);
    if (at != NULL && !goal_read(at, &i->goal, &why)) {
        reply_problem(r, STATUS_BAD_REQUEST, why.data, NULL);
        bad = true;
    } else if (at != NULL) {
        memcpy(i->at, at, strlen(at) + 1);
        i->question.goal = &i->goal;
    }
    buf_release(&room);
    buf_release(&why);
    return !bad;
}

/* ?baseline=CELL or JOB:CELL; the former only in the summary of a job. False: the request
 * has been answered. */
static bool read_baseline(struct request *r, struct question *q)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 64);
    const char *text = request_argument(r, "baseline", &room, &bad);
    if (text != NULL) {
        char rest;
        long long job = q->job, cell = -1;
        bool read = sscanf(text, "%18lld:%18lld%c", &job, &cell, &rest) == 2 ||
                    sscanf(text, "%18lld%c", &cell, &rest) == 1;
        job = strchr(text, ':') == NULL ? q->job : job;
        if (!read || job < 1 || cell < 0) {
            reply_problem(r, STATUS_BAD_REQUEST,
                          q->job != 0
                              ? "baseline must be the number of a cell, or JOB:CELL"
                              : "baseline must be JOB:CELL",
                          NULL);
            bad = true;
        }
        q->baseline_job = job;
        q->baseline_cell = cell;
    }
    buf_release(&room);
    return !bad;
}

/* ?filter=. False: the request has been answered. */
static bool read_runs(struct request *r, struct inquiry *i)
{
    struct listing_question asked = {
        .of = QUERY_RUNS, .state = RUN_STATES, .limit = QUERY_LIMIT_MAX};
    struct buf room;
    bool bad = false;
    buf_init(&room, LIMIT_TARGET);
    const char *filter = request_argument(r, "filter", &room, &bad);
    i->filter = filter != NULL ? strdup(filter) : NULL;
    buf_release(&room);
    if (!bad)
        i->question.runs = list_open(r, &asked);
    return i->question.runs != NULL;
}

void summary_get(struct request *r)
{
    struct inquiry *i = calloc(1, sizeof *i);
    if (i == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    buf_init(&i->why, 1000);
    halt_init(&i->halt);
    i->question.halt = &i->halt;
    r->own = i;
    r->own_free = free_inquiry;
    i->store = r->app->store;
    i->question.job = r->id;
    if (!request_format(r, 1U << FORMAT_JSON | 1U << FORMAT_CSV, FORMAT_JSON,
                        &i->format) ||
        !read_goal(r, i) || !read_baseline(r, &i->question) ||
        (r->id == 0 && !read_runs(r, i)))
        return;
    r->labour = look_into;
    r->labour_halt = give_up;
    r->resume = looked_into;
}
