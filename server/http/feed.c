#include "http/feed.h"

#include <string.h>

#include "http/accept.h"
#include "http/reply.h"

enum { PIECE_MAX = 4 * 1024 * 1024 };

static ssize_t read_feed(void *arg, uint64_t position, char *out, size_t room)
{
    struct feed *f = arg;
    (void)position;
    if (f->sent == f->text.len) {
        if (f->state == FEED_END)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (f->state == FEED_BROKEN)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        buf_clear(&f->text);
        f->sent = 0;
        f->state = f->fill(f);
        if (f->text.failed)
            f->state = FEED_BROKEN;
        if (f->text.len == 0) /* 0: asked again, when others had their turn */
            return f->state == FEED_MORE  ? 0
                   : f->state == FEED_END ? MHD_CONTENT_READER_END_OF_STREAM
                                          : MHD_CONTENT_READER_END_WITH_ERROR;
    }
    size_t n = f->text.len - f->sent;
    n = n < room ? n : room;
    memcpy(out, f->text.data + f->sent, n);
    f->sent += n;
    return (ssize_t)n;
}

static void release_feed(void *arg)
{
    struct feed *f = arg;
    buf_release(&f->text);
    f->release(f);
}

void reply_feed(struct request *r, const char *type, struct feed *f)
{
    if (r->is_head) {
        f->release(f);
        reply_head(r, type);
        return;
    }
    buf_init(&f->text, PIECE_MAX);
    f->app = r->app;
    f->state = f->fill(f);
    if (f->text.failed)
        f->state = FEED_BROKEN;
    if (f->state == FEED_BROKEN) {
        reply_problem(r, f->why != STATUS_OK ? f->why : STATUS_NO_MEMORY, NULL, NULL);
        release_feed(f);
        return;
    }
    reply_stream(r, type, read_feed, f, release_feed);
}

#define UTF8 "; charset=utf-8"

static const struct {
    const char *name, *accepts, *type;
} formats[FORMATS] = {
    {"json", "application/json", "application/json" UTF8},
    {"csv", "text/csv", "text/csv" UTF8},
    {"ndjson", "application/x-ndjson", "application/x-ndjson" UTF8},
};

const char *format_type(enum format f)
{
    return formats[f].type;
}

/* What the client wants most; the usual where it does not mind. */
static enum format accepted(const struct request *r, unsigned offered, enum format usual)
{
    enum format best = usual;
    for (int f = 0; f < FORMATS; f++)
        if ((offered & 1U << f) && accept_quality(r, formats[f].accepts) >
                                       accept_quality(r, formats[best].accepts))
            best = (enum format)f;
    return best;
}

static bool refuse_format(struct request *r, unsigned offered)
{
    struct buf detail;
    buf_init(&detail, 200);
    buf_adds(&detail, "format must be");
    for (int f = 0, n = 0; f < FORMATS; f++)
        if (offered & 1U << f)
            buf_addf(&detail, "%s %s", n++ > 0 ? " or" : "", formats[f].name);
    reply_problem(r, STATUS_BAD_REQUEST, detail.data, NULL);
    buf_release(&detail);
    return false;
}

bool request_format(struct request *r, unsigned offered, enum format usual,
                    enum format *ret)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 32);
    const char *name = request_argument(r, "format", &room, &bad);
    int f = FORMATS;
    if (name == NULL)
        f = (int)accepted(r, offered, usual);
    for (int i = 0; i < FORMATS && name != NULL; i++)
        if (offered & 1U << i && strcmp(formats[i].name, name) == 0)
            f = i;
    buf_release(&room);
    if (bad)
        return false;
    if (f == FORMATS)
        return refuse_format(r, offered);
    *ret = (enum format)f;
    return true;
}
