/* Where something stands in the text of a JSON document. */
#ifndef FRUGAL_CLIENT_LOCATE_H
#define FRUGAL_CLIENT_LOCATE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"

struct location {
    size_t start; /* the byte at which it begins: of a member, its key */
    size_t value; /* the byte at which its value begins */
};

/* What a JSON pointer names in a text that is valid JSON; false: it is not there, and
 * *ret is the innermost that is. */
bool locate(const struct buf *text, const char *pointer, struct location *ret);

/* The value that begins there; the caller owns it. */
json_t *locate_value(const struct buf *text, size_t start);

/* What the pointer names in a value, borrowed; NULL: nothing. */
json_t *locate_in(json_t *value, const char *pointer);

/* Line and column of a byte, both from 1 on; columns count characters. */
void locate_line(const struct buf *text, size_t at, int *ret_line, int *ret_column);

#endif
