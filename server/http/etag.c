#include "http/etag.h"

#include <string.h>

void etag_of(const void *bytes, size_t n, char ret[static ETAG_TEXT])
{
    char digest[HASH_VERSION];
    hash_version(bytes, n, digest);
    ret[0] = '"';
    memcpy(ret + 1, digest, sizeof digest - 1);
    memcpy(ret + sizeof digest, "\"", 2);
}

static bool is_listed(const char *list, const char *etag, bool strongly)
{
    size_t wanted = strlen(etag);
    if (list == NULL)
        return false;
    list += strspn(list, " \t");
    if (*list == '*')
        return list[1 + strspn(list + 1, " \t")] == '\0';
    for (const char *c = list; *c != '\0'; c += strspn(c, " \t,")) {
        bool weak = c[0] == 'W' && c[1] == '/';
        c += weak ? 2 : 0;
        if (*c != '"')
            return false; /* malformed */
        size_t n = 1 + strcspn(c + 1, "\"");
        n += c[n] == '"';
        if (n == wanted && memcmp(c, etag, n) == 0 && !(weak && strongly))
            return true;
        c += n;
    }
    return false;
}

bool etag_is_listed(const char *list, const char *etag)
{
    return is_listed(list, etag, false);
}

bool etag_is_listed_strongly(const char *list, const char *etag)
{
    return is_listed(list, etag, true);
}
