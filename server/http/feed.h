/* A long body in bounded memory: it is made piece by piece, as fast as the client takes
 * it. Between two pieces other connections have their turn. */
#ifndef FRUGAL_HTTP_FEED_H
#define FRUGAL_HTTP_FEED_H

#include "http/request.h"

enum feed_state {
    FEED_MORE,  /* a piece, perhaps an empty one, and others follow */
    FEED_END,   /* the last piece */
    FEED_BROKEN /* the rest cannot be had: the client sees that the body is cut off */
};

enum { FEED_PIECE = 32 * 1024 /* bytes after which a piece is long enough */ };

struct feed {
    enum feed_state (*fill)(struct feed *f); /* appends a piece to `text` */
    void (*release)(struct feed *f); /* frees the feed and all that it is part of */
    struct buf text;
    size_t sent; /* of text */
    enum feed_state state;
    enum status why; /* it is broken; for fill to say */
    const struct app *app;
};

/* Takes the feed, whose fill and release are set. What breaks at once is answered as a
 * problem. */
void reply_feed(struct request *r, const char *type, struct feed *f);

/* CSV, NDJSON or columns of JSON, by ?format= or Accept. */
enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMATS };

/* `offered` has a bit for each of them, `usual` is what is sent to those who do not mind.
 * False: something else is wanted, and the request has been answered. */
bool request_format(struct request *r, unsigned offered, enum format usual,
                    enum format *ret);

const char *format_type(enum format f);

#endif
