/* What every request must get past before its route is looked at. libmicrohttpd 0.9.75
 * lets malformed framing through that proxies read differently, so it is refused here. */
#ifndef FRUGAL_HTTP_GATE_H
#define FRUGAL_HTTP_GATE_H

#include "http/request.h"

/* Looks at the raw request target, before the headers are read: its length, and whether
 * it has only characters and forms that are served, or which it would have to escape. */
void gate_see_target(struct request *r, const char *target);

/* The method, if it is one that HTTP has; else "other". */
const char *gate_see_method(const char *method);

/* True: the request may go on. False: it has been answered, and its connection closes.
 * Wants r->method. */
bool gate_admit(struct request *r, const char *version);

/* The checks of a route that was found: no body where none belongs, no query arguments
 * that it does not have, a representation that the client takes. False as above. */
bool gate_admit_route(struct request *r);

/* The checks of a method that changes something: where it comes from. False as above. */
bool gate_admit_change(struct request *r);

/* The checks of a route that takes a body: its media type. False as above. */
bool gate_admit_body(struct request *r);

#endif
