/* Pages of lists that are in one order, by number: ?limit= and ?cursor= in, {"items":
 * [...], "next_cursor": ...} out. */
#ifndef FRUGAL_HTTP_PAGE_H
#define FRUGAL_HTTP_PAGE_H

#include "http/request.h"

struct page {
    json_t *items;
    int64_t limit;
    int64_t last;  /* id of the newest item */
    bool has_next; /* a row beyond the limit was seen */
};

/* Reads limit and cursor; *cursor keeps its value where there is none. False: the request
 * has been answered. */
bool page_begin(struct request *r, struct page *p, int64_t *cursor);

bool page_is_full(const struct page *p);

/* Takes an item, or NULL for the row that shows that there is a next page. Returns
 * whether more rows are wanted. */
bool page_add(struct page *p, int64_t id, json_t *item);

/* {"items": ..., "next_cursor": ...}; takes the items. */
json_t *page_json(struct page *p);

#endif
