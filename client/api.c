/* In: paths. Out: jansson values that the caller owns. Knows no output but complaints. */
#include "api.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "dump.h"
#include "field.h"
#include "problem.h"
#include "talk.h"

enum { PATH_MAX_BYTES = 8000, BODY_MAX_BYTES = 1024 * 1024, PAGE_ITEMS = 500 };

static enum ending send(struct http *h, const struct http_request *request,
                        const struct problem_source *from, struct http_reply *ret)
{
    struct http_reply reply;
    enum ending ending = http_send(h, request, &reply);
    if (ending != ENDING_OK)
        return ending;
    if (reply.code < 200 || reply.code > 299) {
        ending = problem_say(&reply, from);
        http_reply_release(&reply);
        return ending;
    }
    *ret = reply;
    return ENDING_OK;
}

enum ending api_send(struct http *h, const struct http_request *request,
                     struct http_reply *ret)
{
    return send(h, request, NULL, ret);
}

enum ending api_json(struct http *h, const struct http_request *request, json_t **ret)
{
    return api_spec(h, request, NULL, ret);
}

enum ending api_spec(struct http *h, const struct http_request *request,
                     const struct problem_source *from, json_t **ret)
{
    struct http_reply reply;
    enum ending ending = send(h, request, from, &reply);
    if (ending != ENDING_OK)
        return ending;
    json_error_t why;
    json_t *body =
        json_loadb(reply.text.data, reply.text.len, JSON_REJECT_DUPLICATES, &why);
    http_reply_release(&reply);
    if (!json_is_object(body)) {
        say("the answer to %s is not a JSON object%s%s", request->path,
            body == NULL ? ": " : "", body == NULL ? why.text : "");
        json_decref(body);
        return ENDING_UNREACHABLE;
    }
    *ret = body;
    return ENDING_OK;
}

__attribute__((format(printf, 5, 0))) static enum ending ask(struct http *h, json_t **ret,
                                                             const char *method,
                                                             const json_t *body,
                                                             const char *fmt, va_list ap)
{
    struct buf path, text;
    buf_init(&path, PATH_MAX_BYTES);
    buf_init(&text, BODY_MAX_BYTES);
    buf_vaddf(&path, fmt, ap);
    if (body != NULL)
        dump_line(&text, body);
    enum ending ending;
    if (path.failed || text.failed) {
        say("the request is too long");
        ending = ENDING_USAGE;
    } else {
        ending = api_json(h,
                          &(struct http_request){.path = path.data,
                                                 .method = method,
                                                 .body = body != NULL ? &text : NULL},
                          ret);
    }
    buf_release(&text);
    buf_release(&path);
    return ending;
}

enum ending api_get(struct http *h, json_t **ret, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ending ending = ask(h, ret, NULL, NULL, fmt, ap);
    va_end(ap);
    return ending;
}

enum ending api_order(struct http *h, json_t **ret, const char *method,
                      const json_t *body, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum ending ending = ask(h, ret, method, body, fmt, ap);
    va_end(ap);
    return ending;
}

/* Reads the page at the cursor and appends it; the cursor moves on, and is empty after
 * the last page. */
static enum ending append_page(struct http *h, const char *path, long limit,
                               json_t *items, struct buf *cursor)
{
    json_t *page;
    long wanted = limit - (long)json_array_size(items);
    enum ending ending = api_get(h, &page, "%slimit=%ld%s", path,
                                 wanted < PAGE_ITEMS ? wanted : PAGE_ITEMS, cursor->data);
    if (ending != ENDING_OK)
        return ending;
    json_t *more = json_object_get(page, "items");
    const char *next = field_text(page, "next_cursor", NULL);
    buf_clear(cursor);
    if (next != NULL && json_array_size(more) > 0) {
        buf_adds(cursor, "&cursor=");
        http_add_escaped(cursor, next);
    }
    bool ok = json_array_extend(items, more) == 0 && !cursor->failed;
    json_decref(page);
    if (!ok) {
        say("the answer to %s is not a list", path);
        return ENDING_UNREACHABLE;
    }
    return ENDING_OK;
}

enum ending api_list(struct http *h, const char *path, long limit, json_t **ret_items)
{
    json_t *items = json_array();
    if (items == NULL)
        return say_no_memory();
    struct buf cursor;
    buf_init(&cursor, PATH_MAX_BYTES / 2);
    enum ending ending;
    do {
        ending = append_page(h, path, limit, items, &cursor);
    } while (ending == ENDING_OK && cursor.len > 0 &&
             (long)json_array_size(items) < limit);
    buf_release(&cursor);
    if (ending == ENDING_OK)
        *ret_items = items;
    else
        json_decref(items);
    return ending;
}

static void add_argument(struct buf *path, const char *name, const char *value)
{
    if (value == NULL)
        return;
    bool is_first = path->len > 0 && path->data[path->len - 1] == '?';
    buf_addf(path, "%s%s=", is_first ? "" : "&", name);
    http_add_escaped(path, value);
}

enum ending api_list_path(struct buf *ret, const char *path, const char *filter,
                          const char *sort)
{
    buf_init(ret, PATH_MAX_BYTES);
    buf_adds(ret, path);
    add_argument(ret, "filter", filter);
    add_argument(ret, "sort", sort);
    if (!ret->failed)
        return ENDING_OK;
    say("the filter is too long");
    return ENDING_USAGE;
}

enum ending api_runs(struct http *h, int64_t job, json_t **ret_items)
{
    char path[64];
    snprintf(path, sizeof path, "/v1/runs?job=%" PRId64 "&", job);
    return api_list(h, path, API_ALL, ret_items);
}

enum ending api_read_id(const char *word, const char *what, int64_t *ret)
{
    char *end;
    errno = 0;
    int64_t id = strtoll(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end != '\0' || errno != 0 || id < 1) {
        say("a %s is named by its number, not by \"%s\"", what, word);
        return ENDING_USAGE;
    }
    *ret = id;
    return ENDING_OK;
}
