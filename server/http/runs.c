/* /v1/runs: the list; and the trace of a run as JSON columns or CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "http/accept.h"
#include "http/limits.h"
#include "http/page.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"
#include "store/traces.h"

struct run_page {
    struct page page; /* first */
    const struct app *app;
};

static bool add_run(void *arg, const struct run *run)
{
    struct run_page *p = arg;
    bool full = page_is_full(&p->page);
    return page_add(&p->page, run->id, full ? NULL : view_run(p->app, run, 0));
}

/* ?state=; false: unknown, and the request has been answered. */
static bool read_state(struct request *r, enum run_state *ret)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 32);
    const char *name = request_argument(r, "state", &room, &bad);
    *ret = name != NULL ? run_state_of(name) : RUN_STATES;
    if (name != NULL && *ret == RUN_STATES) {
        reply_problem(r, STATUS_BAD_REQUEST,
                      "state must be queued, held, running, succeeded, failed, "
                      "cancelled, timed_out or dead",
                      NULL);
        bad = true;
    }
    buf_release(&room);
    return !bad;
}

void runs_list(struct request *r)
{
    struct run_filter f = {.after = 0};
    struct run_page p = {.app = r->app};
    struct conn *c = request_reader(r);
    if (c == NULL || !read_state(r, &f.state) ||
        !request_number(r, "job", 1, INT64_MAX, &f.job) ||
        !page_begin(r, &p.page, &f.after))
        return;
    f.limit = p.page.limit + 1;
    page_reply(r, &p.page, store_run_list(c, &f, add_run, &p));
}

/* The columns of a trace that were asked for. */
struct selection {
    char *names; /* all names of the run, cut at their ends; owned */
    const char *name[TRACE_COLUMNS_MAX + 1];
    size_t place[TRACE_COLUMNS_MAX + 1]; /* of the value in a row */
    size_t count;
    int64_t last;
};

static bool visit_columns(void *arg, const struct run *run)
{
    struct selection *s = arg;
    s->names = strdup(run->columns != NULL ? run->columns : "");
    s->last = run->last;
    return false;
}

/* Whether `name` is one of the words of a list separated by commas. */
static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (; list != NULL; list = strchr(list, ',')) {
        list += *list == ',';
        if (strncmp(list, name, n) == 0 && (list[n] == ',' || list[n] == '\0'))
            return true;
    }
    return false;
}

static const char SECONDS[] = "seconds";
enum { PLACE_OF_SECONDS = TRACE_COLUMNS_MAX };

/* Keeps the columns in `wanted`, NULL: all but the seconds, which differ between two runs
 * of the same spec. */
static void select_columns(struct selection *s, const char *wanted)
{
    char *rest = s->names, *name;
    for (size_t i = 0; (name = strsep(&rest, " ")) != NULL && i < TRACE_COLUMNS_MAX; i++) {
        if (*name == '\0' || (wanted != NULL && !is_listed(wanted, name)))
            continue;
        s->name[s->count] = name;
        s->place[s->count++] = i;
    }
    if (wanted != NULL && is_listed(wanted, SECONDS)) {
        s->name[s->count] = SECONDS;
        s->place[s->count++] = PLACE_OF_SECONDS;
    }
}

/* Whether a word of that length was found. */
static bool is_selected(const struct selection *s, const char *word, size_t length)
{
    for (size_t i = 0; i < s->count; i++)
        if (strlen(s->name[i]) == length && memcmp(s->name[i], word, length) == 0)
            return true;
    return false;
}

/* What is wrong with a list of columns; nothing: each of them was selected. */
static void explain_columns(const struct selection *s, const char *names,
                            const char *wanted, struct buf *why)
{
    size_t words = 0;
    const char *word = wanted;
    do {
        size_t length = strcspn(word, ",");
        if (!is_selected(s, word, length)) {
            buf_addf(why, "there is no column \"%.*s\" in this trace, but %s %s",
                     length < TRACE_NAME_MAX ? (int)length : TRACE_NAME_MAX, word, names,
                     SECONDS);
            return;
        }
        words++;
        word += length;
    } while (*word++ == ',');
    if (words != s->count)
        buf_adds(why, "columns names one of them twice");
}

/* False: the request has been answered. */
static bool take_columns(struct request *r, struct selection *s, const char *wanted)
{
    struct buf names, why;
    buf_init(&names, LIMIT_TARGET);
    buf_init(&why, 2 * LIMIT_TARGET);
    buf_adds(&names, s->names);
    select_columns(s, wanted);
    if (wanted != NULL && names.len > 0) /* there are none before the first attempt */
        explain_columns(s, names.data, wanted, &why);
    bool ok = why.len == 0;
    if (!ok)
        reply_problem(r, STATUS_BAD_REQUEST, why.data, NULL);
    buf_release(&names);
    buf_release(&why);
    return ok;
}

/* False: the request has been answered. */
static bool read_selection(struct request *r, struct conn *c, struct selection *s)
{
    struct buf room;
    bool bad = false;
    enum status status = store_run_get(c, r->id, visit_columns, s);
    if (status != STATUS_OK || s->names == NULL) {
        reply_no_run(r, status != STATUS_OK ? status : STATUS_NO_MEMORY);
        return false;
    }
    buf_init(&room, LIMIT_TARGET);
    const char *wanted = request_argument(r, "columns", &room, &bad);
    if (!bad)
        bad = !take_columns(r, s, wanted);
    buf_release(&room);
    return !bad;
}

/* "samples" and everything of M0, but not "m0.5", are counts, the rest are measures. */
static json_t *column_value(const char *name, double x)
{
    bool is_count =
        strcmp(name, "samples") == 0 || (strncmp(name, "m0", 2) == 0 && name[2] != '.');
    return is_count ? json_count(x) : json_measure(x);
}

static double value_at(const struct trace_stored *row, size_t place)
{
    if (place == PLACE_OF_SECONDS)
        return row->seconds;
    return place < row->count ? row->value[place] : (double)NAN;
}

struct json_trace {
    const struct selection *selection;
    int64_t last; /* seq of the newest row seen */
    json_t *column[TRACE_COLUMNS_MAX + 1];
};

static bool add_json_row(void *arg, const struct trace_stored *row)
{
    struct json_trace *t = arg;
    const struct selection *s = t->selection;
    t->last = row->seq;
    for (size_t i = 0; i < s->count; i++)
        json_array_append_new(t->column[i],
                              column_value(s->name[i], value_at(row, s->place[i])));
    return true;
}

static void reply_json_trace(struct request *r, struct conn *c, const struct selection *s,
                             int64_t after)
{
    struct json_trace t = {.selection = s, .last = s->last};
    json_t *columns = json_object();
    for (size_t i = 0; i < s->count; i++) {
        t.column[i] = json_array();
        json_object_set_new(columns, s->name[i], t.column[i]);
    }
    enum status status = store_trace_list(c, r->id, after, add_json_row, &t);
    json_t *last = t.last >= 0 ? json_integer(t.last) : json_null();
    json_t *j = json_pack("{s:I, s:o, s:o}", "run", (json_int_t)r->id, "columns", columns,
                          "last", last);
    char *text = j != NULL ? json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(j);
    if (status == STATUS_OK) {
        reply_text(r, MHD_HTTP_OK, "application/json; charset=utf-8", text,
                   text != NULL ? strlen(text) : 0);
        return;
    }
    free(text);
    reply_problem(r, status, NULL, NULL);
}

struct csv_trace {
    const struct selection *selection;
    struct buf text;
};

static bool add_csv_row(void *arg, const struct trace_stored *row)
{
    struct csv_trace *t = arg;
    const struct selection *s = t->selection;
    for (size_t i = 0; i < s->count; i++) {
        double x = value_at(row, s->place[i]);
        if (i > 0)
            buf_addc(&t->text, ',');
        if (isfinite(x)) /* an empty field otherwise */
            buf_add_double(&t->text, x);
    }
    return buf_addc(&t->text, '\n');
}

static void reply_csv_trace(struct request *r, struct conn *c, const struct selection *s,
                            int64_t after)
{
    struct csv_trace t = {.selection = s};
    buf_init(&t.text, LIMIT_REPLY);
    for (size_t i = 0; i < s->count; i++)
        buf_addf(&t.text, "%s%s", i > 0 ? "," : "", s->name[i]);
    buf_addc(&t.text, '\n');
    enum status status = store_trace_list(c, r->id, after, add_csv_row, &t);
    size_t length = 0;
    char *text = buf_take(&t.text, &length);
    if (status == STATUS_OK) {
        reply_text(r, MHD_HTTP_OK, "text/csv; charset=utf-8", text, length);
        return;
    }
    free(text);
    reply_problem(r, status, NULL, NULL);
}

/* ?format= goes before Accept. False: neither is understood, and that has been answered. */
static bool read_format(struct request *r, bool *ret_csv)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 32);
    const char *format = request_argument(r, "format", &room, &bad);
    if (format == NULL && !bad) {
        *ret_csv =
            accept_quality(r, "text/csv") > accept_quality(r, "application/json");
    } else if (!bad && (strcmp(format, "csv") == 0 || strcmp(format, "json") == 0)) {
        *ret_csv = format[0] == 'c';
    } else if (!bad) {
        reply_problem(r, STATUS_BAD_REQUEST, "format must be json or csv", NULL);
        bad = true;
    }
    buf_release(&room);
    return !bad;
}

void runs_trace(struct request *r)
{
    bool csv = false;
    int64_t after = -1;
    struct selection s = {.names = NULL};
    struct conn *c = request_reader(r);
    if (c != NULL && read_format(r, &csv) &&
        request_number(r, "after", -1, INT64_MAX, &after) && read_selection(r, c, &s)) {
        if (csv)
            reply_csv_trace(r, c, &s, after);
        else
            reply_json_trace(r, c, &s, after);
    }
    free(s.names);
}
