/* Replies that are kept: what says one thing of the store says it until the store
 * changes. */
#ifndef FRUGAL_HTTP_KEPT_H
#define FRUGAL_HTTP_KEPT_H

#include "http/request.h"

struct kept;

/* NULL without memory. All functions: any thread. */
struct kept *kept_open(void);
void kept_close(struct kept *k);

/* Answers a GET that has no query arguments from what is kept; false: it has to be made.
 */
bool kept_reply(struct request *r);

/* Copies the 200 of such a GET, which follows from nothing but the store as it was at
 * r->version, and is the same for everybody. */
void kept_put(struct request *r, const char *text, size_t length, const char *etag);

#endif
