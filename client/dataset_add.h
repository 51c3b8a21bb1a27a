/* Bringing a data set to the server: it fetches the files, or they are sent. */
#ifndef FRUGAL_CLIENT_DATASET_ADD_H
#define FRUGAL_CLIENT_DATASET_ADD_H

#include <jansson.h>

#include "verbs.h"

/* The server fetches it: from the URLs given, or, without any, one that it knows. */
enum ending dataset_fetch(const struct options *given, struct http *http,
                          const char *name);

/* Sends the four files, in the order of DATASET_FILES. */
enum ending dataset_upload(const struct options *given, struct http *http,
                           const char *name, const char *const files[4]);

/* "mnist: fetching, 3.1 of 11.6 MB", for a data set that is on its way. */
void dataset_add_progress(struct buf *b, const json_t *dataset);

#endif
