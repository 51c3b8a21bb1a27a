/* What workers send as bytes: rows, checkpoints, weights files; and the checkpoint that
 * they go on from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/work.h"
#include "remote/wire.h"
#include "store/reserve.h"
#include "store/weights.h"
#include "work/resume.h"

/* A body on its way in. */
struct octets {
    struct store *store;
    int64_t id;
    struct lease lease;
    struct buf bytes;
    bool timed; /* of a checkpoint that is forgotten: rows go, too */
    int fd;     /* of a weights file; -1: none */
    enum status status;
};

static void free_octets(void *own)
{
    struct octets *o = own;
    buf_release(&o->bytes);
    if (o->fd >= 0)
        close(o->fd);
    free(o);
}

static void take_bytes(void *own, const void *bytes, size_t n)
{
    struct octets *o = own;
    if (!buf_add(&o->bytes, bytes, n))
        o->status = STATUS_NO_MEMORY;
}

static void take_file(void *own, const void *bytes, size_t n)
{
    struct octets *o = own;
    for (const char *at = bytes; n > 0 && o->status == STATUS_OK;) {
        ssize_t written = write(o->fd, at, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            o->status = errno == ENOSPC || errno == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
        else
            n -= (size_t)written, at += written;
    }
}

/* Before the body: it is not read where its lease is over. */
void work_receive(struct request *r)
{
    bool is_file = r->route->handle == work_weights;
    struct octets *o = calloc(1, sizeof *o);
    if (o == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    *o = (struct octets){.store = r->app->store, .id = r->id, .fd = -1};
    buf_init(&o->bytes, r->route->body_cap);
    r->own = o;
    r->own_free = free_octets;
    if (!work_lease(r, &o->lease))
        return;
    if (is_file)
        o->status = store_weights_receive(o->store, o->lease.run, o->id, &o->fd);
    if (o->status == STATUS_OK)
        r->take = is_file ? take_file : take_bytes;
    else
        work_refuse(r, o->status);
}

static void answered(struct request *r)
{
    const struct octets *o = r->own;
    if (r->outcome == STATUS_OK)
        work_reply(r, &o->lease);
    else
        work_refuse(r, r->outcome);
}

static enum status apply_rows(struct conn *c, void *own)
{
    struct octets *o = own;
    double value[TRACE_COLUMNS_MAX];
    struct lease_row row;
    const char *at = o->bytes.data;
    size_t left = o->bytes.len;
    int64_t now = clock_now_ms();
    enum status status = store_lease_get(c, o->id, &o->lease);
    while (status == STATUS_OK && left > 0)
        status = wire_read_row(&at, &left, value, &row)
                     ? store_lease_row(c, &o->lease, &row, now)
                     : STATUS_BAD_REQUEST;
    return status;
}

/* Rows that somebody waits for are written at once, others with those of other runs. */
void work_rows(struct request *r)
{
    int64_t soon = 0;
    const struct octets *o = r->own;
    if (!request_number(r, "soon", 0, 1, &soon))
        return;
    if (o->status != STATUS_OK) {
        work_refuse(r, o->status);
        return;
    }
    r->patient = soon == 0;
    r->apply = apply_rows;
    r->resume = answered;
}

static enum status apply_checkpoint(struct conn *c, void *own)
{
    struct octets *o = own;
    struct checkpoint p;
    enum status status = store_lease_get(c, o->id, &o->lease);
    if (status != STATUS_OK)
        return status;
    if (o->lease.verifies || !wire_read_checkpoint(o->bytes.data, o->bytes.len, &p) ||
        checkpoint_intact_bytes(&p) == 0)
        return STATUS_BAD_REQUEST;
    if (!store_has_room_for_state(o->store, p.size, false))
        return STATUS_NO_SPACE;
    p.run = o->lease.run;
    p.now = clock_now_ms();
    return store_checkpoint_put(c, &p);
}

void work_checkpoint_put(struct request *r)
{
    const struct octets *o = r->own;
    if (o->status != STATUS_OK) {
        work_refuse(r, o->status);
        return;
    }
    r->patient = true;
    r->apply = apply_checkpoint;
    r->resume = answered;
}

void work_checkpoint_get(struct request *r)
{
    struct lease l;
    struct checkpoint p;
    struct buf all;
    size_t length = 0;
    char head[WIRE_CHECKPOINT_HEAD];
    if (!work_lease(r, &l))
        return;
    enum status status = store_checkpoint_get(request_reader(r), l.run, &p);
    if (status != STATUS_OK) {
        reply_problem(r, status, NULL, NULL);
        return;
    }
    wire_write_checkpoint(&p, head);
    buf_init(&all, LIMIT_REPLY);
    buf_add(&all, head, sizeof head);
    buf_add(&all, p.state, p.size);
    free(p.state);
    char *text = buf_take(&all, &length);
    reply_text(r, MHD_HTTP_OK, "application/octet-stream", text, length);
}

static enum status apply_again(struct conn *c, void *own)
{
    struct octets *o = own;
    enum status status = store_lease_get(c, o->id, &o->lease);
    return status == STATUS_OK ? store_run_begin_again(c, o->lease.run, o->timed)
                               : status;
}

void work_checkpoint_delete(struct request *r)
{
    struct octets *o = calloc(1, sizeof *o);
    if (o == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    *o = (struct octets){.store = r->app->store, .id = r->id, .fd = -1};
    buf_init(&o->bytes, 1);
    r->own = o;
    r->own_free = free_octets;
    int64_t timed = 0;
    if (!request_number(r, "timed", 0, 1, &timed) || !work_lease(r, &o->lease))
        return;
    o->timed = timed != 0;
    r->apply = apply_again;
    r->resume = answered;
}

static enum status keep_file(void *own)
{
    const struct octets *o = own;
    if (o->status != STATUS_OK)
        return o->status;
    return fsync(o->fd) == 0 ? STATUS_OK : STATUS_IO;
}

void work_weights(struct request *r)
{
    r->labour = keep_file;
    r->resume = answered;
}
