#include "http/lists.h"

#include <stdlib.h>
#include <string.h>

#include "http/limits.h"
#include "http/reply.h"

static void reply_filter_error(struct request *r, const struct filter_error *e)
{
    struct problems problems;
    problems_init(&problems);
    problems_add(&problems, "", e->code, e->suggestion[0] != '\0' ? e->suggestion : NULL,
                 "%s", e->detail);
    problems.item[0].parameter = e->parameter;
    problems.item[0].column = e->column;
    reply_problem(r, STATUS_BAD_REQUEST, "the query arguments have an error", &problems);
    problems_release(&problems);
}

struct listing *list_open(struct request *r, struct listing_question *asked)
{
    struct listing *l = NULL;
    struct filter_error error;
    struct buf filter, sort, cursor;
    bool bad = false;
    buf_init(&filter, LIMIT_TARGET);
    buf_init(&sort, LIMIT_TARGET);
    buf_init(&cursor, LIMIT_TARGET);
    asked->filter = request_argument(r, "filter", &filter, &bad);
    asked->sort = bad ? NULL : request_argument(r, "sort", &sort, &bad);
    asked->cursor = bad ? NULL : request_argument(r, "cursor", &cursor, &bad);
    if (!bad) {
        enum status status = listing_open(asked, &l, &error);
        if (status == STATUS_BAD_REQUEST)
            reply_filter_error(r, &error);
        else if (status != STATUS_OK)
            reply_problem(r, status, NULL, NULL);
    }
    buf_release(&filter);
    buf_release(&sort);
    buf_release(&cursor);
    return l;
}

static enum status read_items(struct request *r, struct conn *c, const struct listing *l,
                              list_view *view, struct query_found *found, json_t *items)
{
    enum status status = store_read_begin(c);
    if (status != STATUS_OK)
        return status;
    status = store_query(c, listing_query(l), found);
    for (size_t i = 0; i < found->count && status == STATUS_OK; i++) {
        json_t *item = NULL;
        status = view(r, c, found->id[i], &item);
        if (status == STATUS_OK)
            json_array_append_new(items, item);
        else if (status == STATUS_NOT_FOUND)
            status = STATUS_OK;
    }
    store_read_end(c);
    return status;
}

static void answer_page(struct request *r, const struct listing *l, list_view *view)
{
    struct query_found *found = calloc(1, sizeof *found);
    struct conn *c = request_reader(r);
    json_t *items = json_array();
    char *cursor = NULL;
    enum status status = STATUS_NO_MEMORY;
    if (c != NULL && found != NULL)
        status = read_items(r, c, l, view, found, items);
    if (status == STATUS_OK && found->more) {
        cursor = listing_cursor(l, found);
        status = cursor != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK)
        reply_json(
            r, MHD_HTTP_OK,
            json_pack("{s:O, s:o}", "items", items, "next_cursor", json_text(cursor)));
    else
        reply_problem(r, status, NULL, NULL);
    json_decref(items);
    free(cursor);
    if (found != NULL)
        query_found_release(found);
    free(found);
}

void list_reply(struct request *r, struct listing_question *asked, list_view *view)
{
    int64_t limit = DEFAULT_PAGE;
    if (!request_number(r, "limit", 1, LIMIT_PAGE, &limit))
        return;
    asked->limit = (size_t)limit;
    struct listing *l = list_open(r, asked);
    if (l == NULL)
        return;
    answer_page(r, l, view);
    listing_close(l);
}
