#include "http/reply.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "spec/json_text.h"

static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'";

static const char data_policy[] = "default-src 'none'; frame-ancestors 'none'";

void reply_header(struct request *r, const char *name, const char *value)
{
    if (r->response != NULL)
        MHD_add_response_header(r->response, name, value);
}

/* Makes `response` the reply; a second reply to the same request is a mistake of the code
 * and dropped. */
static void give(struct request *r, unsigned code, const char *type,
                 struct MHD_Response *response)
{
    if (response == NULL || r->response != NULL) {
        if (response != NULL)
            MHD_destroy_response(response);
        return;
    }
    r->response = response;
    r->code = code;
    if (type != NULL)
        reply_header(r, "Content-Type", type);
    reply_header(r, "X-Content-Type-Options", "nosniff");
    reply_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    reply_header(r, "Referrer-Policy", "no-referrer");
    if (r->closes)
        reply_header(r, "Connection", "close");
}

static void give_data(struct request *r, unsigned code, const char *type,
                      struct MHD_Response *response)
{
    give(r, code, type, response);
    reply_header(r, "Cache-Control", "no-store");
    reply_header(r, "Content-Security-Policy", data_policy);
}

void reply_text(struct request *r, unsigned code, const char *type, char *text,
                size_t length)
{
    if (text == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    give_data(r, code, type,
              MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE));
}

void reply_json(struct request *r, unsigned code, json_t *document)
{
    enum { SMALL = 16 * 1024 }; /* worth the search for the shortest numbers */
    char *text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (text != NULL && strlen(text) < SMALL) {
        free(text);
        text = json_exact_text(document, JSON_COMPACT);
    }
    json_decref(document);
    reply_text(r, code, "application/json; charset=utf-8", text,
               text != NULL ? strlen(text) : 0);
}

/* Whether the client says that it has this version. */
static bool is_known(const struct request *r, const char *etag)
{
    const char *known = request_header(r, "If-None-Match");
    return known != NULL && strstr(known, etag) != NULL;
}

void reply_static(struct request *r, const char *type, const char *bytes, size_t length,
                  const char *etag)
{
    bool same = is_known(r, etag);
    give(r, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, type,
         MHD_create_response_from_buffer(same ? 0 : length,
                                         same ? "" : (void *)(uintptr_t)bytes,
                                         MHD_RESPMEM_PERSISTENT));
    reply_header(r, "ETag", etag);
    reply_header(r, "Cache-Control", "no-cache");
    reply_header(r, "Content-Security-Policy", page_policy);
    reply_header(r, "X-Frame-Options", "DENY");
    reply_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    reply_header(r, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
}

void reply_file(struct request *r, const char *type, int fd, uint64_t length,
                const char *name, const char *etag)
{
    char disposition[100];
    bool same = is_known(r, etag);
    struct MHD_Response *response =
        same ? MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT)
             : MHD_create_response_from_fd64(length, fd);
    if (same || response == NULL)
        close(fd);
    if (response == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", name);
    give(r, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, type, response);
    reply_header(r, "Content-Disposition", disposition);
    reply_header(r, "ETag", etag);
    reply_header(r, "Cache-Control", "no-cache");
    reply_header(r, "Content-Security-Policy", data_policy);
}

void reply_stream(struct request *r, const char *type, MHD_ContentReaderCallback read,
                  void *arg, MHD_ContentReaderFreeCallback release)
{
    enum { BLOCK = 8192 };
    give_data(
        r, MHD_HTTP_OK, type,
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read, arg, release));
    reply_header(r, "X-Accel-Buffering", "no");
}

static json_t *problem_json(const struct problem *p)
{
    json_t *j = json_pack("{s:s, s:s, s:s, s:o}", "pointer", p->pointer, "code", p->code,
                          "detail", p->detail, "suggestion", json_text(p->suggestion));
    if (p->parameter != NULL)
        json_object_set_new(j, "parameter", json_string(p->parameter));
    if (p->column > 0)
        json_object_set_new(j, "column", json_integer((json_int_t)p->column));
    return j;
}

void reply_problem(struct request *r, enum status status, const char *detail,
                   const struct problems *problems)
{
    unsigned code = (unsigned)status_http(status);
    json_t *j = json_object();
    json_object_set_new(j, "type", json_string("about:blank"));
    json_object_set_new(j, "title", json_string(MHD_get_reason_phrase_for(code)));
    json_object_set_new(j, "status", json_integer(code));
    json_t *sentence = detail != NULL ? json_string(detail) : NULL;
    if (sentence == NULL) /* or it repeats a request that is no UTF-8 */
        sentence = json_string(status_text(status));
    json_object_set_new(j, "detail", sentence);
    if (problems != NULL && problems->count > 0) {
        json_t *errors = json_array();
        for (size_t i = 0; i < problems->count; i++)
            json_array_append_new(errors, problem_json(&problems->item[i]));
        json_object_set_new(j, "errors", errors);
        if (problems->unlisted > 0)
            json_object_set_new(j, "errors_unlisted",
                                json_integer((json_int_t)problems->unlisted));
    }
    char *text = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    if (text == NULL) /* not even memory to say so */
        return;
    give_data(r, code, "application/problem+json; charset=utf-8",
              MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE));
    if (status == STATUS_OVER_QUOTA)
        reply_header(r, "Retry-After", "60"); /* some runs will have ended by then */
}

void reply_unavailable(struct request *r)
{
    r->closes = true;
    reply_problem(r, STATUS_UNAVAILABLE, NULL, NULL);
    reply_header(r, "Retry-After", "5");
}

void reply_no_run(struct request *r, enum status status)
{
    reply_problem(r, status, status == STATUS_NOT_FOUND ? "there is no such run" : NULL,
                  NULL);
}

json_t *json_measure(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *json_count(double x)
{
    if (!isfinite(x) || fabs(x) >= 0x1p53)
        return json_measure(x);
    return json_integer((json_int_t)x);
}

json_t *json_time(int64_t ms)
{
    char text[CLOCK_TEXT];
    if (ms == 0)
        return json_null();
    clock_text(ms, text);
    return json_string(text);
}

json_t *json_text(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

json_t *json_stored(const char *text)
{
    json_t *j = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return j != NULL ? j : json_null();
}
