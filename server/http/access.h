/* Who makes a request, and whether he may. */
#ifndef FRUGAL_HTTP_ACCESS_H
#define FRUGAL_HTTP_ACCESS_H

#include "http/request.h"

/* Sets r->who, and holds it against the role of the route, and the owner of what it is
 * about. False: the request has been answered, and its connection closes. */
bool access_admit(struct request *r);

/* One more job, or extension of one, by this user; false: that was too many within a
 * minute, and the request has been answered. */
bool access_submits(struct request *r);

#endif
