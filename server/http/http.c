/* The way of a request through libmicrohttpd's callbacks: target, header, body, handler,
 * reply; and starting and stopping all of it. */
#include "http/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "http/gate.h"
#include "http/http_internal.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"

static void set_active(struct http *h, int change)
{
    pthread_mutex_lock(&h->lock);
    h->active += change;
    pthread_cond_broadcast(&h->ending);
    pthread_mutex_unlock(&h->lock);
}

/* A request is about to wait for the writer; false when the server stops and would not wait
 * for it. */
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
    pthread_cond_broadcast(&h->ending);
    pthread_mutex_unlock(&h->lock);
}

/* Called with the raw target before the headers are read: the request begins. If its
 * header never ends, libmicrohttpd forgets it with the connection. */
static void *begin_request(void *arg, const char *target,
                           struct MHD_Connection *connection)
{
    struct http *h = arg;
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->http = h;
    r->app = h->app;
    r->connection = connection;
    r->target_is_sound = gate_target_is_sound(target);
    peers_begin(connection, r);
    return r;
}

static void end_request(void *arg, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode code)
{
    struct http *h = arg;
    struct request *r = *context;
    (void)code;
    if (r == NULL)
        return;
    peers_begin(connection, NULL);
    peers_mark(h, connection, false, false);
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

/* First call of a request: everything that can be told from its header. */
static enum MHD_Result admit(struct request *r, const char *url, const char *method,
                             const char *version)
{
    struct buf allow;
    buf_init(&allow, 100);
    set_active(r->http, +1);
    r->admitted = true;
    r->path = url;
    r->is_head = strcmp(method, "HEAD") == 0;
    enum route_match match = route_find(method, url, &r->route, &r->id, &allow);
    static const struct route nowhere = {"", "", NULL, 0, NULL};
    if (match != ROUTE_FOUND)
        r->route = &nowhere;
    buf_init(&r->body, r->route->body_cap);
    bool ok = gate_admit(r, url, method, version);
    if (ok && match != ROUTE_FOUND) {
        r->closes = strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
        reply_problem(r,
                      match == ROUTE_UNKNOWN ? STATUS_NOT_FOUND
                                             : STATUS_METHOD_NOT_ALLOWED,
                      NULL, NULL);
        if (match == ROUTE_OTHER_METHOD)
            reply_header(r, "Allow", allow.data);
        ok = false;
    }
    ok = ok && gate_admit_route(r);
    if (ok && r->route->body_cap > 0)
        ok = gate_admit_body(r);
    if (ok && r->route->body_cap > 0 && atomic_load(&r->http->draining)) {
        r->closes = true;
        reply_problem(r, STATUS_UNAVAILABLE, NULL, NULL);
        reply_header(r, "Retry-After", "5");
        ok = false;
    }
    buf_release(&allow);
    peers_mark(r->http, r->connection, true, ok && r->route->body_cap > 0);
    return ok ? MHD_YES : send_reply(r);
}

/* No reply can be given before the body ends, so a little more than the cap is read and
 * dropped. */
static enum MHD_Result take_body(struct request *r, const char *data, size_t *size)
{
    if (r->dropped > 0 || !buf_add(&r->body, data, *size))
        r->dropped += *size;
    *size = 0;
    return r->dropped > LIMIT_OVERRUN ? MHD_NO : MHD_YES;
}

static enum status apply_write(struct conn *c, void *arg)
{
    struct request *r = arg;
    return r->apply(c, r->own);
}

/* On the writer thread: what the request waits for is on the disk. */
static void write_done(void *arg, enum status outcome)
{
    struct request *r = arg;
    struct http *h = r->http; /* the request may be over as soon as it goes on */
    r->outcome = outcome;
    MHD_resume_connection(r->connection);
    end_writing(h);
}

/* The body is there, or the write that the handler waited for. */
static enum MHD_Result answer(struct request *r)
{
    handler *next = r->resume != NULL ? r->resume : r->route->handle;
    r->resume = NULL;
    peers_mark(r->http, r->connection, true, false);
    if (r->dropped > 0) {
        r->closes = true;
        reply_problem(r, STATUS_TOO_LARGE, NULL, NULL);
    } else {
        next(r);
    }
    if (r->resume == NULL)
        return send_reply(r);
    if (!begin_writing(r->http))
        return MHD_NO;
    r->write = (struct write){.apply = apply_write, .done = write_done, .arg = r};
    MHD_suspend_connection(r->connection); /* before the writer can resume it */
    store_post(r->app->store, &r->write);
    return MHD_YES;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection,
                              const char *url, const char *method, const char *version,
                              const char *upload_data, size_t *upload_size, void **context)
{
    struct request *r = *context;
    (void)arg;
    (void)connection;
    if (r == NULL)
        return MHD_NO;
    if (!r->admitted)
        return admit(r, url, method, version);
    if (r->response != NULL) /* refused, but a server that stops does not take the reply */
        return MHD_NO;
    if (*upload_size > 0)
        return take_body(r, upload_data, upload_size);
    return answer(r);
}

static size_t keep_escapes(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg;
    (void)connection;
    return strlen(text);
}

__attribute__((format(printf, 2, 0))) static void log_library(void *arg, const char *fmt,
                                                              va_list ap)
{
    char text[300];
    (void)arg;
    vsnprintf(text, sizeof text, fmt, ap);
    text[strcspn(text, "\n")] = '\0';
    log_debug("libmicrohttpd: %s", text);
}

/* Polling, not epoll: this version's epoll mode misses connections that the peer half
 * closes (fixed in commit 08f933a6, after 0.9.75). */
static struct MHD_Daemon *start_daemon(struct http *h)
{
    return MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, handle, h, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
        MHD_OPTION_LISTEN_SOCKET, h->listening, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)LIMIT_THREADS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_CONNECTIONS,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)LIMIT_CONNECTIONS_PER_ADDRESS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SECONDS_IDLE,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)1024,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, begin_request, h, MHD_OPTION_NOTIFY_CONNECTION,
        peers_notify, h, MHD_OPTION_NOTIFY_COMPLETED, end_request, h,
        MHD_OPTION_END);
}

enum status http_open(const char *listen, struct http **ret, struct buf *why)
{
    struct http *h = calloc(1, sizeof *h);
    if (h == NULL)
        return STATUS_NO_MEMORY;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->ending, NULL);
    h->listening = -1;
    enum status status = listen_on(h, listen, why);
    if (status == STATUS_OK)
        *ret = h;
    else
        http_close(h);
    return status;
}

void http_close(struct http *h)
{
    if (h->listening >= 0)
        close(h->listening);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->ending);
    free(h);
}

enum status http_start(struct http *h, const struct app *app, struct buf *why)
{
    h->app = app;
    h->daemon = start_daemon(h);
    if (h->daemon != NULL &&
        pthread_create(&h->housekeeper, NULL, peers_watch, h) == 0)
        return STATUS_OK;
    buf_adds(why, "the HTTP server could not be started");
    if (h->daemon != NULL)
        MHD_stop_daemon(h->daemon);
    return STATUS_IO;
}

bool http_is_local(const struct http *h)
{
    return strncmp(h->address, "http://127.", strlen("http://127.")) == 0 ||
           strncmp(h->address, "http://[::1]", strlen("http://[::1]")) == 0;
}

const char *http_address(const struct http *h)
{
    return h->address;
}

/* Waits until no request is being served, or patience ends; but as long as it takes for those
 * that are suspended until the writer has done its part. */
static void wait_for_replies(struct http *h)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += SECONDS_DRAIN;
    pthread_mutex_lock(&h->lock);
    while (h->active > 0 && pthread_cond_timedwait(&h->ending, &h->lock, &until) == 0)
        ;
    while (h->writing > 0)
        pthread_cond_wait(&h->ending, &h->lock);
    h->stopping = true;
    pthread_cond_broadcast(&h->ending);
    pthread_mutex_unlock(&h->lock);
}

void http_stop(struct http *h)
{
    atomic_store(&h->draining, true);
    MHD_quiesce_daemon(h->daemon);
    shutdown(h->listening, SHUT_RDWR); /* or clients would wait in the backlog */
    hub_end(h->app->hub);              /* no connection may be suspended at the stop */
    wait_for_replies(h);
    pthread_join(h->housekeeper, NULL);
    MHD_stop_daemon(h->daemon);
}
