/* /v1/export: the traces of all runs that a filter finds, row by row, in full. In CSV
 * every column that any of the runs has stands in the one head line, and what is swept in
 * one job is told of the runs of all, so they are looked at twice: first for the names of
 * their columns, then for their rows. */
#include <stdlib.h>
#include <string.h>

#include "http/lists.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/run_params.h"
#include "http/trace_rows.h"
#include "spec/json_text.h"
#include "store/jobs.h"

enum { RUNS_AT_ONCE = 100, NAMES_MAX = 4096, HEAD_MAX = 1024 * 1024, NOWHERE = -1 };

/* Names in the order in which they came, each once. */
struct names {
    char **name;
    size_t count, room;
};

struct export
{
    struct feed feed; /* first */
    enum format format;
    struct listing *listing;
    struct query_found found;     /* some of the runs, */
    size_t next;                  /* and which of them is to come */
    bool has_found, is_last;      /* and whether others follow */
    struct names params, columns; /* of all runs */
    struct run_params values;
    bool has_names, has_head;
    char *seen; /* the columns of the run before, which need no second look; owned */
    /* the run whose rows are sent: */
    bool has_run;
    struct trace_source source;
    struct trace_columns own;
    struct trace_block block;
    int *place;      /* [columns.count] in a row of the block, or NOWHERE; owned */
    struct buf head; /* what its rows begin with */
    int64_t at;      /* seq of the last row sent */
};

static size_t name_find(const struct names *n, const char *name)
{
    size_t i = 0;
    while (i < n->count && strcmp(n->name[i], name) != 0)
        i++;
    return i;
}

static bool name_add(struct names *n, const char *name)
{
    if (name_find(n, name) < n->count)
        return true;
    if (n->count == n->room) {
        size_t room = n->room > 0 ? 2 * n->room : 64;
        char **more = realloc(n->name, room * sizeof *more);
        if (more == NULL)
            return false;
        n->name = more;
        n->room = room;
    }
    n->name[n->count] = strdup(name);
    return n->count < NAMES_MAX && n->name[n->count++] != NULL;
}

static void names_release(struct names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->name[i]);
    free(n->name);
}

static void end_run(struct export *e)
{
    trace_columns_release(&e->own);
    trace_block_release(&e->block);
    free(e->place);
    e->place = NULL;
    e->has_run = false;
}

static void release(struct feed *f)
{
    struct export *e = (struct export *)f;
    end_run(e);
    names_release(&e->params);
    names_release(&e->columns);
    run_params_release(&e->values);
    query_found_release(&e->found);
    buf_release(&e->head);
    free(e->seen);
    if (e->listing != NULL)
        listing_close(e->listing);
    free(e);
}

/* Finds the next runs when those at hand are done. */
static bool find_runs(struct export *e, struct conn *c)
{
    if (e->has_found && e->next < e->found.count)
        return true;
    if (e->has_found && e->is_last)
        return true;
    if (e->has_found)
        listing_go_on(e->listing, &e->found);
    query_found_release(&e->found);
    e->next = 0;
    e->has_found = store_query(c, listing_query(e->listing), &e->found) == STATUS_OK;
    e->is_last = !e->found.more;
    return e->has_found;
}

static bool add_names_of(struct export *e, const struct run *run)
{
    bool ok = true;
    const char *pointer;
    json_t *value, *params = json_stored(run->params);
    json_object_foreach(params, pointer, value) ok = ok && name_add(&e->params, pointer);
    json_decref(params);
    if (e->seen != NULL && strcmp(e->seen, run->columns) == 0)
        return ok;
    struct trace_columns c;
    trace_columns_choose(run->columns, NULL, &c);
    ok = ok && c.names != NULL;
    for (size_t i = 0; i < c.count && ok; i++)
        ok = name_add(&e->columns, c.name[i]);
    trace_columns_release(&c);
    free(e->seen);
    e->seen = strdup(run->columns);
    return ok;
}

struct look {
    struct export *export;
    struct conn *conn;
    bool ok;
};

static bool look_at_names(void *arg, const struct run *run)
{
    struct look *l = arg;
    if (run->last >= 0 && run->columns != NULL)
        l->ok = add_names_of(l->export, run);
    return false;
}

/* Of some more runs. */
static bool gather_names(struct export *e, struct conn *c)
{
    struct look l = {e, c, find_runs(e, c)};
    while (l.ok && e->next < e->found.count) {
        enum status status = store_run_get(c, e->found.id[e->next++], look_at_names, &l);
        l.ok = l.ok && (status == STATUS_OK || status == STATUS_NOT_FOUND);
    }
    if (l.ok && e->is_last) {
        e->has_names = true;
        e->has_found = false;
        listing_rewind(e->listing);
    }
    return l.ok;
}

/* A field of CSV that may hold anything. */
static void add_csv_text(struct buf *b, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        buf_adds(b, text);
        return;
    }
    buf_addc(b, '"');
    for (; *text != '\0'; text++)
        buf_adds(b, *text == '"' ? "\"\"" : (char[]){*text, '\0'});
    buf_addc(b, '"');
}

/* "/network/hidden/0" as spec.network.hidden.0, the name that filters use. */
static void add_param_name(struct buf *b, const char *pointer)
{
    struct buf name;
    buf_init(&name, HEAD_MAX);
    buf_adds(&name, "spec");
    for (const char *c = pointer; *c != '\0'; c++)
        buf_addc(&name, *c == '/' ? '.' : *c);
    add_csv_text(b, name.data);
    buf_release(&name);
}

static void add_csv_head(struct buf *b, const struct export *e)
{
    buf_adds(b, "run,job,cell,seed");
    for (size_t i = 0; i < e->params.count; i++) {
        buf_addc(b, ',');
        add_param_name(b, e->params.name[i]);
    }
    for (size_t i = 0; i < e->columns.count; i++)
        buf_addf(b, ",%s", e->columns.name[i]);
    buf_addc(b, '\n');
}

static void add_param(struct buf *b, const json_t *value)
{
    buf_addc(b, ',');
    if (value == NULL)
        return;
    char *text = json_is_string(value)
                     ? NULL
                     : json_exact_text(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *shown = json_is_string(value) ? json_string_value(value) : text;
    if (shown != NULL)
        add_csv_text(b, shown);
    else
        b->failed = true;
    free(text);
}

static void begin_json_rows(struct buf *b, const struct run *run, const json_t *params)
{
    char *text = json_exact_text(params, JSON_COMPACT);
    if (text == NULL)
        b->failed = true;
    else
        buf_addf(b,
                 "{\"run\":%lld,\"job\":%lld,\"cell\":%lld,\"seed\":%lld,\"params\":%s",
                 (long long)run->id, (long long)run->job, (long long)run->cell,
                 (long long)run->seed, text);
    free(text);
}

static void begin_csv_rows(struct buf *b, const struct export *e, const struct run *run,
                           const json_t *params)
{
    buf_addf(b, "%lld,%lld,%lld,%lld", (long long)run->id, (long long)run->job,
             (long long)run->cell, (long long)run->seed);
    for (size_t i = 0; i < e->params.count; i++)
        add_param(b, json_object_get(params, e->params.name[i]));
}

/* What all rows of a run begin with. */
static void begin_rows(struct export *e, struct conn *c, const struct run *run)
{
    buf_clear(&e->head);
    json_t *params = run_params_read(&e->values, c, run, e->params.name, e->params.count);
    if (params == NULL)
        e->head.failed = true;
    else if (e->format == FORMAT_NDJSON)
        begin_json_rows(&e->head, run, params);
    else
        begin_csv_rows(&e->head, e, run, params);
    json_decref(params);
}

/* Where its columns stand among those of all. A run that has begun since the head was
 * sent may have others: nothing is left out silently, so that is the end. */
static bool place_columns(struct export *e)
{
    e->place = malloc((e->columns.count + 1) * sizeof *e->place);
    if (e->place == NULL)
        return false;
    for (size_t i = 0; i < e->columns.count; i++)
        e->place[i] = NOWHERE;
    for (size_t i = 0; i < e->own.count; i++) {
        size_t at = name_find(&e->columns, e->own.name[i]);
        if (at == e->columns.count)
            return false;
        e->place[at] = (int)i;
    }
    return true;
}

static bool begin_run(void *arg, const struct run *run)
{
    struct look *l = arg;
    struct export *e = l->export;
    if (run->last < 0 || run->columns == NULL)
        return false;
    trace_columns_choose(run->columns, NULL, &e->own);
    e->source = (struct trace_source){
        .app = e->feed.app, .run = run->id, .attempts = run->attempts, .end = run->last};
    e->at = -1;
    e->has_run = true;
    begin_rows(e, l->conn, run);
    l->ok = e->own.names != NULL && !e->head.failed &&
            (e->format == FORMAT_NDJSON || place_columns(e));
    return false;
}

/* False: it cannot be sent. Without e->has_run, there is none. */
static bool next_run(struct export *e, struct conn *c)
{
    struct look l = {e, c, find_runs(e, c)};
    while (l.ok && !e->has_run && e->next < e->found.count) {
        enum status status = store_run_get(c, e->found.id[e->next++], begin_run, &l);
        l.ok = l.ok && (status == STATUS_OK || status == STATUS_NOT_FOUND);
    }
    return l.ok;
}

static void add_csv_row(struct export *e, const double *value)
{
    struct buf *b = &e->feed.text;
    buf_add(b, e->head.data, e->head.len);
    for (size_t i = 0; i < e->columns.count; i++) {
        buf_addc(b, ',');
        if (e->place[i] != NOWHERE)
            trace_add_csv(b, value[e->place[i]]);
    }
    buf_addc(b, '\n');
}

static void add_json_row(struct export *e, const double *value)
{
    struct buf *b = &e->feed.text;
    buf_add(b, e->head.data, e->head.len);
    for (size_t i = 0; i < e->own.count; i++) {
        buf_adds(b, ",\"");
        buf_adds(b, e->own.name[i]);
        buf_adds(b, "\":");
        trace_add_json(b, value[i]);
    }
    buf_adds(b, "}\n");
}

static bool add_rows(struct export *e)
{
    e->feed.why = trace_block_read(&e->block, &e->source, &e->own, e->at);
    if (e->feed.why != STATUS_OK)
        return false;
    const double *value = e->block.value;
    for (size_t i = 0; i < e->block.rows; i++, value += e->own.count) {
        if (e->format == FORMAT_CSV)
            add_csv_row(e, value);
        else
            add_json_row(e, value);
    }
    e->at = e->block.last;
    if (e->at >= e->source.end)
        end_run(e);
    return true;
}

static enum feed_state fill(struct feed *f)
{
    struct export *e = (struct export *)f;
    struct conn *c = store_reader(f->app->store);
    if (c == NULL)
        return FEED_BROKEN;
    if (!e->has_names)
        return gather_names(e, c) ? FEED_MORE : FEED_BROKEN;
    if (!e->has_head && e->format == FORMAT_CSV)
        add_csv_head(&f->text, e);
    e->has_head = true;
    while (f->text.len < FEED_PIECE) {
        if (!e->has_run && !next_run(e, c))
            return FEED_BROKEN;
        if (!e->has_run)
            return e->is_last ? FEED_END : FEED_MORE;
        if (!add_rows(e))
            return FEED_BROKEN;
    }
    return FEED_MORE;
}

void export_get(struct request *r)
{
    struct listing_question asked = {
        .of = QUERY_RUNS, .state = RUN_STATES, .limit = RUNS_AT_ONCE};
    struct export *e = calloc(1, sizeof *e);
    if (e == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    buf_init(&e->head, HEAD_MAX);
    e->feed.fill = fill;
    e->feed.release = release;
    if (request_format(r, 1U << FORMAT_CSV | 1U << FORMAT_NDJSON, FORMAT_CSV, &e->format))
        e->listing = list_open(r, &asked);
    if (e->listing != NULL)
        reply_feed(r, format_type(e->format), &e->feed);
    else
        release(&e->feed);
}
