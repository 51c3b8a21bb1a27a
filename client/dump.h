/* JSON as text. Unlike jansson's own writer, numbers are as short as they can be and
 * still read back the same, and characters that a terminal could obey are written as \u
 * escapes, so that the text is safe anywhere and loses nothing. */
#ifndef FRUGAL_CLIENT_DUMP_H
#define FRUGAL_CLIENT_DUMP_H

#include <jansson.h>

#include "base/buf.h"
#include "ending.h"

/* Appends the value on one line. */
void dump_line(struct buf *b, const json_t *value);

/* Appends the value indented; lists of plain values stay on one line. */
void dump_page(struct buf *b, const json_t *value);

/* Writes the value, indented, and a line break to standard output. */
enum ending dump_print(const json_t *value);

#endif
