/* Text from elsewhere, perhaps cut to a number of bytes. Any thread. */
#ifndef FRUGAL_BASE_UTF8_H
#define FRUGAL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Takes off the beginning of a character that was cut in two at the end of a string. */
void utf8_trim(char *s);

/* Whether n bytes are whole characters, in their shortest form, and none of them is NUL. */
bool utf8_is_valid(const char *s, size_t n);

#endif
