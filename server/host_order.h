/* An order about tokens as text that one process can give to another: fields, each with a
 * newline behind it. */
#ifndef FRUGAL_HOST_ORDER_H
#define FRUGAL_HOST_ORDER_H

#include "app/accounts.h"
#include "base/buf.h"
#include "options.h"

enum { HOST_ORDER_MAX = 4096, HOST_ANSWER_MAX = 1 << 20 };

/* Writes what o->words ask for; `secret` gets the token that is to be made, or "". False:
 * they make no sense, and `why` gets a sentence. */
bool host_order_write(const struct options *o, struct buf *order,
                      char secret[static TOKEN_TEXT], struct buf *why);

/* Does it, and writes what there is to say about it. Returns an exit status. */
int host_order_do(struct store *s, char *order, struct buf *answer);

#endif
