/* Every limit of the HTTP floor. */
#ifndef FRUGAL_HTTP_LIMITS_H
#define FRUGAL_HTTP_LIMITS_H

#include <limits.h>

enum {
    LIMIT_THREADS = 2,
    LIMIT_CONNECTIONS = 256,
    LIMIT_CONNECTIONS_PER_ADDRESS = 64,
    LIMIT_BACKLOG = 511,
    LIMIT_CONNECTION_MEMORY = 32 * 1024, /* request line and headers included */
    LIMIT_TARGET = 8 * 1024,
    LIMIT_HEADERS = 64,
    LIMIT_ARGUMENTS = 32,
    LIMIT_JSON_BODY = 256 * 1024,
    LIMIT_ORDER_BODY = 128 * 1024, /* the numbers of all runs of a job fit */
    LIMIT_DATASET_BODY =
        INT_MAX,                 /* one file; --dataset-megabytes says less, or as much */
    LIMIT_OVERRUN = 1024 * 1024, /* of a refused body that is read before closing */
    LIMIT_REPLY = 1 << 30,
    LIMIT_PAGE = 500, /* items of a list */
    DEFAULT_PAGE = 100,
    LIMIT_KEPT = 256,            /* replies */
    LIMIT_KEPT_TEXT = 16 * 1024, /* bytes of each */
    LIMIT_POINTS = 10000,        /* to which a trace is reduced */
    LIMIT_EVENT_STREAMS = 64,
    LIMIT_EVENT_STREAMS_PER_USER = 8,
    LIMIT_WORKERS = 1024,
    LIMIT_TOKEN_DAYS = 36500,
    LIMIT_TRIES_PER_MINUTE = 10, /* wrong tokens from one address */

    SECONDS_IDLE = 30,     /* without a byte in either direction */
    SECONDS_HEADERS = 10,  /* from connecting to a whole header */
    SECONDS_BODY = 60,     /* from the header to the end of the body */
    SECONDS_OCTETS = 3600, /* the same where it is a file */
    SECONDS_HEARTBEAT = 15,
    SECONDS_DRAIN = 5, /* for replies under way when the server stops */
};

#endif
