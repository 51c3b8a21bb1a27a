/* /v1/runs/{id}/trace: rows as columns of JSON, as CSV or as lines of JSON; whole, or
 * reduced to the points of a chart. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/trace_points.h"

/* Tells rows of the same number apart. */
static long long newest_of(const struct run *run)
{
    return run->newest_size > 0 ? hash_short(run->last, run->newest, run->newest_size)
                                : 0;
}

static bool visit_run(void *arg, const struct run *run)
{
    struct trace_feed *t = arg;
    t->all_names = run->columns != NULL ? strdup(run->columns) : NULL;
    t->source.run = run->id;
    t->source.attempts = run->attempts;
    t->source.end = run->last;
    buf_addf(&t->version, "%lld %lld %lld %lld %lld", (long long)run->id,
             (long long)run->created, (long long)run->attempts, (long long)run->reused,
             (long long)run->last);
    buf_addf(&t->version, " %s %s %lld", run->core != NULL ? run->core : "",
             run->data_sha256 != NULL ? run->data_sha256 : "", newest_of(run));
    return false;
}

static void release(struct feed *f)
{
    struct trace_feed *t = (struct trace_feed *)f;
    trace_columns_release(&t->columns);
    trace_block_release(&t->block);
    trace_points_release(&t->points);
    buf_release(&t->version);
    free(t->all_names);
    free(t);
}

/* "m0_min" and "m0_max" where rows are reduced. */
static void add_name(struct buf *b, const struct trace_feed *t, size_t column)
{
    static const char *const ends[] = {"_min", "_max"};
    if (!t->is_reduced)
        buf_adds(b, t->columns.name[column]);
    else
        buf_addf(b, "%s%s", t->columns.name[column / 2], ends[column % 2]);
}

static size_t columns_of(const struct trace_feed *t)
{
    return t->columns.count * (t->is_reduced ? 2 : 1);
}

/* Rows behind t->at; none: that was the end. False: they cannot be had. */
static bool read_rows(struct trace_feed *t, const double **ret, size_t *ret_rows)
{
    if (t->is_reduced) {
        size_t left = t->points.count - (size_t)t->at;
        *ret_rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;
        *ret = t->points.value + (size_t)t->at * columns_of(t);
        t->at += (int64_t)*ret_rows;
        return true;
    }
    t->feed.why = trace_block_read(&t->block, &t->source, &t->columns, t->at);
    *ret_rows = t->block.rows;
    *ret = t->block.value;
    t->at = t->block.last;
    return t->feed.why == STATUS_OK;
}

static void rewind_rows(struct trace_feed *t)
{
    t->at = t->is_reduced ? 0 : t->after;
}

static void add_csv_row(struct buf *b, const struct trace_feed *t, const double *value)
{
    for (size_t i = 0; i < columns_of(t); i++) {
        if (i > 0)
            buf_addc(b, ',');
        trace_add_csv(b, value[i]);
    }
    buf_addc(b, '\n');
}

static void add_json_row(struct buf *b, const struct trace_feed *t, const double *value)
{
    for (size_t i = 0; i < columns_of(t); i++) {
        buf_adds(b, i > 0 ? ",\"" : "{\"");
        add_name(b, t, i);
        buf_adds(b, "\":");
        trace_add_json(b, value[i]);
    }
    buf_adds(b, columns_of(t) > 0 ? "}\n" : "{}\n");
}

static void add_csv_head(struct buf *b, const struct trace_feed *t)
{
    for (size_t i = 0; i < columns_of(t); i++) {
        if (i > 0)
            buf_addc(b, ',');
        add_name(b, t, i);
    }
    buf_addc(b, '\n');
}

/* CSV and lines of JSON: row by row. */
static enum feed_state fill_rows(struct trace_feed *t)
{
    const double *value;
    size_t rows;
    struct buf *b = &t->feed.text;
    if (!t->has_head && t->format == FORMAT_CSV)
        add_csv_head(b, t);
    t->has_head = true;
    if (!read_rows(t, &value, &rows))
        return FEED_BROKEN;
    for (size_t i = 0; i < rows; i++, value += columns_of(t)) {
        if (t->format == FORMAT_CSV)
            add_csv_row(b, t, value);
        else
            add_json_row(b, t, value);
    }
    return rows > 0 ? FEED_MORE : FEED_END;
}

static void add_json_head(struct buf *b, const struct trace_feed *t)
{
    buf_addf(b, "{\"run\":%lld,", (long long)t->source.run);
    if (t->is_reduced)
        buf_addf(b,
                 "\"reduced\":{\"points\":%zu,\"of\":%lld,\"method\":\"min-max\","
                 "\"x\":\"%s\"},",
                 t->points.count, (long long)(t->source.end - t->after),
                 t->columns.name[t->points.x]);
    buf_adds(b, "\"columns\":{");
}

static void begin_column(struct trace_feed *t)
{
    struct buf *b = &t->feed.text;
    rewind_rows(t);
    if (t->column < columns_of(t)) {
        buf_adds(b, t->column > 0 ? ",\"" : "\"");
        add_name(b, t, t->column);
        buf_adds(b, "\":[");
    }
}

static enum feed_state add_json_end(struct trace_feed *t)
{
    buf_adds(&t->feed.text, "},\"last\":");
    if (t->source.end >= 0)
        buf_addf(&t->feed.text, "%lld}", (long long)t->source.end);
    else
        buf_adds(&t->feed.text, "null}");
    return FEED_END;
}

/* Columns of JSON: the rows are read once for each, or a short trace once for all. */
static enum feed_state fill_columns(struct trace_feed *t)
{
    const double *value;
    size_t rows;
    struct buf *b = &t->feed.text;
    if (!t->has_head) {
        add_json_head(b, t);
        begin_column(t);
    }
    t->has_head = true;
    while (t->column < columns_of(t) && b->len < FEED_PIECE) {
        bool first = t->at == (t->is_reduced ? 0 : t->after);
        if (!read_rows(t, &value, &rows))
            return FEED_BROKEN;
        for (size_t i = 0; i < rows; i++) {
            if (i > 0 || !first)
                buf_addc(b, ',');
            trace_add_json(b, value[i * columns_of(t) + t->column]);
        }
        if (rows > 0 && rows == BLOCK_ROWS)
            continue;
        buf_addc(b, ']');
        t->column++;
        begin_column(t);
    }
    return t->column < columns_of(t) ? FEED_MORE : add_json_end(t);
}

static enum feed_state fill(struct feed *f)
{
    struct trace_feed *t = (struct trace_feed *)f;
    if (t->is_reduced && !t->points.is_done)
        return trace_points_go_on(&t->points, t) ? FEED_MORE : FEED_BROKEN;
    return t->format == FORMAT_JSON ? fill_columns(t) : fill_rows(t);
}

/* Whether a word of that length was found. */
static bool is_chosen(const struct trace_columns *c, const char *word, size_t length)
{
    for (size_t i = 0; i < c->count; i++)
        if (strlen(c->name[i]) == length && memcmp(c->name[i], word, length) == 0)
            return true;
    return false;
}

/* What is wrong with a list of columns; nothing: each of them was found. */
static void explain_columns(const struct trace_feed *t, const char *wanted,
                            struct buf *why)
{
    size_t words = 0;
    const char *word = wanted;
    do {
        size_t length = strcspn(word, ",");
        if (!is_chosen(&t->columns, word, length)) {
            buf_addf(why, "there is no column \"%.*s\" in this trace, but %s seconds",
                     length < TRACE_NAME_MAX ? (int)length : TRACE_NAME_MAX, word,
                     t->all_names);
            return;
        }
        words++;
        word += length;
    } while (*word++ == ',');
    if (words != t->columns.count)
        buf_adds(why, "columns names one of them twice");
}

static bool choose_columns(struct request *r, struct trace_feed *t, const char *wanted)
{
    struct buf why;
    trace_columns_choose(t->all_names, wanted, &t->columns);
    if (t->columns.names == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return false;
    }
    buf_init(&why, 2 * LIMIT_TARGET);
    if (wanted != NULL &&
        t->all_names != NULL) /* there are none before the first attempt */
        explain_columns(t, wanted, &why);
    bool ok = why.len == 0;
    if (!ok)
        reply_problem(r, STATUS_BAD_REQUEST, why.data, NULL);
    buf_release(&why);
    return ok;
}

static bool read_columns(struct request *r, struct trace_feed *t)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, LIMIT_TARGET);
    const char *wanted = request_argument(r, "columns", &room, &bad);
    bool ok = !bad && choose_columns(r, t, wanted);
    buf_release(&room);
    return ok;
}

/* ?points= and ?x=; more points than rows reduce nothing. */
static bool read_points(struct request *r, struct trace_feed *t)
{
    struct buf room;
    bool bad = false;
    int64_t points = 0;
    buf_init(&room, TRACE_NAME_MAX);
    if (!request_number(r, "points", POINTS_MIN, LIMIT_POINTS, &points))
        return false;
    const char *x = request_argument(r, "x", &room, &bad);
    if (!bad && x != NULL && points == 0) {
        reply_problem(r, STATUS_BAD_REQUEST,
                      "x is the axis along which points are made; "
                      "how many is missing",
                      NULL);
        bad = true;
    }
    t->is_reduced = !bad && points > 0 && t->source.end - t->after > points;
    if (!bad && points > 0 && t->all_names != NULL &&
        !trace_points_init(&t->points, &t->columns, x != NULL ? x : "samples",
                           (size_t)points)) {
        reply_problem(
            r, STATUS_BAD_REQUEST,
            "x must be one of the columns that are asked for, and not the seconds", NULL);
        bad = true;
    }
    buf_release(&room);
    return !bad;
}

/* False: the request has been answered. */
static bool read_request(struct request *r, struct trace_feed *t)
{
    struct conn *c = request_reader(r);
    const unsigned all = 1U << FORMAT_JSON | 1U << FORMAT_CSV | 1U << FORMAT_NDJSON;
    t->after = -1;
    if (c == NULL || !request_format(r, all, FORMAT_JSON, &t->format) ||
        !request_number(r, "after", -1, INT64_MAX, &t->after))
        return false;
    enum status status = store_run_get(c, r->id, visit_run, t);
    if (status != STATUS_OK) {
        reply_no_run(r, status);
        return false;
    }
    t->source.app = r->app;
    return read_columns(r, t) && read_points(r, t);
}

/* Rows that are there never change while it is the same attempt on the same data, so the
 * newest one, and what of it is sent in which form, tell versions apart; also numbers
 * that a backup has given anew. An attempt that has been counted but has not begun still
 * has the rows of the one before: then the newest row itself must tell. False: the client
 * has this one, and the request has been answered. */
static bool is_new(struct request *r, struct trace_feed *t, char etag[static ETAG_TEXT])
{
    struct buf *b = &t->version;
    buf_addf(b, " %s %d %lld %zu", r->app->version, (int)t->format, (long long)t->after,
             t->is_reduced ? t->points.wanted : 0);
    buf_addf(b, " %s", t->is_reduced ? t->columns.name[t->points.x] : "");
    for (size_t i = 0; i < t->columns.count; i++)
        buf_addf(b, " %s", t->columns.name[i]);
    if (b->failed) { /* no memory: without a version */
        etag[0] = '\0';
        return true;
    }
    etag_of(b->data, b->len, etag);
    return !reply_if_known(r, format_type(t->format), etag);
}

void runs_trace(struct request *r)
{
    char etag[ETAG_TEXT];
    struct trace_feed *t = calloc(1, sizeof *t);
    if (t == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    t->feed.fill = fill;
    t->feed.release = release;
    buf_init(&t->version, 64 * 1024);
    if (!read_request(r, t) || !is_new(r, t, etag)) {
        release(&t->feed);
        return;
    }
    if (t->format != FORMAT_JSON)
        rewind_rows(t);
    reply_feed(r, format_type(t->format), &t->feed);
    if (r->code == MHD_HTTP_OK && *etag != '\0')
        reply_header(r, "ETag", etag);
}
