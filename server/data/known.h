/* Data sets that can be fetched by their name alone: where they are, and what they are.
 */
#ifndef FRUGAL_DATA_KNOWN_H
#define FRUGAL_DATA_KNOWN_H

#include <stddef.h>

#include "data/catalogue.h"

enum { KNOWN_MIRRORS_MAX = 3 };

/* All strings are static. A file is at mirror[i] with its own name behind. */
struct known {
    const char *name;
    const char
        *mirror[KNOWN_MIRRORS_MAX]; /* in the order in which they are tried; NULL ends */
    const char *file[DATASET_FILES];
    const char
        *sha256[DATASET_FILES]; /* of the file as it is there, or of what is in it */
};

/* Ordered by name. */
extern const struct known known_sets[];
extern const size_t known_sets_count;

/* NULL: it is not known. */
const struct known *known_find(const char *name);

#endif
