#include "base/utf8.h"

#include <string.h>

/* Bytes of the character that begins with this byte. */
static size_t length_of(unsigned char first)
{
    if (first < 0xc0)
        return 1;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

void utf8_trim(char *s)
{
    size_t n = strlen(s), at = n;
    while (at > 0 && ((unsigned char)s[at - 1] & 0xc0) == 0x80)
        at--;
    if (at > 0 && at - 1 + length_of((unsigned char)s[at - 1]) > n)
        s[at - 1] = '\0';
}
