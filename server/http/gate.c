#include "http/gate.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "http/accept.h"
#include "http/http_internal.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"

static bool is_sound(const char *target)
{
    return target[0] == '/' && strstr(target, "/..") == NULL &&
           strstr(target, "%00") == NULL;
}

/* The first byte that would have to be escaped; 0: none. */
static unsigned char find_bare(const char *target)
{
    static const char others[] = "-._~!$&'()*+,;=:@/?"; /* RFC 3986, as far as needed */
    for (const char *c = target; *c != '\0'; c++) {
        bool escapes =
            *c == '%' && isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2]);
        if (!escapes && !isalnum((unsigned char)*c) && strchr(others, *c) == NULL)
            return (unsigned char)*c;
    }
    return 0;
}

void gate_see_target(struct request *r, const char *target)
{
    r->target_is_long = strlen(target) > LIMIT_TARGET;
    r->target_is_sound = !r->target_is_long && is_sound(target);
    r->target_bare = r->target_is_long ? 0 : find_bare(target);
}

/* What is counted over the headers of a request. */
struct headers {
    unsigned all, hosts, lengths, codings, authorizations;
    const char *host, *length, *coding, *expect;
};

static enum MHD_Result count_header(void *arg, enum MHD_ValueKind kind, const char *key,
                                    const char *value)
{
    struct headers *h = arg;
    (void)kind;
    h->all++;
    if (strcasecmp(key, "Host") == 0) {
        h->hosts++;
        h->host = value;
    } else if (strcasecmp(key, "Content-Length") == 0) {
        h->lengths++;
        h->length = value;
    } else if (strcasecmp(key, "Transfer-Encoding") == 0) {
        h->codings++;
        h->coding = value;
    } else if (strcasecmp(key, "Authorization") == 0) {
        h->authorizations++;
    } else if (strcasecmp(key, "Expect") == 0) {
        h->expect = value;
    }
    return MHD_YES;
}

static bool refuse(struct request *r, enum status status, const char *detail)
{
    r->closes = true;
    reply_problem(r, status, detail, NULL);
    return false;
}

/* A name that a page from elsewhere could make a browser resolve to this machine is not
 * answered (DNS rebinding): only addresses, localhost, the name of the host, and names
 * that whoever runs the server has given. */
static bool is_our_host(const struct http *h, const char *host)
{
    char name[256], ours[256] = "";
    struct in_addr v4;
    struct in6_addr v6;
    size_t n = host[0] == '[' ? strcspn(host, "]") : strcspn(host, ":");
    if (n >= sizeof name)
        return false;
    memcpy(name, host, n);
    name[n] = '\0';
    if (host[0] == '[')
        return inet_pton(AF_INET6, name + 1, &v6) == 1;
    return inet_pton(AF_INET, name, &v4) == 1 || strcasecmp(name, "localhost") == 0 ||
           http_lists(h->options.allowed_hosts, name) ||
           (gethostname(ours, sizeof ours - 1) == 0 && strcasecmp(name, ours) == 0);
}

static bool is_digits(const char *s)
{
    return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static bool admit_headers(struct request *r)
{
    struct headers h = {.all = 0};
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_header, &h);
    if (h.all > LIMIT_HEADERS)
        return refuse(r, STATUS_TOO_MANY_HEADERS, NULL);
    if (h.hosts != 1 || h.host == NULL)
        return refuse(r, STATUS_BAD_REQUEST, "the request must have one Host header");
    if (!is_our_host(r->http, h.host))
        return refuse(r, STATUS_MISDIRECTED, NULL);
    if (h.lengths > 1 || (h.length != NULL && !is_digits(h.length)))
        return refuse(r, STATUS_BAD_REQUEST, "Content-Length must be one number");
    if (h.codings > 0 && h.lengths > 0)
        return refuse(r, STATUS_BAD_REQUEST,
                      "Content-Length and Transfer-Encoding exclude each other");
    if (h.codings > 1 || (h.coding != NULL && strcasecmp(h.coding, "chunked") != 0))
        return refuse(r, STATUS_NOT_IMPLEMENTED, NULL);
    if (h.authorizations > 1)
        return refuse(r, STATUS_BAD_REQUEST, "more than one Authorization header");
    if (h.expect != NULL && strcasecmp(h.expect, "100-continue") != 0)
        return refuse(r, STATUS_EXPECTATION_FAILED, NULL);
    if (h.length != NULL && r->body_cap > 0 &&
        (strlen(h.length) > 18 || strtoull(h.length, NULL, 10) > r->body_cap))
        return refuse(r, STATUS_TOO_LARGE, NULL);
    return true;
}

static bool refuse_bare(struct request *r)
{
    char detail[120], shown[16];
    unsigned byte = r->target_bare;
    if (isprint((int)byte))
        snprintf(shown, sizeof shown, "a bare %c", (int)byte);
    else
        snprintf(shown, sizeof shown, "a byte %02X", byte);
    snprintf(detail, sizeof detail, "the request target has %s: write %%%02X instead",
             shown, byte);
    return refuse(r, STATUS_BAD_REQUEST, detail);
}

static const char other_method[] = "other";

const char *gate_see_method(const char *method)
{
    static const char *const methods[] = {"GET",   "HEAD",   "POST",   "PUT",
                                          "PATCH", "DELETE", "OPTIONS"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(method, methods[i]) == 0)
            return methods[i];
    return other_method;
}

bool gate_admit(struct request *r, const char *version)
{
    if (r->target_is_long)
        return refuse(r, STATUS_URI_TOO_LONG, NULL);
    if (r->target_bare != 0)
        return refuse_bare(r);
    if (!r->target_is_sound)
        return refuse(r, STATUS_BAD_REQUEST, "the request target is malformed");
    if (r->method == other_method)
        return refuse(r, STATUS_NOT_IMPLEMENTED, NULL);
    if (strcmp(version, MHD_HTTP_VERSION_1_1) != 0 &&
        strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
        return refuse(r, STATUS_BAD_REQUEST, "only HTTP/1.0 and HTTP/1.1 are spoken");
    if (MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) >
        LIMIT_ARGUMENTS)
        return refuse(r, STATUS_BAD_REQUEST, "too many query arguments");
    return admit_headers(r);
}

static enum MHD_Result check_argument(void *arg, enum MHD_ValueKind kind, const char *key,
                                      const char *value)
{
    struct request *r = arg;
    char detail[120];
    (void)kind;
    (void)value;
    if (request_lists(r->route->arguments, key))
        return MHD_YES;
    snprintf(detail, sizeof detail, "there is no query argument \"%.40s\" here", key);
    return refuse(r, STATUS_BAD_REQUEST, detail) ? MHD_YES : MHD_NO;
}

bool gate_admit_route(struct request *r)
{
    const char *length = request_header(r, "Content-Length");
    bool has_body = request_header(r, "Transfer-Encoding") != NULL ||
                    (length != NULL && strcmp(length, "0") != 0);
    if (r->body_cap == 0 && has_body)
        return refuse(r, STATUS_TOO_LARGE, "this request takes no body");
    if (r->route->arguments != NULL)
        MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, check_argument,
                                  r);
    if (r->response == NULL && r->route->types != NULL &&
        !accept_any(r, r->route->types)) {
        char detail[120];
        snprintf(detail, sizeof detail, "this is served as %s", r->route->types);
        return refuse(r, STATUS_NOT_ACCEPTABLE, detail);
    }
    return r->response == NULL;
}

/* "application/json", alone or with a charset that says UTF-8. */
static bool is_json_in_utf8(const char *type)
{
    static const char json[] = "application/json";
    size_t n = strlen(json);
    if (strncasecmp(type, json, n) != 0)
        return false;
    type += n;
    type += strspn(type, " \t");
    if (*type == '\0')
        return true;
    type += *type == ';';
    type += strspn(type, " \t");
    return strcasecmp(type, "charset=utf-8") == 0 ||
           strcasecmp(type, "charset=\"utf-8\"") == 0;
}

bool gate_admit_change(struct request *r)
{
    const char *site = request_header(r, "Sec-Fetch-Site");
    const char *origin = request_header(r, "Origin");
    const char *host = request_header(r, "Host");
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return refuse(r, STATUS_FORBIDDEN, NULL);
    if (origin != NULL) {
        const char *authority = strstr(origin, "://");
        if (authority == NULL || host == NULL || strcasecmp(authority + 3, host) != 0)
            return refuse(r, STATUS_FORBIDDEN, NULL);
    }
    return true;
}

bool gate_admit_body(struct request *r)
{
    const char *type = request_header(r, "Content-Type");
    const char *encoding = request_header(r, "Content-Encoding");
    bool octets = route_receiver(r->route) != NULL;
    if (octets && (type == NULL || strcasecmp(type, "application/octet-stream") != 0))
        return refuse(r, STATUS_UNSUPPORTED_MEDIA_TYPE,
                      "the body must be application/octet-stream");
    if (!octets && (type == NULL || !is_json_in_utf8(type)))
        return refuse(r, STATUS_UNSUPPORTED_MEDIA_TYPE, NULL);
    if (encoding != NULL)
        return refuse(r, STATUS_UNSUPPORTED_MEDIA_TYPE,
                      "a Content-Encoding is not understood");
    return true;
}
