/* Lists of runs and jobs: ?filter=, ?sort=, ?limit= and ?cursor= in, {"items": [...],
 * "next_cursor": ...} out. */
#ifndef FRUGAL_HTTP_LISTS_H
#define FRUGAL_HTTP_LISTS_H

#include "app/listing.h"
#include "http/request.h"

/* One row as an item. NOT_FOUND: it has gone. */
typedef enum status list_view(struct request *r, struct conn *c, int64_t id,
                              json_t **ret);

/* Answers the request. Filter, sort, cursor and limit are read here. */
void list_reply(struct request *r, struct listing_question *asked, list_view *view);

/* Reads filter and sort, opens the listing; NULL: the request has been answered. */
struct listing *list_open(struct request *r, struct listing_question *asked);

#endif
