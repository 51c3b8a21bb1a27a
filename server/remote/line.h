/* A line to a server: one request after the other, repeated while the server cannot be
 * reached or is busy. All that workers send may be sent twice. A line belongs to one
 * thread at a time; line_give_up is for any. */
#ifndef FRUGAL_REMOTE_LINE_H
#define FRUGAL_REMOTE_LINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/status.h"

struct line_options {
    const char *server; /* "https://frugal.example:8750" */
    const char *token;  /* "": none */
    const char
        *cacert; /* the only certificates to be believed, in a file; "": the system's */
};

struct line;

/* NULL without memory. The texts are copied. */
struct line *line_open(const struct line_options *o);
void line_close(struct line *l); /* NULL: nothing */

struct line_call {
    const char *method, *path; /* "/v1/work/claims" */
    const char *type;          /* of the body */
    const void *body;          /* [length]; NULL: none */
    size_t length;
    FILE *from;  /* what is sent instead, from its beginning to its end; or NULL */
    FILE *into;  /* takes the body of an answer 200 instead of `ret`; or NULL */
    size_t most; /* bytes of an answer */
    /* Until when to repeat, monotonic; may move meanwhile. NULL: once. */
    const _Atomic double *until;
};

/* The status of the answer, of which *ret gets the body if it is OK, or else the sentence
 * that says why; ret was initialised by the caller. UNAVAILABLE: there was no answer in
 * time. *ret_sent, if it is not NULL: when the attempt that was answered began,
 * monotonic. */
enum status line_send(struct line *l, const struct line_call *call, struct buf *ret,
                      double *ret_sent);

/* Whether the last call was sent more than once: an earlier one may have come through. */
bool line_repeated(const struct line *l);

#endif
