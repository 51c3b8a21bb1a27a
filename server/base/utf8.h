/* Text from elsewhere, perhaps cut to a number of bytes. Any thread. */
#ifndef FRUGAL_BASE_UTF8_H
#define FRUGAL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Takes off the beginning of a character that was cut in two at the end of a string. */
void utf8_trim(char *s);

/* Whether n bytes are whole characters, in their shortest form, and none of them is NUL.
 */
bool utf8_is_valid(const char *s, size_t n);

/* Bytes of the character at the beginning of a string; 0: there is none that is whole and
 * in its shortest form. */
size_t utf8_length(const char *s);

#endif
