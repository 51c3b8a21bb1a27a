/* In: status and body of an answer. Out: lines for the person, and an ending. */
#include "problem.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dump.h"
#include "field.h"
#include "talk.h"

enum { SUGGESTION_MAX_BYTES = 1024, POINTER_MAX_BYTES = 4096 };

/* The sentences that both programs know, for answers that bring none. */
static const struct {
    int http;
    const char *text;
} known[] = {
#define STATUS(name, http, text) {http, text},
#include "status.def"
#undef STATUS
};

static enum ending ending_of(long code)
{
    switch (code) {
    case 400:
        return ENDING_USAGE;
    case 401:
    case 403:
        return ENDING_FORBIDDEN;
    case 404:
    case 410:
        return ENDING_NOT_FOUND;
    case 409:
    case 412:
        return ENDING_CONFLICT;
    case 429:
    case 503:
    case 507:
        return ENDING_LATER;
    case 413:
    case 422:
        return ENDING_INVALID;
    default:
        return ENDING_UNREACHABLE;
    }
}

static const char *known_text(long code)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].http == code)
            return known[i].text;
    return "this answer is not understood";
}

/* A key as it was written: "/sweep/~1network~1hidden/0" is easier to read, and to look
 * for in the spec, as /sweep/"/network/hidden"/0. */
static void add_token(struct buf *b, const char *token, size_t n)
{
    bool escaped = memchr(token, '~', n) != NULL;
    buf_adds(b, escaped ? "\"" : "");
    for (size_t i = 0; i < n; i++) {
        bool is_escape = token[i] == '~' && i + 1 < n;
        buf_addc(b, !is_escape ? token[i] : token[++i] == '1' ? '/' : '~');
    }
    buf_adds(b, escaped ? "\"" : "");
}

static void add_pointer(struct buf *b, const char *pointer)
{
    while (*pointer == '/') {
        size_t n = strcspn(++pointer, "/");
        buf_addc(b, '/');
        add_token(b, pointer, n);
        pointer += n;
    }
    buf_adds(b, pointer);
}

/* Which argument of the query, and where in it. */
static void add_parameter(struct buf *b, const json_t *error)
{
    const char *parameter = field_text(error, "parameter", NULL);
    int64_t column = field_count(error, "column");
    if (parameter != NULL)
        buf_adds(b, parameter);
    if (parameter != NULL && column > 0)
        buf_addf(b, ", column %" PRId64, column);
}

static void say_error(const json_t *error, const struct problem_source *from)
{
    struct buf place;
    buf_init(&place, POINTER_MAX_BYTES);
    const char *in_spec = field_text(error, "pointer", NULL);
    if (from != NULL && in_spec != NULL)
        spec_file_place(from->file, from->sent, in_spec, &place);
    if (place.len > 0 && *in_spec != '\0')
        buf_adds(&place, ": ");
    add_pointer(&place, in_spec != NULL ? in_spec : "");
    add_parameter(&place, error);
    const char *detail =
        field_text(error, "detail", field_text(error, "code", "invalid"));
    const json_t *suggestion = json_object_get(error, "suggestion");
    const char *colon = *place.data != '\0' ? ": " : "";
    struct buf meant;
    buf_init(&meant, SUGGESTION_MAX_BYTES);
    if (suggestion != NULL && !json_is_null(suggestion)) {
        buf_adds(&meant, " (did you mean ");
        dump_line(&meant, suggestion);
        buf_adds(&meant, "?)");
    }
    say_more("%s%s%s%s", place.data, colon, detail, meant.data);
    buf_release(&meant);
    buf_release(&place);
}

/* The address of a server is its whole address: a token goes nowhere else. */
static void say_redirect(const struct http_reply *reply)
{
    if (reply->location.len > 0)
        say_more("it points to %s; frugal follows no redirect, for it would show your "
                 "token there: name the server itself with --server",
                 reply->location.data);
}

enum ending problem_say(const struct http_reply *reply, const struct problem_source *from)
{
    json_t *body = json_loadb(reply->text.data, reply->text.len, 0, NULL);
    const char *title = field_text(body, "title", known_text(reply->code));
    say("%s (HTTP %ld)", field_text(body, "detail", title), reply->code);
    const json_t *errors = json_object_get(body, "errors");
    for (size_t i = 0; i < json_array_size(errors); i++)
        say_error(json_array_get(errors, i), from);
    if (reply->code == 401)
        say_more("frugal login keeps a token for you, or FRUGAL_TOKEN has one");
    if (reply->code >= 300 && reply->code < 400)
        say_redirect(reply);
    json_decref(body);
    return ending_of(reply->code);
}
