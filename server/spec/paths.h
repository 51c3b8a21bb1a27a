/* The spec of a run as a list of values, each under a path: network.hidden.0. A list has
 * one value for each layer; what a run does not use, or is not set, is missing. */
#ifndef FRUGAL_SPEC_PATHS_H
#define FRUGAL_SPEC_PATHS_H

#include "base/value.h"
#include "spec/spec.h"

enum { SPEC_PATH_MAX = 64 /* bytes, the NUL included */ };

enum spec_path_type {
    PATH_NUMBER,
    PATH_TEXT,
    PATH_EITHER, /* a number or a text */
};

struct spec_path {
    char text[SPEC_PATH_MAX];
    enum spec_path_type type;
    const char *const *choices; /* of a text, NULL-terminated; NULL: any */
    struct value standard;      /* where spec_values tells of none */
};

/* Finds what `text` stands for. NOT_FOUND: nothing; *ret_near is what was probably meant,
 * or NULL, and lives as long as `room`. BAD_REQUEST: a list, of which an entry must be
 * named, and *ret_near is its first. NO_MEMORY. */
enum status spec_path_find(const char *text, struct spec_path *ret,
                           char room[static SPEC_PATH_MAX], const char **ret_near);

/* Called for a value; false ends the visit. */
typedef bool spec_value_visit(void *arg, const char *path, const struct value *value);

/* The values of a finished spec that are not those of `base`; NULL: that are no defaults,
 * and all those of lists. What `base` has and the spec has not is told as missing.
 * NO_MEMORY. */
enum status spec_values(const struct spec *s, const struct spec *base,
                        spec_value_visit *visit, void *arg);

#endif
