/* Programs that are run for their output, without a shell. */
#ifndef FRUGAL_REMOTE_SPAWN_H
#define FRUGAL_REMOTE_SPAWN_H

#include "base/buf.h"
#include "base/status.h"

/* Runs argv[0], found in PATH, with `input` on its standard input, and waits for its end,
 * at most so many seconds: then it is killed. What it writes goes to *out and *err as far
 * as they have room. OK: it has ended with status 0; IO: with another one, or it could
 * not be run, and *err has a sentence or what it said. Any thread. */
enum status spawn_run(const char *const argv[], const char *input, double seconds,
                      struct buf *out, struct buf *err);

#endif
