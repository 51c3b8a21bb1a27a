#include "http/page.h"

#include <stdio.h>

#include "http/limits.h"

bool page_begin(struct request *r, struct page *p, int64_t *cursor)
{
    *p = (struct page){.limit = DEFAULT_PAGE};
    if (!request_number(r, "limit", 1, LIMIT_PAGE, &p->limit) ||
        !request_number(r, "cursor", 1, INT64_MAX, cursor))
        return false;
    p->items = json_array();
    return true;
}

bool page_is_full(const struct page *p)
{
    return (int64_t)json_array_size(p->items) == p->limit;
}

bool page_add(struct page *p, int64_t id, json_t *item)
{
    if (item == NULL) {
        p->has_next = true;
        return false;
    }
    json_array_append_new(p->items, item);
    p->last = id;
    return true;
}

json_t *page_json(struct page *p)
{
    char cursor[24];
    snprintf(cursor, sizeof cursor, "%lld", (long long)p->last);
    return json_pack("{s:o, s:o}", "items", p->items, "next_cursor",
                     p->has_next ? json_string(cursor) : json_null());
}
