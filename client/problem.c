/* In: status and body of an answer. Out: lines for the person, and an ending. */
#include "problem.h"

#include <jansson.h>
#include <stddef.h>

#include "dump.h"
#include "field.h"
#include "talk.h"

enum { SUGGESTION_MAX_BYTES = 1024 };

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
    case 429:
        return ENDING_CONFLICT;
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

static void say_error(const json_t *error)
{
    const char *pointer = field_text(error, "pointer", "");
    const char *detail =
        field_text(error, "detail", field_text(error, "code", "invalid"));
    const json_t *suggestion = json_object_get(error, "suggestion");
    const char *colon = *pointer != '\0' ? ": " : "";
    if (suggestion == NULL || json_is_null(suggestion)) {
        say_more("%s%s%s", pointer, colon, detail);
        return;
    }
    struct buf meant;
    buf_init(&meant, SUGGESTION_MAX_BYTES);
    dump_line(&meant, suggestion);
    say_more("%s%s%s (did you mean %s?)", pointer, colon, detail, meant.data);
    buf_release(&meant);
}

enum ending problem_say(const struct http_reply *reply)
{
    json_t *body = json_loadb(reply->text.data, reply->text.len, 0, NULL);
    const char *title = field_text(body, "title", known_text(reply->code));
    say("%s (HTTP %ld)", field_text(body, "detail", title), reply->code);
    const json_t *errors = json_object_get(body, "errors");
    for (size_t i = 0; i < json_array_size(errors); i++)
        say_error(json_array_get(errors, i));
    json_decref(body);
    return ending_of(reply->code);
}
