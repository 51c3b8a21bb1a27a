/* What the routes of workers share. */
#ifndef FRUGAL_HTTP_WORK_H
#define FRUGAL_HTTP_WORK_H

#include "http/request.h"
#include "store/leases.h"
#include "work/crew.h"
#include "work/execute.h"

/* The lease of the request's {id}, whose worker has been heard of by that. False: it is
 * over, and the request has been answered. */
bool work_lease(struct request *r, struct lease *ret);

/* What every reply to a worker at work tells him: whether the run is still wanted, and
 * when to say something at the latest. */
void work_reply(struct request *r, const struct lease *l);

/* Why the writer has refused something of a lease. */
void work_refuse(struct request *r, enum status status);

#endif
