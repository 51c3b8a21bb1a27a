/* Opening, starting and stopping the server. */
#include "http/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/http_internal.h"
#include "http/limits.h"

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
    static const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    const struct http_limits *limits = &h->options.limits;
    bool behind_proxy = *h->options.trusted_proxy != '\0';
    return MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
            (h->tls != NULL ? MHD_USE_TLS : 0),
        0, NULL, NULL, exchange_handle, h, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
        MHD_OPTION_LISTEN_SOCKET, h->listening, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)LIMIT_THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)limits->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        behind_proxy ? 0 : (unsigned)limits->connections_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)limits->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)1024,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, h, MHD_OPTION_NOTIFY_CONNECTION,
        peers_notify, h, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, h, MHD_OPTION_ARRAY,
        h->tls != NULL ? tls_options : plain, MHD_OPTION_END);
}

enum status http_open(const struct http_options *o, struct http **ret, struct buf *why)
{
    struct http *h = calloc(1, sizeof *h);
    if (h == NULL)
        return STATUS_NO_MEMORY;
    pthread_mutex_init(&h->lock, NULL);
    clock_condition(&h->ending);
    tries_init(&h->tries, LIMIT_TRIES_PER_MINUTE);
    tries_init(&h->submissions, (double)o->limits.submissions_per_minute);
    h->options = *o;
    h->listening = -1;
    h->kept = kept_open();
    bool counts = metrics_init(&h->metrics);
    if (!counts || h->kept == NULL ||
        getrandom(&h->name, sizeof h->name, 0) != sizeof h->name) {
        http_close(h);
        return STATUS_NO_MEMORY;
    }
    enum status status = listen_on(h, o->listen, why);
    h->requires_tokens = o->require_tokens || !h->is_local;
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
    kept_close(h->kept);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->ending);
    tries_release(&h->tries);
    tries_release(&h->submissions);
    metrics_release(&h->metrics);
    tls_free(h->tls);
    free(h);
}

enum status http_start(struct http *h, const struct app *app, struct buf *why)
{
    h->app = app;
    h->daemon = start_daemon(h);
    if (h->daemon != NULL && pthread_create(&h->housekeeper, NULL, peers_watch, h) == 0)
        return STATUS_OK;
    buf_adds(why, "the HTTP server could not be started");
    if (h->daemon != NULL)
        MHD_stop_daemon(h->daemon);
    return STATUS_IO;
}

bool http_is_local(const struct http *h)
{
    return h->is_local;
}

bool http_use_tls(struct http *h, const char *cert, const char *key, struct buf *why)
{
    struct tls *t = tls_load(cert, key, h->tls, why);
    if (t == NULL)
        return false;
    if (h->tls == NULL) /* "http" becomes "https" */
        memmove(h->address + 5, h->address + 4, strlen(h->address + 4) + 1);
    h->address[4] = 's';
    h->tls = t;
    return true;
}

bool http_speaks_tls(const struct http *h)
{
    return h->tls != NULL;
}

bool http_requires_tokens(const struct http *h)
{
    return h->requires_tokens;
}

bool http_lists(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *at != '\0'; at += *at == ',') {
        size_t n = strcspn(at, ",");
        if (n == length && strncasecmp(at, word, n) == 0)
            return true;
        at += n;
    }
    return false;
}

const char *http_address(const struct http *h)
{
    return h->address;
}

/* Waits until no request is being served, or patience ends; but as long as it takes for
 * those that are suspended until the writer has done its part. */
static void wait_for_replies(struct http *h)
{
    struct timespec until = clock_deadline(SECONDS_DRAIN * 1000L);
    pthread_mutex_lock(&h->lock);
    pthread_cond_broadcast(&h->ending); /* the housekeeper has labours to end */
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
