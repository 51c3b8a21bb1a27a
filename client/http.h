/* Requests to one server, over libcurl. A request is repeated, with growing pauses, while
 * the server cannot be reached or is busy, until patience is over. One that may have been
 * obeyed although its answer got lost is repeated only where that changes nothing: GET,
 * PUT, PATCH, and what carries a key, always the same. Redirects are not followed. One
 * thread. */
#ifndef FRUGAL_CLIENT_HTTP_H
#define FRUGAL_CLIENT_HTTP_H

#include <signal.h>
#include <stdio.h>

#include "base/buf.h"
#include "ending.h"

struct http;

struct http_request {
    const char *path;       /* "/v1/jobs?limit=5" */
    const struct buf *body; /* sent as JSON; NULL: none */
    const char *method;     /* NULL: POST with a body, GET without */
    const char *key;        /* Idempotency-Key, or NULL */
    size_t reply_max;       /* the longest answer in bytes; 0: 16 MiB */
    FILE *into;             /* takes the body of an answer 200 instead, or NULL */
    FILE
        *from; /* a file on the disk that is sent with PUT, from its beginning; or NULL */
    void (*sent)(void *to, double bytes, double of); /* of it; or NULL */
    void *sent_to;
};

struct http_reply {
    long code; /* the HTTP status; it is for the caller to judge */
    struct buf text;
    struct buf location; /* to where a redirect points; "": none */
};

/* How long to try, and whom to tell. */
struct http_patience {
    double seconds;
    volatile sig_atomic_t *stop; /* breaks off with ENDING_INTERRUPTED; or NULL */
    void (*notice)(void *to, const char *text); /* first failure and its end; or NULL */
    void *to;
};

/* `server` is the beginning of every URL. Failures are spoken about. */
enum ending http_open(const char *server, struct http **ret);
void http_close(struct http *h);

/* Shows the token with every request from now on. */
void http_use_token(struct http *h, const char *token);

/* Believes only certificates that are signed with one in this file. */
void http_trust(struct http *h, const char *cacert);

/* NULL: the usual patience, below a second. `patience` is borrowed until the next call.
 */
void http_be_patient(struct http *h, const struct http_patience *patience);

/* ENDING_OK: a whole answer came; release it. */
enum ending http_send(struct http *h, const struct http_request *request,
                      struct http_reply *ret);
void http_reply_release(struct http_reply *reply);

/* Appends s as it may stand in a query. */
void http_add_escaped(struct buf *b, const char *s);

/* Waits; returns early when patience says stop. */
void http_pause(const struct http *h, double seconds);

#endif
