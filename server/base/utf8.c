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

bool utf8_is_valid(const char *s, size_t n)
{
    static const unsigned least[] = {0, 1, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < n;) {
        unsigned char first = (unsigned char)s[i];
        size_t length = length_of(first);
        unsigned c = first & (length == 1 ? 0x7fU : 0xffU >> (length + 1));
        if ((first >= 0x80 && length == 1) || first > 0xf4 || length > n - i)
            return false;
        for (size_t k = 1; k < length; k++) {
            if (((unsigned char)s[i + k] & 0xc0) != 0x80)
                return false;
            c = c << 6 | ((unsigned char)s[i + k] & 0x3f);
        }
        if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
            return false;
        i += length;
    }
    return true;
}

size_t utf8_length(const char *s)
{
    size_t n =
        length_of((unsigned char)*s); /* no longer than the string if it is valid */
    return *s != '\0' && utf8_is_valid(s, n) ? n : 0;
}
