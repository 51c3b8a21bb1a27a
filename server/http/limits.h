/* Every limit of the HTTP floor, but those that are settings: struct http_limits. */
#ifndef FRUGAL_HTTP_LIMITS_H
#define FRUGAL_HTTP_LIMITS_H

#include <limits.h>

enum {
    LIMIT_THREADS = 2,
    LIMIT_BACKLOG = 511,
    LIMIT_CONNECTION_MEMORY = 32 * 1024, /* request line and headers included */
    LIMIT_TARGET = 8 * 1024,
    LIMIT_HEADERS = 64,
    LIMIT_ARGUMENTS = 32,
    LIMIT_JSON_BODY = 256 * 1024,  /* in the table of routes; --body-kilobytes counts */
    LIMIT_ORDER_BODY = 128 * 1024, /* the numbers of all runs of a job fit */
    LIMIT_DATASET_BODY =
        INT_MAX, /* one file; --dataset-megabytes says less, or as much */
    LIMIT_ROWS_BODY = 1024 * 1024,
    LIMIT_CHECKPOINT_BODY = 257 << 20, /* a state and what precedes it */
    LIMIT_OVERRUN = 1024 * 1024,       /* of a refused body that is read before closing */
    LIMIT_REPLY = 1 << 30,
    LIMIT_PAGE = 500, /* items of a list */
    DEFAULT_PAGE = 100,
    LIMIT_KEPT = 256,            /* replies */
    LIMIT_KEPT_TEXT = 16 * 1024, /* bytes of each */
    LIMIT_POINTS = 10000,        /* to which a trace is reduced */
    LIMIT_WORKERS = 1024,
    LIMIT_TOKEN_DAYS = 36500,
    LIMIT_TRIES_PER_MINUTE = 10, /* wrong tokens from one address */

    RATE_SECONDS = 10, /* in which a body grows by at least so much: */
    RATE_BYTES = RATE_SECONDS * 1024,
    SECONDS_ASLEEP = 3, /* of the housekeeper itself, from which on it blames no client */
    SECONDS_HEARTBEAT = 15,
    SECONDS_DRAIN = 5, /* for replies under way when the server stops */
};

#endif
