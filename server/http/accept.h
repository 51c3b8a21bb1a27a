/* What representations a client takes. */
#ifndef FRUGAL_HTTP_ACCEPT_H
#define FRUGAL_HTTP_ACCEPT_H

#include "http/request.h"

/* How much the client wants a media type, "text/csv", from 0 (not at all) to 1, by its
 * Accept headers (RFC 9110, 12.5.1); without any it takes everything. */
double accept_quality(const struct request *r, const char *type);

/* Whether it takes one of the types, which have a space between them. */
bool accept_any(const struct request *r, const char *types);

#endif
