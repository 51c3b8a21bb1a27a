/* Strong validators: the hash of a representation's bytes, in quotes. */
#ifndef FRUGAL_HTTP_ETAG_H
#define FRUGAL_HTTP_ETAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

#define ETAG_TEXT (HASH_VERSION + 2)

void etag_of(const void *bytes, size_t n, char ret[static ETAG_TEXT]);

/* Whether the value of an If-None-Match header names the version, or is *; a weak
 * validator of it counts too (RFC 9110, 13.1.2). NULL: there is no such header. */
bool etag_is_listed(const char *list, const char *etag);

/* The same for If-Match, where a weak one does not count (13.1.1). */
bool etag_is_listed_strongly(const char *list, const char *etag);

#endif
