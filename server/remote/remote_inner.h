/* What the files of the desk of a server share. Private to the floor. */
#ifndef FRUGAL_REMOTE_INNER_H
#define FRUGAL_REMOTE_INNER_H

#include <pthread.h>

#include <jansson.h>

#include "remote/desk.h"

struct remote_desk {
    struct desk desk; /* first */
    struct worker_name who;
    char *cpu, *version, *core;
    struct line *line; /* of the thread that computes */
    struct buf answer; /* of its last call; a sentence where that failed */
    double again, checkpoint_seconds;
    bool continues; /* there is a checkpoint of the run */
    struct cache *cache;

    _Atomic int64_t lease;     /* 0: none */
    double lease_seconds;      /* of silence that it survives */
    _Atomic double until;      /* monotonic: when it may be over */
    _Atomic double stop_until; /* monotonic: when to give up, however long the lease */

    struct line *courier_line;
    pthread_t courier;
    bool has_courier;
    double heartbeat; /* seconds; the courier's */

    pthread_mutex_t lock;
    pthread_cond_t news; /* there is something to bring, or all has been brought */
    /* protected by lock: */
    struct buf rows;   /* to be brought, as wire_add_row has them */
    double rows_since; /* monotonic: the first of them came */
    char *state;       /* the newest checkpoint, behind the rows; NULL: none */
    size_t state_size;
    bool urgent, busy, closing;
    struct execution *execution; /* that is being computed */
};

/* A call under the lease; the answer is in d->answer. */
enum status remote_ask(struct remote_desk *d, const char *method, const char *what,
                       const json_t *body);

/* "/v1/work/leases/7" and what follows it. */
void remote_path(const struct remote_desk *d, const char *what, char *ret, size_t room);

/* What an answer means to the run: where the server cannot be reached any more, or serves
 * this worker no more, the lease is over. */
enum status remote_judge(enum status status);

/* courier.c: the thread; arg: struct remote_desk. */
void *courier_main(void *desk);

/* An answer to something that began at `sent`: the lease is as good as new from then on.
 */
void courier_renew(struct remote_desk *d, double sent);

/* All that was handed over has been brought, or refused: what came of it. */
enum status courier_flush(struct remote_desk *d);

#endif
