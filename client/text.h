/* Text from elsewhere, made safe for a terminal: valid UTF-8 stays, while control
 * characters (C0, DEL, C1), line separators and everything that turns the writing
 * direction are taken out, and bytes that are no UTF-8 become U+FFFD. Widths are counted
 * in columns without asking the locale. */
#ifndef FRUGAL_CLIENT_TEXT_H
#define FRUGAL_CLIENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The code point at *s, which moves behind it; U+FFFD, and one byte, for what is no
 * UTF-8. Not to be called at the NUL. */
uint32_t text_next(const char **s);

/* True for what a terminal might obey instead of showing it. */
bool text_is_unsafe(uint32_t c);

/* Appends s as a part of one line: line breaks and tabs become spaces. */
void text_add_line(struct buf *b, const char *s);

/* Appends n bytes as lines: line breaks and tabs stay. */
void text_add_page(struct buf *b, const char *bytes, size_t n);

/* Columns that s takes on a terminal. */
size_t text_width(const char *s);

/* Appends s, which is safe; if it is wider than `width`, its end becomes an ellipsis. */
void text_add_clipped(struct buf *b, const char *s, size_t width);

#endif
