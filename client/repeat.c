/* In: a request, and how it failed. Out: yes or no. */
#include "repeat.h"

#include <string.h>

bool repeat_is_safe(const struct http_request *r)
{
    bool sends = r->body != NULL || r->method != NULL;
    return r->key != NULL || !sends ||
           (r->method != NULL && strcmp(r->method, "PATCH") == 0);
}

bool repeat_is_lost(CURLcode code, long status)
{
    switch (code) {
    case CURLE_OK: /* what is in front of the server got no answer */
        return status == 502 || status == 504;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
        return true;
    default:
        return false;
    }
}

bool repeat_may_help(const struct http_request *r, CURLcode code, long status)
{
    bool refused = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
                   (code == CURLE_OK && status == 503);
    return refused || (repeat_is_lost(code, status) && repeat_is_safe(r));
}
