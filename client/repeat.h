/* Whether a request is worth sending again, and whether that is safe. */
#ifndef FRUGAL_CLIENT_REPEAT_H
#define FRUGAL_CLIENT_REPEAT_H

#include <curl/curl.h>
#include <stdbool.h>

#include "http.h"

/* The request may have been obeyed although no answer came. */
bool repeat_is_lost(CURLcode code, long status);

/* It changes nothing to send it again after it may have been obeyed. */
bool repeat_is_safe(const struct http_request *r);

/* The failure may be over in a moment, for the server is starting or was ended, and the
 * request may be sent again. */
bool repeat_may_help(const struct http_request *r, CURLcode code, long status);

#endif
