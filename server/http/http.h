/* The HTTP server: a listening socket, two threads of libmicrohttpd, and a housekeeper
 * that ends connections which take too long. */
#ifndef FRUGAL_HTTP_HTTP_H
#define FRUGAL_HTTP_HTTP_H

#include "app/app.h"
#include "base/buf.h"
#include "base/status.h"

struct http;

/* What may be asked of it, and how long that may take. */
struct http_limits {
    long connections, connections_per_address; /* 0: any number from one address */
    long event_streams, event_streams_per_user;
    long submissions_per_minute; /* of jobs, by one user; 0: any number */
    long body_kilobytes;         /* of a job, or of a change to one */
    long idle_seconds;           /* without a byte in either direction */
    long header_seconds;         /* from connecting to a whole header */
    long body_seconds;           /* from the header to the end of the body */
    long upload_seconds;         /* the same where it is a file of a data set */
};

/* All of it is borrowed, for as long as the server lives. */
struct http_options {
    const char *listen; /* "ADDRESS:PORT", "[::1]:8750" for IPv6; port 0: a free one */
    const char *allowed_hosts; /* beside localhost, addresses, the name of this machine */
    const char *trusted_proxy; /* both with commas between */
    struct http_limits limits;
    bool require_tokens; /* even if only this machine can reach it */
};

/* Takes the port for this process, before anything else is begun. On failure `why` gets a
 * sentence. BAD_REQUEST: not an address; CONFLICT: the port is taken; IO; NO_MEMORY. */
enum status http_open(const struct http_options *o, struct http **ret, struct buf *why);
void http_close(struct http *h);

/* Speaks TLS with this certificate and key: called before http_start, and after it to
 * show another certificate. False: nothing has changed, and `why` gets a sentence. One
 * thread. */
bool http_use_tls(struct http *h, const char *cert, const char *key, struct buf *why);
bool http_speaks_tls(const struct http *h);

/* Answers from now on. On failure `why` gets a sentence. IO. */
enum status http_start(struct http *h, const struct app *app, struct buf *why);

/* "http://127.0.0.1:8750"; lives as long as the server. */
const char *http_address(const struct http *h);

/* Whether only this machine can reach it. */
bool http_is_local(const struct http *h);

/* Whether it answers only those who have a token. */
bool http_requires_tokens(const struct http *h);

/* Takes no more connections, lets replies under way end, and stops; close it then. */
void http_stop(struct http *h);

#endif
