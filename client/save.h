/* Answers that are too large to be kept in memory. */
#ifndef FRUGAL_CLIENT_SAVE_H
#define FRUGAL_CLIENT_SAVE_H

#include <stdbool.h>

#include "ending.h"
#include "http.h"

/* Prints the answer to a GET on standard output, once all of it is there: nothing is
 * printed twice when an attempt breaks off. */
enum ending save_print(struct http *http, const char *path);

/* Writes it to a file, which appears as a whole or not at all; one that is there is
 * replaced only by `force`. */
enum ending save_file(struct http *http, const char *path, const char *name, bool force);

#endif
