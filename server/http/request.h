/* One request on its way through the floor: from the gate to its reply. */
#ifndef FRUGAL_HTTP_REQUEST_H
#define FRUGAL_HTTP_REQUEST_H

#include <jansson.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/accounts.h"
#include "app/app.h"
#include "base/buf.h"
#include "base/status.h"
#include "spec/problems.h"

struct http;
struct request;

typedef void handler(struct request *r);

#define REQUEST_NAME 65                    /* bytes for an X-Request-Id */
enum { ROUTE_WORDS = 2, ROUTE_WORD = 65 }; /* of a path, and bytes of each */

/* Whose things a route changes; only he may, and admins. */
enum ownership { OWN_NOTHING, OWN_JOB, OWN_RUN /* of its {id} */ };

/* A row of the route table. */
struct route {
    const char *method;
    /* "/v1/runs/{id}/trace": {id} is a positive number, other names stand for
     * words: letters, digits and . _ -, with no dot in front */
    const char *pattern;
    enum role role; /* that it takes */
    enum ownership own;
    handler *handle;
    size_t body_cap;       /* 0: the method takes no body */
    const char *arguments; /* names of its query arguments, with spaces around each */
    const char *types;     /* media types that it can answer with, with spaces between */
    const char *about;     /* a sentence for GET /v1 */
};

/* Answers are made by a handler on the thread of libmicrohttpd, which must not block. A
 * handler that has to wait for the store sets `apply` and `resume` instead of replying:
 * apply(c, own) becomes a write, and resume() is called once that is durable. What takes
 * its time is done by labour(own) on a thread of its own. */
struct request {
    char name[REQUEST_NAME]; /* X-Request-Id, of the client or ours */
    double since;            /* monotonic */
    struct http *http;
    const struct app *app;
    struct MHD_Connection *connection;
    const struct route *route;
    int64_t id;                         /* of the pattern's {id} */
    char word[ROUTE_WORDS][ROUTE_WORD]; /* of its words */
    struct identity who;                /* once it is admitted */
    const char *method;                 /* or "other" */
    const char *path; /* of the target, without the query; lives as long as the request */
    bool target_is_long, target_is_sound;
    unsigned char target_bare; /* a byte of it that would have to be escaped; 0: none */
    bool is_head;    /* only the header of the reply is wanted */
    bool admitted;   /* passed the gate */
    size_t body_cap; /* of the route, or the setting */
    size_t dropped;  /* bytes of the body beyond its cap */
    size_t taken;    /* bytes that `take` had */
    void (*take)(void *own, const void *bytes, size_t n); /* of the body, as it comes */
    bool closes; /* the connection must not be used again */
    struct buf body;

    uint64_t version; /* of the store, before the handler reads it */
    bool keeps; /* set by a handler: the reply says nothing but what the store has, and
                 * that to everybody, so it may be given again until the store changes */

    struct MHD_Response *response; /* the reply, once there is one */
    unsigned code;
    uint64_t length; /* bytes of its body, as far as they have been sent */

    enum status (*apply)(struct conn *c, void *own);
    enum status (*labour)(void *own); /* instead of apply: on a thread of its own */
    void (*labour_halt)(void *own);   /* NULL: it ends soon; else: nobody wants
                                       * it any more; any thread, repeatedly */
    bool patient; /* the write may wait a little for others, see struct write */
    handler *resume;
    enum status outcome; /* of the write or the labour, for resume */
    struct write write;
    double posted; /* monotonic: when the write or the labour began */

    void *own; /* of the handler, between handle and resume */
    void (*own_free)(void *own);
};

/* The value of a query argument, decoded; NULL when it is not there. The text lives as
 * long as `room`. A malformed one is answered with 400: then *ret_bad is set. */
const char *request_argument(struct request *r, const char *name, struct buf *room,
                             bool *ret_bad);

/* A query argument as a whole number in a range; *ret stays when it is not there. False:
 * it is malformed, and the request has been answered. */
bool request_number(struct request *r, const char *name, int64_t min, int64_t max,
                    int64_t *ret);

/* The read-only connection of this thread; NULL: none, and the request has been answered.
 */
struct conn *request_reader(struct request *r);

/* Whether `word` is one of the words of a list that has spaces around each. */
bool request_lists(const char *list, const char *word);

/* Names the request: what its X-Request-Id says, if that is sane, or else a new name. */
void request_take_name(struct request *r);

/* Writes its line into the log, once it is over. */
void request_log(const struct request *r, bool complete);

/* Value of a request header, or NULL. */
const char *request_header(const struct request *r, const char *name);

#endif
