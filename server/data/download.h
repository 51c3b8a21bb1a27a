/* One file over HTTP, from wherever somebody has said that it is. Whoever answers is not
 * trusted, and neither is who said so. Private to the floor. */
#ifndef FRUGAL_DATA_DOWNLOAD_H
#define FRUGAL_DATA_DOWNLOAD_H

#include <stdatomic.h>

#include "base/status.h"
#include "data/guard.h"

/* To be called once, before other threads use this. False: the library is unusable. */
bool download_start(void);

/* NULL: it can be fetched; else a sentence. Any thread. */
const char *download_refuses(const char *url);

struct download {
    const char *url;
    const struct guard *guard;
    uint64_t most;     /* bytes */
    atomic_bool *stop; /* ends it */
    /* Takes a piece; anything but STATUS_OK ends it. `of`: bytes to come in total, or 0.
     */
    enum status (*take)(void *arg, const void *bytes, size_t n, uint64_t of);
    void *arg;
};

/* What can be said of an end. */
enum download_end {
    DOWNLOAD_DONE,
    DOWNLOAD_BLOCKED_ADDRESS,
    DOWNLOAD_TIMEOUT,
    DOWNLOAD_TOO_LARGE,
    DOWNLOAD_HTTP_STATUS,
    DOWNLOAD_TLS,
    DOWNLOAD_TOO_MANY_REDIRECTS,
    DOWNLOAD_UNREACHABLE,
    DOWNLOAD_BROKEN, /* the answer ended early, or made no sense */
    DOWNLOAD_STOPPED,
    DOWNLOAD_NOT_TAKEN, /* `take` has refused */
};

/* "blocked_address" ... */
const char *download_end_name(enum download_end e);

/* Blocks. Any thread, each its own. */
enum download_end download(const struct download *d);

#endif
