/* A job spec from a file, and where in the file its parts stand. */
#ifndef FRUGAL_CLIENT_SPEC_FILE_H
#define FRUGAL_CLIENT_SPEC_FILE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "ending.h"

struct spec_file {
    const char *name; /* as it is shown; NULL: the spec comes from no file */
    struct buf text;
};

/* Reads the file, or standard input for "-". Errors of syntax are told with their place;
 * what the members mean is for the server to judge. The caller owns *ret, an object, and
 * releases *ret_file in any case. */
enum ending spec_file_read(const char *name, struct spec_file *ret_file, json_t **ret);
void spec_file_release(struct spec_file *f);

/* Appends "spec.json:4:13" for what a JSON pointer names in the spec that was sent, or
 * for the innermost of what it is in. Nothing where the command line has changed it. */
void spec_file_place(const struct spec_file *f, json_t *sent, const char *pointer,
                     struct buf *place);

#endif
