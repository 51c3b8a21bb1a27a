/* In: what a handler has to say. Out: the response, with the headers that its kind always
 * has and, where a client may have it already, a validator. */
#include "http/reply.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/etag.h"
#include "http/http.h"
#include "http/kept.h"
#include "spec/json_text.h"

static const char type_of_json[] = "application/json; charset=utf-8";

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
    reply_header(r, "X-Request-Id", r->name);
    if (http_speaks_tls(r->http))
        reply_header(r, "Strict-Transport-Security", "max-age=63072000");
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

static void give_page(struct request *r, unsigned code, const char *type,
                      struct MHD_Response *response)
{
    give(r, code, type, response);
    reply_header(r, "Cache-Control", "no-cache");
    reply_header(r, "Content-Security-Policy", page_policy);
    reply_header(r, "Referrer-Policy", "no-referrer");
    reply_header(r, "X-Frame-Options", "DENY");
    reply_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    reply_header(r, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
}

/* 304 where the client has this version. libmicrohttpd sends no body with it, but the
 * length that the body has, as it must be. */
static unsigned code_of(struct request *r, size_t length, const char *etag)
{
    bool known = etag_is_listed(request_header(r, "If-None-Match"), etag);
    r->length = known ? 0 : length;
    return known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
}

void reply_text(struct request *r, unsigned code, const char *type, char *text,
                size_t length)
{
    if (text == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    r->length = length;
    give_data(r, code, type,
              MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE));
}

static void give_version(struct request *r, const char *type, char *text, size_t length,
                         const char *etag)
{
    if (text == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    give_data(r, code_of(r, length, etag), type,
              MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE));
    reply_header(r, "ETag", etag);
}

void reply_version(struct request *r, char *text, size_t length, const char *etag)
{
    give_version(r, type_of_json, text, length, etag);
}

void reply_csv(struct request *r, char *text, size_t length)
{
    char etag[ETAG_TEXT] = "";
    if (text != NULL)
        etag_of(text, length, etag);
    give_version(r, "text/csv; charset=utf-8", text, length, etag);
}

void reply_json(struct request *r, unsigned code, json_t *document)
{
    char etag[ETAG_TEXT], *text = reply_json_text(document);
    json_decref(document);
    size_t length = text != NULL ? strlen(text) : 0;
    if (text == NULL || code != MHD_HTTP_OK || strcmp(r->route->method, "GET") != 0) {
        reply_text(r, code, type_of_json, text, length);
        return;
    }
    etag_of(text, length, etag);
    if (r->keeps)
        kept_put(r, text, length, etag);
    reply_version(r, text, length, etag);
}

char *reply_json_text(const json_t *document)
{
    enum { SMALL = 16 * 1024 }; /* worth the search for the shortest numbers */
    char *text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (text != NULL && strlen(text) < SMALL) {
        free(text);
        text = json_exact_text(document, JSON_COMPACT);
    }
    return text;
}

/* Bytes that outlive every reply. */
static struct MHD_Response *response_of(const char *bytes, size_t length)
{
    return MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes,
                                           MHD_RESPMEM_PERSISTENT);
}

void reply_constant(struct request *r, struct constant *c)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (c->text == NULL && (c->text = c->make()) != NULL) {
        c->length = strlen(c->text);
        etag_of(c->text, c->length, c->etag);
    }
    pthread_mutex_unlock(&lock);
    if (c->text == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    give_data(r, code_of(r, c->length, c->etag), c->type != NULL ? c->type : type_of_json,
              response_of(c->text, c->length));
    reply_header(r, "ETag", c->etag);
}

void reply_page(struct request *r, const char *type, const char *bytes, size_t length,
                const char *etag)
{
    give_page(r, code_of(r, length, etag), type, response_of(bytes, length));
    reply_header(r, "ETag", etag);
}

void reply_file(struct request *r, const char *type, int fd, uint64_t length,
                const char *name, const char *etag)
{
    char disposition[100];
    struct MHD_Response *response = MHD_create_response_from_fd64(length, fd);
    if (response == NULL) {
        close(fd);
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", name);
    give_data(r, code_of(r, length, etag), type, response);
    reply_header(r, "Content-Disposition", disposition);
    reply_header(r, "ETag", etag);
}

static ssize_t read_nothing(void *arg, uint64_t position, char *out, size_t room)
{
    (void)arg;
    (void)position;
    (void)out;
    (void)room;
    return MHD_CONTENT_READER_END_OF_STREAM;
}

/* The header of a reply whose body nobody has made, so that its length is not known. It
 * must not have a wrong Content-Length, and libmicrohttpd 0.9.75 would send the end of a
 * chunked body behind it: only the end of the connection is left. */
static void give_header(struct request *r, unsigned code, const char *type)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1, read_nothing, NULL, NULL);
    if (response != NULL)
        MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    give_data(r, code, type, response);
}

bool reply_if_known(struct request *r, const char *type, const char *etag)
{
    if (!etag_is_listed(request_header(r, "If-None-Match"), etag))
        return false;
    give_header(r, MHD_HTTP_NOT_MODIFIED, type);
    reply_header(r, "ETag", etag);
    return true;
}

void reply_head(struct request *r, const char *type)
{
    give_header(r, MHD_HTTP_OK, type);
}

/* Counts what is sent. The request lives at least as long as its reply is being sent. */
struct counted {
    struct request *request;
    MHD_ContentReaderCallback read;
    MHD_ContentReaderFreeCallback release;
    void *arg;
};

static ssize_t read_counted(void *arg, uint64_t position, char *out, size_t room)
{
    struct counted *s = arg;
    ssize_t n = s->read(s->arg, position, out, room);
    s->request->length += n > 0 ? (size_t)n : 0;
    return n;
}

static void release_counted(void *arg)
{
    struct counted *s = arg;
    if (s->release != NULL)
        s->release(s->arg);
    free(s);
}

void reply_stream(struct request *r, const char *type, MHD_ContentReaderCallback read,
                  void *arg, MHD_ContentReaderFreeCallback release)
{
    enum { BLOCK = 8192 };
    struct counted *s = malloc(sizeof *s);
    if (s == NULL) {
        if (release != NULL)
            release(arg);
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    *s = (struct counted){r, read, release, arg};
    give_data(r, MHD_HTTP_OK, type,
              MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_counted, s,
                                                release_counted));
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

static json_t *problems_json(const struct problems *problems)
{
    json_t *errors = json_array();
    for (size_t i = 0; i < problems->count; i++)
        json_array_append_new(errors, problem_json(&problems->item[i]));
    return errors;
}

/* When to try again what may go better then. */
static const char *retry_after(enum status status)
{
    if (status == STATUS_OVER_QUOTA)
        return "60"; /* some runs will have ended by then */
    return status_http(status) == MHD_HTTP_SERVICE_UNAVAILABLE ? "5" : NULL;
}

void reply_problem(struct request *r, enum status status, const char *detail,
                   const struct problems *problems)
{
    unsigned code = (unsigned)status_http(status);
    const char *later = retry_after(status);
    json_t *j = json_object();
    json_object_set_new(j, "type", json_string("about:blank"));
    json_object_set_new(j, "title", json_string(MHD_get_reason_phrase_for(code)));
    json_object_set_new(j, "status", json_integer(code));
    json_t *sentence = detail != NULL ? json_string(detail) : NULL;
    if (sentence == NULL) /* or it repeats a request that is no UTF-8 */
        sentence = json_string(status_text(status));
    json_object_set_new(j, "detail", sentence);
    if (problems != NULL && problems->count > 0)
        json_object_set_new(j, "errors", problems_json(problems));
    if (problems != NULL && problems->unlisted > 0)
        json_object_set_new(j, "errors_unlisted",
                            json_integer((json_int_t)problems->unlisted));
    char *text = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    if (text == NULL) /* not even memory to say so */
        return;
    r->length = strlen(text);
    give_data(r, code, "application/problem+json; charset=utf-8",
              MHD_create_response_from_buffer(r->length, text, MHD_RESPMEM_MUST_FREE));
    if (later != NULL)
        reply_header(r, "Retry-After", later);
}

void reply_wait(struct request *r, enum status status, int seconds)
{
    char text[16];
    snprintf(text, sizeof text, "%d", seconds);
    reply_problem(r, status, NULL, NULL);
    reply_header(r, "Retry-After", text);
}

void reply_unavailable(struct request *r)
{
    r->closes = true;
    reply_problem(r, STATUS_UNAVAILABLE, NULL, NULL);
}

void reply_no_run(struct request *r, enum status status)
{
    reply_problem(r, status, status == STATUS_NOT_FOUND ? "there is no such run" : NULL,
                  NULL);
}
