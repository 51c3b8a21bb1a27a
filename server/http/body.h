/* Small JSON bodies of orders. */
#ifndef FRUGAL_HTTP_BODY_H
#define FRUGAL_HTTP_BODY_H

#include "http/request.h"

/* The body as an object with no other keys than those in `keys`, which have spaces around
 * each; an empty body is an empty object. A new reference; NULL: the request has been
 * answered. */
json_t *body_object(struct request *r, const char *keys);

/* 422 with one problem. */
void body_refuse(struct request *r, const char *pointer, const char *code,
                 const char *detail);

/* 422 or 400 with all of them. */
void reply_spec_problems(struct request *r, enum status status,
                         const struct problems *problems);

#endif
