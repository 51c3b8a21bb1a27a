/* The way of a request through libmicrohttpd's callbacks: target, header, body, handler,
 * reply; and starting and stopping all of it. */
#include "http/http.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/gate.h"
#include "http/http_internal.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"

const char *request_header(const struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

struct conn *request_reader(struct request *r)
{
    struct conn *c = store_reader(r->app->store);
    if (c == NULL)
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
    return c;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

const char *request_argument(struct request *r, const char *name, struct buf *room,
                             bool *ret_bad)
{
    const char *raw =
        MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
    if (raw == NULL)
        return NULL;
    buf_clear(room);
    for (const char *c = raw; *c != '\0'; c++) { /* the gate has checked the escapes */
        char byte = *c == '+' ? ' ' : *c;
        if (*c == '%') {
            byte = (char)(hex_digit(c[1]) * 16 + hex_digit(c[2]));
            c += 2;
        }
        buf_addc(room, byte);
    }
    if (room->failed) {
        char detail[100];
        snprintf(detail, sizeof detail, "the query argument \"%.40s\" is too long", name);
        reply_problem(r, STATUS_BAD_REQUEST, detail, NULL);
        *ret_bad = true;
        return NULL;
    }
    return room->data;
}

bool request_number(struct request *r, const char *name, int64_t min, int64_t max,
                    int64_t *ret)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 32);
    const char *text = request_argument(r, name, &room, &bad);
    if (text != NULL) {
        char *end;
        errno = 0;
        int64_t n = strtoll(text, &end, 10);
        bad = *text == '\0' || *end != '\0' || errno != 0 || n < min || n > max;
        if (bad) {
            char detail[160];
            snprintf(detail, sizeof detail,
                     "the query argument \"%.40s\" must be a whole number from %lld to "
                     "%lld",
                     name, (long long)min, (long long)max);
            reply_problem(r, STATUS_BAD_REQUEST, detail, NULL);
        } else {
            *ret = n;
        }
    }
    buf_release(&room);
    return !bad;
}

static void set_active(struct http *h, int change)
{
    pthread_mutex_lock(&h->lock);
    h->active += change;
    pthread_cond_broadcast(&h->ending);
    pthread_mutex_unlock(&h->lock);
}

static struct peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

static void mark_peer(struct http *h, struct MHD_Connection *connection, bool active,
                      bool reading)
{
    struct peer *p = peer_of(connection);
    if (p == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    p->active = active;
    p->reading = reading;
    p->since = clock_monotonic();
    p->patience = SECONDS_IDLE;
    pthread_mutex_unlock(&h->lock);
}

/* Called with the raw target before the headers are read: the request begins. */
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
    set_active(h, +1);
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
    mark_peer(h, connection, false, false);
    if (r->own_free != NULL)
        r->own_free(r->own);
    if (r->response != NULL)
        MHD_destroy_response(r->response);
    buf_release(&r->body);
    free(r);
    *context = NULL;
    set_active(h, -1);
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
    r->admitted = true;
    r->path = url;
    enum route_match match = route_find(method, url, &r->route, &r->id, &allow);
    static const struct route nowhere = {"", "", NULL, 0};
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
    if (ok && r->route->body_cap > 0)
        ok = gate_admit_body(r);
    if (ok && r->route->body_cap > 0 && atomic_load(&r->http->draining)) {
        r->closes = true;
        reply_problem(r, STATUS_UNAVAILABLE, NULL, NULL);
        reply_header(r, "Retry-After", "5");
        ok = false;
    }
    buf_release(&allow);
    mark_peer(r->http, r->connection, true, ok && r->route->body_cap > 0);
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
    r->outcome = outcome;
    MHD_resume_connection(r->connection);
}

/* The body is there, or the write that the handler waited for. */
static enum MHD_Result answer(struct request *r)
{
    handler *next = r->resume != NULL ? r->resume : r->route->handle;
    r->resume = NULL;
    mark_peer(r->http, r->connection, true, false);
    if (r->dropped > 0) {
        r->closes = true;
        reply_problem(r, STATUS_TOO_LARGE, NULL, NULL);
    } else {
        next(r);
    }
    if (r->resume == NULL)
        return send_reply(r);
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
    if (*upload_size > 0)
        return take_body(r, upload_data, upload_size);
    return answer(r);
}

static void add_peer(struct http *h, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct peer *p = calloc(1, sizeof *p);
    if (p == NULL)
        return;
    *p = (struct peer){.fd = info->connect_fd,
                       .since = clock_monotonic(),
                       .patience = SECONDS_HEADERS};
    pthread_mutex_lock(&h->lock);
    p->next = h->peers;
    if (p->next != NULL)
        p->next->previous = p;
    h->peers = p;
    pthread_mutex_unlock(&h->lock);
    *context = p;
}

static void remove_peer(struct http *h, struct peer *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    if (p->previous != NULL)
        p->previous->next = p->next;
    else
        h->peers = p->next;
    if (p->next != NULL)
        p->next->previous = p->previous;
    pthread_mutex_unlock(&h->lock);
    free(p);
}

/* The descriptor is still open when a connection is said to be closed, so the housekeeper
 * never touches one that has become somebody else's. */
static void notify_connection(void *arg, struct MHD_Connection *connection,
                              void **context, enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        add_peer(arg, connection, context);
    else
        remove_peer(arg, *context);
}

static bool is_too_slow(const struct peer *p, double now)
{
    if (p->active)
        return p->reading && now - p->since > SECONDS_BODY;
    return now - p->since > p->patience;
}

/* libmicrohttpd counts only silence: a byte now and then would keep a connection forever. */
static void *housekeeper_main(void *arg)
{
    struct http *h = arg;
    double heartbeat = clock_monotonic();
    pthread_mutex_lock(&h->lock);
    while (!h->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&h->ending, &h->lock, &until);
        double now = clock_monotonic();
        for (struct peer *p = h->peers; p != NULL; p = p->next)
            if (is_too_slow(p, now))
                shutdown(p->fd, SHUT_RDWR);
        if (now - heartbeat < SECONDS_HEARTBEAT)
            continue;
        heartbeat = now;
        pthread_mutex_unlock(&h->lock);
        hub_wake_all(h->app->hub);
        pthread_mutex_lock(&h->lock);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* "127.0.0.1:8750" or "[::1]:8750" to a socket address. */
static enum status parse_address(const char *listen, struct sockaddr_storage *ret,
                                 socklen_t *ret_length, struct buf *why)
{
    char host[64];
    const char *colon = strrchr(listen, ':');
    const char *first = listen;
    size_t n = colon != NULL ? (size_t)(colon - listen) : 0;
    if (n > 2 && listen[0] == '[' && listen[n - 1] == ']') {
        first++;
        n -= 2;
    }
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    bool ok = n > 0 && n < sizeof host;
    if (ok) {
        memcpy(host, first, n);
        host[n] = '\0';
        ok = getaddrinfo(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, colon + 1,
                         &hints, &found) == 0;
    }
    if (!ok) {
        buf_addf(why, "\"%s\" is not an address to listen on; write 127.0.0.1:8750",
                 listen);
        return STATUS_BAD_REQUEST;
    }
    memcpy(ret, found->ai_addr, found->ai_addrlen);
    *ret_length = found->ai_addrlen;
    freeaddrinfo(found);
    return STATUS_OK;
}

static void write_address(struct http *h)
{
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    char host[64], port[16];
    getsockname(h->listening, (struct sockaddr *)&own, &length);
    getnameinfo((struct sockaddr *)&own, length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(h->address, sizeof h->address,
             own.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

static enum status listen_on(struct http *h, const char *listen_address, struct buf *why)
{
    struct sockaddr_storage address;
    socklen_t length;
    enum status status = parse_address(listen_address, &address, &length, why);
    if (status != STATUS_OK)
        return status;
    int on = 1;
    h->listening = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (h->listening >= 0 &&
        setsockopt(h->listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(h->listening, (struct sockaddr *)&address, length) == 0 &&
        listen(h->listening, LIMIT_BACKLOG) == 0) {
        write_address(h);
        return STATUS_OK;
    }
    status = errno == EADDRINUSE ? STATUS_CONFLICT : STATUS_IO;
    buf_addf(why, "cannot listen on %s: %s", listen_address, strerror(errno));
    if (h->listening >= 0)
        close(h->listening);
    return status;
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
        notify_connection, h, MHD_OPTION_NOTIFY_COMPLETED, end_request, h,
        MHD_OPTION_END);
}

enum status http_start(const struct app *app, const char *listen, struct http **ret,
                       struct buf *why)
{
    struct http *h = calloc(1, sizeof *h);
    if (h == NULL)
        return STATUS_NO_MEMORY;
    h->app = app;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->ending, NULL);
    enum status status = listen_on(h, listen, why);
    if (status != STATUS_OK) {
        free(h);
        return status;
    }
    h->daemon = start_daemon(h);
    if (h->daemon == NULL ||
        pthread_create(&h->housekeeper, NULL, housekeeper_main, h) != 0) {
        buf_adds(why, "the HTTP server could not be started");
        if (h->daemon != NULL)
            MHD_stop_daemon(h->daemon);
        close(h->listening);
        free(h);
        return STATUS_IO;
    }
    *ret = h;
    return STATUS_OK;
}

const char *http_address(const struct http *h)
{
    return h->address;
}

/* Waits until no request is being served, or patience ends. */
static void wait_for_replies(struct http *h)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += SECONDS_DRAIN;
    pthread_mutex_lock(&h->lock);
    while (h->active > 0 && pthread_cond_timedwait(&h->ending, &h->lock, &until) == 0)
        ;
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
    close(h->listening);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->ending);
    free(h);
}
