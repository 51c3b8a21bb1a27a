/* The folders in which data sets are looked for: earlier ones win. Private to the floor.
 * Never changes once it is open; any thread. */
#ifndef FRUGAL_DATA_FOLDERS_H
#define FRUGAL_DATA_FOLDERS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"

enum { FOLDER_PATH_MAX = 4096 };

struct folders {
    char *all;   /* colons between; owned */
    char *named; /* those of them that should be there; owned */
};

/* The named ones come first; the log says which of them cannot be read. NO_MEMORY:
 * release it all the same. */
enum status folders_init(struct folders *f, const char *named, const char *others);
void folders_release(struct folders *f);

/* Calls `visit` for each data set in each folder until it returns false. NO_MEMORY. */
enum status folders_walk(const struct folders *f,
                         bool (*visit)(void *arg, const char *folder, const char *name),
                         void *arg);

/* Where a set is. NOT_FOUND, with a sentence that may name the one that was meant;
 * NO_MEMORY. */
enum status folders_search(const struct folders *f, const char *name,
                           char ret[static FOLDER_PATH_MAX], struct buf *why);

/* Appends "A, B, C". */
void folders_add(const struct folders *f, struct buf *b);

#endif
