/* The HTTP server: a listening socket, two threads of libmicrohttpd, and a housekeeper that
 * ends connections which take too long. */
#ifndef FRUGAL_HTTP_HTTP_H
#define FRUGAL_HTTP_HTTP_H

#include "app/app.h"
#include "base/buf.h"
#include "base/status.h"

struct http;

/* Listens on "ADDRESS:PORT" ("[::1]:8750" for IPv6; port 0 takes a free one). On failure
 * `why` gets a sentence. BAD_REQUEST: not an address; CONFLICT: the port is taken; IO. */
enum status http_start(const struct app *app, const char *listen, struct http **ret,
                       struct buf *why);

/* "http://127.0.0.1:8750"; lives as long as the server. */
const char *http_address(const struct http *h);

/* Takes no more connections, lets replies under way end, and stops. */
void http_stop(struct http *h);

#endif
