/* Text that was cut to a number of bytes. Any thread. */
#ifndef FRUGAL_BASE_UTF8_H
#define FRUGAL_BASE_UTF8_H

/* Takes off the beginning of a character that was cut in two at the end of a string. */
void utf8_trim(char *s);

#endif
