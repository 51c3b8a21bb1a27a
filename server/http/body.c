#include "http/body.h"

#include <stdio.h>
#include <string.h>

#include "http/reply.h"

void reply_spec_problems(struct request *r, enum status status,
                         const struct problems *problems)
{
    char detail[80];
    size_t n = problems->count + problems->unlisted;
    if (status == STATUS_INVALID_SPEC)
        snprintf(detail, sizeof detail, "the spec has %zu error%s", n, n == 1 ? "" : "s");
    else
        snprintf(detail, sizeof detail, "%s", status_text(status));
    reply_problem(r, status, detail, problems);
}

void body_refuse(struct request *r, const char *pointer, const char *code,
                 const char *detail)
{
    struct problems problems;
    problems_init(&problems);
    problems_add(&problems, pointer, code, NULL, "%s", detail);
    reply_problem(r, STATUS_INVALID_SPEC, "the body has 1 error", &problems);
    problems_release(&problems);
}

json_t *body_object(struct request *r, const char *keys)
{
    json_error_t error;
    json_t *value, *body = r->body.len == 0 ? json_object()
                                            : json_loadb(r->body.data, r->body.len,
                                                         JSON_REJECT_DUPLICATES, &error);
    const char *key, *unknown = NULL;
    if (body == NULL) {
        reply_problem(r, STATUS_BAD_JSON, NULL, NULL);
        return NULL;
    }
    json_object_foreach(body, key, value)
    {
        if (!request_lists(keys, key))
            unknown = key;
    }
    if (!json_is_object(body)) {
        body_refuse(r, "", "wrong_type", "must be a JSON object");
    } else if (unknown != NULL) {
        char detail[120];
        snprintf(detail, sizeof detail, "there is no key \"%.36s\" here, only%s", unknown,
                 *keys != '\0' ? keys : " {}");
        body_refuse(r, "", "unknown_key", detail);
    } else {
        return body;
    }
    json_decref(body);
    return NULL;
}
