/* The way of a request through libmicrohttpd's callbacks: target, header, body, handler,
 * reply. */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/access.h"
#include "http/gate.h"
#include "http/http_internal.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"

/* To be called with the lock. Who waits for the last request does so at the end only. */
static void tell_of_end(struct http *h)
{
    if (atomic_load(&h->draining))
        pthread_cond_broadcast(&h->ending);
}

static void set_active(struct http *h, int change)
{
    pthread_mutex_lock(&h->lock);
    h->active += change;
    tell_of_end(h);
    pthread_mutex_unlock(&h->lock);
}

/* A request is about to wait for the writer; false when the server stops and would not
 * wait for it. */
static bool begin_writing(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    bool may = !h->stopping;
    h->writing += may;
    pthread_mutex_unlock(&h->lock);
    return may;
}

static void end_writing(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->writing--;
    tell_of_end(h);
    pthread_mutex_unlock(&h->lock);
}

/* Called with the raw target before the headers are read: the request begins. If its
 * header never ends, libmicrohttpd forgets it with the connection. */
void *exchange_begin(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct http *h = arg;
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->http = h;
    r->app = h->app;
    r->connection = connection;
    r->since = clock_monotonic();
    gate_see_target(r, target);
    peers_begin(connection, r);
    return r;
}

void exchange_end(void *arg, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode code)
{
    struct http *h = arg;
    struct request *r = *context;
    if (r == NULL)
        return;
    if (r->admitted) {
        log_set_request(r->name);
        request_log(r, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
        log_set_request(NULL);
        metrics_count(&h->metrics, r);
    }
    peers_begin(connection, NULL);
    peers_mark(h, connection, false);
    if (r->own_free != NULL)
        r->own_free(r->own);
    if (r->response != NULL)
        MHD_destroy_response(r->response);
    if (r->admitted)
        set_active(h, -1);
    buf_release(&r->body);
    free(r);
    *context = NULL;
}

static enum MHD_Result send_reply(struct request *r)
{
    if (r->response == NULL)
        return MHD_NO; /* out of memory: the connection closes */
    return MHD_queue_response(r->connection, r->code, r->response);
}

/* Whoever takes the body may refuse it before it comes. */
static bool admit_octets(struct request *r)
{
    r->closes = true; /* should it be refused: the body would stand before what follows */
    route_receiver(r->route)(r);
    r->closes = r->take == NULL;
    return r->take != NULL;
}

static size_t body_cap(const struct request *r)
{
    size_t cap = r->route->body_cap;
    return cap == LIMIT_JSON_BODY ? (size_t)r->http->options.limits.body_kilobytes * 1024
                                  : cap;
}

/* First call of a request: everything that can be told from its header. */
static enum MHD_Result admit(struct request *r, const char *url, const char *method,
                             const char *version)
{
    struct buf allow;
    buf_init(&allow, 100);
    set_active(r->http, +1);
    r->admitted = true;
    r->path = url;
    r->method = gate_see_method(method);
    request_take_name(r);
    r->is_head = strcmp(method, "HEAD") == 0;
    enum route_match match = route_find(method, url, &r->route, &r->id, r->word, &allow);
    static const struct route nowhere = {.method = "", .pattern = ""};
    if (match != ROUTE_FOUND)
        r->route = &nowhere;
    r->body_cap = body_cap(r);
    buf_init(&r->body, r->body_cap);
    bool ok = gate_admit(r, version);
    if (ok && match != ROUTE_FOUND) {
        r->closes = strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
        reply_problem(
            r, match == ROUTE_UNKNOWN ? STATUS_NOT_FOUND : STATUS_METHOD_NOT_ALLOWED,
            NULL, NULL);
        if (match == ROUTE_OTHER_METHOD)
            reply_header(r, "Allow", allow.data);
        ok = false;
    }
    ok = ok && access_admit(r) && gate_admit_route(r);
    bool changes = strcmp(r->route->method, "GET") != 0;
    if (ok && changes)
        ok = gate_admit_change(r);
    if (ok && r->body_cap > 0)
        ok = gate_admit_body(r);
    if (ok && changes && atomic_load(&r->http->draining)) {
        reply_unavailable(r);
        ok = false;
    }
    buf_release(&allow);
    bool octets = ok && route_receiver(r->route) != NULL;
    if (octets)
        ok = admit_octets(r);
    const struct http_limits *limits = &r->http->options.limits;
    if (ok && r->body_cap > 0)
        peers_mark_reading(
            r->http, r->connection,
            (double)(octets ? limits->upload_seconds : limits->body_seconds));
    else
        peers_mark(r->http, r->connection, true);
    return ok ? MHD_YES : send_reply(r);
}

/* No reply can be given before the body ends, so a little more than the cap is read and
 * dropped. */
static enum MHD_Result take_body(struct request *r, const char *data, size_t *size)
{
    peers_received(r->http, r->connection, *size);
    if (r->take != NULL && *size <= r->body_cap - r->taken) {
        r->take(r->own, data, *size);
        r->taken += *size;
    } else if (r->take != NULL) {
        r->dropped += *size;
    } else if (r->dropped > 0 || !buf_add(&r->body, data, *size)) {
        r->dropped += *size;
    }
    *size = 0;
    return r->dropped > LIMIT_OVERRUN ? MHD_NO : MHD_YES;
}

static enum status apply_write(struct conn *c, void *arg)
{
    struct request *r = arg;
    return r->apply(c, r->own);
}

/* On the writer thread, or that of a labour: what the request waits for is done. */
static void write_done(void *arg, enum status outcome)
{
    struct request *r = arg;
    struct http *h = r->http; /* the request may be over as soon as it goes on */
    if (r->labour == NULL)
        metrics_wrote(&h->metrics, clock_monotonic() - r->posted);
    r->outcome = outcome;
    MHD_resume_connection(r->connection);
    end_writing(h);
}

static void *labour_main(void *arg)
{
    struct request *r = arg;
    log_set_request(r->name);
    enum status outcome = r->labour(r->own);
    log_set_request(NULL);
    peers_labour(r->http, r->connection, NULL);
    store_reader_close(
        r->app->store); /* nobody waits for what comes after write_done() */
    write_done(r, outcome);
    return NULL;
}

static void begin_labour(struct request *r)
{
    pthread_t thread;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    peers_labour(r->http, r->connection, r);
    if (pthread_create(&thread, &detached, labour_main, r) != 0) {
        peers_labour(r->http, r->connection, NULL);
        write_done(r, STATUS_NO_MEMORY);
    }
    pthread_attr_destroy(&detached);
}

/* Whether the reply depends on nothing but its route and id, so that one may be kept. */
static bool may_be_kept(const struct request *r)
{
    return strcmp(r->route->method, "GET") == 0 && r->route->arguments != NULL &&
           r->route->arguments[0] == '\0';
}

/* The body is there, or the write that the handler waited for. */
static enum MHD_Result answer(struct request *r)
{
    handler *next = r->resume != NULL ? r->resume : r->route->handle;
    r->resume = NULL;
    r->labour = NULL;
    r->labour_halt = NULL;
    peers_mark(r->http, r->connection, true);
    if (r->dropped > 0) {
        r->closes = true;
        reply_problem(r, STATUS_TOO_LARGE, NULL, NULL);
    } else if (!may_be_kept(r) || !kept_reply(r)) {
        next(r);
    }
    if (r->resume == NULL)
        return send_reply(r);
    if (!begin_writing(r->http))
        return MHD_NO;
    r->write = (struct write){
        .apply = apply_write, .done = write_done, .arg = r, .patient = r->patient};
    r->posted = clock_monotonic();
    MHD_suspend_connection(r->connection); /* before it can be resumed */
    if (r->labour != NULL)
        begin_labour(r);
    else
        store_post(r->app->store, &r->write);
    return MHD_YES;
}

enum MHD_Result exchange_handle(void *arg, struct MHD_Connection *connection,
                                const char *url, const char *method, const char *version,
                                const char *upload_data, size_t *upload_size,
                                void **context)
{
    struct request *r = *context;
    enum MHD_Result result = MHD_NO;
    (void)arg;
    (void)connection;
    if (r == NULL)
        return MHD_NO;
    log_set_request(r->name); /* admit() writes it */
    if (!r->admitted)
        result = admit(r, url, method, version);
    else if (r->response ==
             NULL) /* else refused, and a server that stops takes no reply */
        result = *upload_size > 0 ? take_body(r, upload_data, upload_size) : answer(r);
    log_set_request(NULL);
    return result;
}
