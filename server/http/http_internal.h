/* What the files of the HTTP floor share about the running server. */
#ifndef FRUGAL_HTTP_HTTP_INTERNAL_H
#define FRUGAL_HTTP_HTTP_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "http/http.h"
#include "http/kept.h"
#include "http/metrics.h"
#include "http/request.h"
#include "http/tls.h"
#include "http/tries.h"

/* A connection as the housekeeper sees it. */
struct peer {
    int fd;
    double since;    /* monotonic: connected, or the last request ended */
    double patience; /* seconds from `since` until the header, or the body, is there */
    bool active;     /* a request is being served */
    bool reading;    /* its body is being read, since `since` */
    double measured; /* of that body, since this time, have come */
    size_t received; /* so many bytes */
    bool reaped;     /* it took too long, and was ended */
    bool streaming;  /* events are sent on it, to */
    char user[USER_NAME_MAX + 1];
    struct request *labour; /* it waits for the end of one */
    struct request *begun;  /* its header is still being read */
    atomic_bool gone;       /* streaming, and the client has closed its side */
    struct peer *next, *previous;
};

struct http {
    const struct app *app;
    struct MHD_Daemon *daemon;
    struct http_options options;
    struct tls *tls; /* NULL: plain text */
    int listening;
    bool is_local; /* only this machine can reach it */
    bool requires_tokens;
    char address[80];
    struct tries tries;       /* of wrong tokens */
    struct tries submissions; /* of users */
    struct kept *kept;
    struct metrics metrics;
    unsigned name;          /* of this process, in names of requests */
    atomic_ullong requests; /* that were given a name */
    atomic_bool draining;
    atomic_int streams; /* of events */
    pthread_t housekeeper;

    pthread_mutex_t lock;
    pthread_cond_t ending;
    /* protected by lock: */
    bool stopping;
    int active;  /* requests being served, event streams included */
    int writing; /* of these, suspended until a write is done */
    struct peer *peers;
};

/* exchange.c: the callbacks of a request, in the order in which they come. */
void *exchange_begin(void *http, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_handle(void *http, struct MHD_Connection *connection,
                                const char *url, const char *method, const char *version,
                                const char *upload_data, size_t *upload_size,
                                void **context);
void exchange_end(void *http, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode code);

/* peers.c: libmicrohttpd tells of connections; requests mark what theirs is doing; the
 * housekeeper watches until h->stopping. */
void peers_notify(void *http, struct MHD_Connection *connection, void **context,
                  enum MHD_ConnectionNotificationCode code);
void peers_mark(struct http *h, struct MHD_Connection *connection, bool active);

/* The same, and the body must be there within so many seconds. */
void peers_mark_reading(struct http *h, struct MHD_Connection *connection,
                        double seconds);

/* So many bytes of it have come. */
void peers_received(struct http *h, struct MHD_Connection *connection, size_t bytes);
void peers_begin(struct MHD_Connection *connection, struct request *r);
void *peers_watch(void *http);

/* The peer of a connection becomes an event stream of somebody, *ret is NULL if it is not
 * known. False: he has as many as he may; whoever has shown no token may have any number.
 */
bool peers_stream(struct http *h, struct MHD_Connection *connection,
                  const struct identity *who, struct peer **ret);

/* A request begins a labour, or has none any more (NULL). When the client goes, or the
 * server stops, the housekeeper asks for its end. */
void peers_labour(struct http *h, struct MHD_Connection *connection, struct request *r);

/* Whether a list with commas has the word, in letters of any case. */
bool http_lists(const char *list, const char *word);

/* listen.c: opens h->listening, writes h->address and h->is_local. BAD_REQUEST, CONFLICT,
 * IO. */
enum status listen_on(struct http *h, const char *address, struct buf *why);

#endif
