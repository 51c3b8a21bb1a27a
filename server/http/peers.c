/* The connections there are, and the thread that ends those which take too long. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "http/http_internal.h"
#include "http/limits.h"

static struct peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

static void mark(struct http *h, struct MHD_Connection *connection, bool active,
                 bool reading, double patience)
{
    struct peer *p = peer_of(connection);
    if (p == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    p->active = active;
    p->reading = reading;
    p->streaming = p->streaming && active;
    p->since = p->measured = clock_monotonic();
    p->patience = patience;
    p->received = 0;
    pthread_mutex_unlock(&h->lock);
}

void peers_mark(struct http *h, struct MHD_Connection *connection, bool active)
{
    mark(h, connection, active, false, (double)h->options.limits.idle_seconds);
}

void peers_mark_reading(struct http *h, struct MHD_Connection *connection, double seconds)
{
    mark(h, connection, true, true, seconds);
}

void peers_received(struct http *h, struct MHD_Connection *connection, size_t bytes)
{
    struct peer *p = peer_of(connection);
    if (p == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    p->received += bytes;
    pthread_mutex_unlock(&h->lock);
}

void peers_begin(struct MHD_Connection *connection, struct request *r)
{
    struct peer *p = peer_of(connection);
    if (p != NULL)
        p->begun = r;
}

void peers_labour(struct http *h, struct MHD_Connection *connection, struct request *r)
{
    struct peer *p = peer_of(connection);
    if (p == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    p->labour = r;
    pthread_mutex_unlock(&h->lock);
}

/* To be called with the lock. */
static bool may_stream(const struct http *h, const struct identity *who)
{
    int streams = 0;
    for (const struct peer *p = h->peers; p != NULL; p = p->next)
        streams += p->streaming && strcmp(p->user, who->user) == 0;
    return who->token[0] == '\0' || streams < h->options.limits.event_streams_per_user;
}

bool peers_stream(struct http *h, struct MHD_Connection *connection,
                  const struct identity *who, struct peer **ret)
{
    struct peer *p = peer_of(connection);
    *ret = p;
    if (p == NULL)
        return true;
    pthread_mutex_lock(&h->lock);
    p->streaming = may_stream(h, who);
    bool may = p->streaming;
    memcpy(p->user, who->user, sizeof p->user);
    pthread_mutex_unlock(&h->lock);
    return may;
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
                       .patience = (double)h->options.limits.header_seconds};
    pthread_mutex_lock(&h->lock);
    p->next = h->peers;
    if (p->next != NULL)
        p->next->previous = p;
    h->peers = p;
    pthread_mutex_unlock(&h->lock);
    atomic_fetch_add(&h->metrics.connections, 1);
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
    free(p->begun);
    free(p);
}

/* The descriptor is still open when a connection is said to be closed, so the housekeeper
 * never touches one that has become somebody else's. */
void peers_notify(void *arg, struct MHD_Connection *connection, void **context,
                  enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        add_peer(arg, connection, context);
    else
        remove_peer(arg, *context);
}

/* A body that grows by less than it has to. */
static bool drips(struct peer *p, double now)
{
    if (!p->reading || now - p->measured < RATE_SECONDS)
        return false;
    bool slow = p->received < RATE_BYTES;
    p->measured = now;
    p->received = 0;
    return slow;
}

static bool is_too_slow(struct peer *p, double now)
{
    return drips(p, now) || ((!p->active || p->reading) && now - p->since > p->patience);
}

/* What a client has sent and nobody has read yet: then it is not the client that is slow.
 */
static bool has_sent(const struct peer *p)
{
    int bytes = 0;
    return ioctl(p->fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

/* The process, or the machine, was stopped for a while. */
static void forgive(struct http *h, double now)
{
    for (struct peer *p = h->peers; p != NULL; p = p->next) {
        p->since = p->measured = now;
        p->received = 0;
    }
}

static void reap(struct http *h, struct peer *p)
{
    shutdown(p->fd, SHUT_RDWR);
    if (!p->reaped)
        atomic_fetch_add(&h->metrics.reaped, 1);
    p->reaped = true;
}

/* libmicrohttpd does not look at a suspended connection, so it would not see that the
 * client has gone. */
static bool has_gone(const struct peer *p)
{
    struct pollfd look = {.fd = p->fd, .events = POLLRDHUP};
    return (p->streaming || p->labour != NULL) && poll(&look, 1, 0) == 1;
}

/* Ends what is too slow: libmicrohttpd counts only silence, and a byte now and then would
 * keep a connection forever. Returns whether a stream has lost its client. */
static bool look_at_peers(struct http *h, double now)
{
    bool lost = false;
    for (struct peer *p = h->peers; p != NULL; p = p->next) {
        if (is_too_slow(p, now) && !has_sent(p))
            reap(h, p);
        bool gone = has_gone(p);
        if (p->labour != NULL && p->labour->labour_halt != NULL &&
            (gone || atomic_load(&h->draining)))
            p->labour->labour_halt(p->labour->own);
        if (gone && p->streaming) {
            atomic_store(&p->gone, true);
            lost = true;
        }
    }
    return lost;
}

void *peers_watch(void *arg)
{
    struct http *h = arg;
    double heartbeat = clock_monotonic(), looked = heartbeat;
    pthread_mutex_lock(&h->lock);
    while (!h->stopping) {
        struct timespec until = clock_deadline(1000);
        pthread_cond_timedwait(&h->ending, &h->lock, &until);
        double now = clock_monotonic();
        if (now - looked > SECONDS_ASLEEP)
            forgive(h, now);
        looked = now;
        bool due = now - heartbeat >= SECONDS_HEARTBEAT;
        if (!look_at_peers(h, now) && !due)
            continue;
        heartbeat = due ? now : heartbeat;
        pthread_mutex_unlock(&h->lock);
        hub_wake_all(h->app->hub);
        pthread_mutex_lock(&h->lock);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}
