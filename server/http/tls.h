/* The certificate that the server shows, which can be another one while it runs: what is
 * under way goes on, and new connections see the new one. */
#ifndef FRUGAL_HTTP_TLS_H
#define FRUGAL_HTTP_TLS_H

#include <microhttpd.h>
#include <stdbool.h>

#include "base/buf.h"

struct tls;

/* What libmicrohttpd has to be told; it asks for the certificate that was loaded last, of
 * the one server of this process. Ends with MHD_OPTION_END. */
extern const struct MHD_OptionItem tls_options[];

/* Reads a chain of certificates and its key, in PEM, and shows them from now on; `before`
 * is what was loaded until then, or NULL, and is part of the result. NULL: nothing has
 * changed, and `why` gets a sentence. One thread. */
struct tls *tls_load(const char *cert, const char *key, struct tls *before,
                     struct buf *why);

/* Once the server has stopped. */
void tls_free(struct tls *t);

#endif
