/* POST /v1/backups: a copy of the database, made while everything goes on. */
#include <stdlib.h>

#include "http/body.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/backup.h"

struct backup {
    struct store *store;
    struct halt halt;
    struct buf path, why;
    int64_t bytes;
};

static void free_backup(void *own)
{
    struct backup *b = own;
    halt_release(&b->halt);
    buf_release(&b->path);
    buf_release(&b->why);
    free(b);
}

static enum status back_up(void *own)
{
    struct backup *b = own;
    return store_backup(b->store, &b->halt, &b->path, &b->bytes, &b->why);
}

static void give_up(void *own)
{
    struct backup *b = own;
    halt_ask(&b->halt);
}

static void backed_up(struct request *r)
{
    const struct backup *b = r->own;
    if (r->outcome == STATUS_STOPPED)
        reply_unavailable(r);
    else if (r->outcome != STATUS_OK)
        reply_problem(r, r->outcome, b->why.len > 0 ? b->why.data : NULL, NULL);
    else
        reply_json(
            r, MHD_HTTP_CREATED,
            json_pack("{s:s, s:I}", "path", b->path.data, "bytes", (json_int_t)b->bytes));
}

void backups_make(struct request *r)
{
    json_t *body = body_object(r, "");
    if (body == NULL)
        return;
    json_decref(body);
    struct backup *b = calloc(1, sizeof *b);
    if (b == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    b->store = r->app->store;
    halt_init(&b->halt);
    buf_init(&b->path, LIMIT_TARGET);
    buf_init(&b->why, LIMIT_TARGET);
    r->own = b;
    r->own_free = free_backup;
    r->labour = back_up;
    r->labour_halt = give_up;
    r->resume = backed_up;
}
