/* The running server: everything opened from the ground floor up, a wait for a signal,
 * and everything closed in the opposite order. */
#ifndef FRUGAL_HOUSE_H
#define FRUGAL_HOUSE_H

#include <signal.h>

#include "app/app.h"
#include "http/http.h"
#include "options.h"

struct house {
    int argc; /* the command line, to read the settings again */
    char *const *argv;
    struct options options;
    sigset_t
        signals; /* blocked in every thread; SIGTERM and SIGINT end it, SIGHUP rereads */
    struct app app;
    struct http *http;
};

/* Serves until a signal says that it is enough. Returns the exit status; if it is not 0,
 * `why` has a sentence, or there was no memory. */
int house_run(struct house *house, struct buf *why);

/* The exit status that tells of what the store says. */
int house_exit_code(enum status status);

#endif
