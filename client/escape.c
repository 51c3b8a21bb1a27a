/* In: text. Out: the same as a part of a URL. */
#include <string.h>

#include "http.h"

void http_add_escaped(struct buf *b, const char *s)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    for (; *s != '\0'; s++)
        if (strchr(plain, *s) != NULL)
            buf_addc(b, *s);
        else
            buf_addf(b, "%%%02X", (unsigned char)*s);
}
