/* In: a URL. Out: bytes, and one word about the end. The only file that knows libcurl. */
#include "data/download.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

enum {
    REDIRECTS_MAX = 3,
    CONNECT_MS = 5000,
    TOTAL_MS = 3600 * 1000,
    SLOW_BYTES = 1024, /* per second, for */
    SLOW_SECONDS = 30,
    HEADERS_MAX = 64 * 1024, /* bytes, of all answers on the way */
};

struct transfer {
    const struct download *wanted;
    CURL *curl;
    uint64_t bytes, header_bytes;
    bool blocked, too_large, not_taken;
};

const char *download_end_name(enum download_end e)
{
    static const char *const names[] = {
        "done",     "blocked_address",    "timeout",     "too_large", "http_status",
        "tls",      "too_many_redirects", "unreachable", "broken",    "stopped",
        "not_taken"};
    return names[e];
}

bool download_start(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static bool has_part(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static const char *refuse_parts(CURLU *u)
{
    char *scheme = NULL;
    bool known = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                 (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    if (!known)
        return "only http and https are fetched";
    if (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD))
        return "a user name or password in a URL is not taken";
    return has_part(u, CURLUPART_HOST) ? NULL : "this URL has no host";
}

const char *download_refuses(const char *url)
{
    enum { URL_BYTES = 2000 };
    CURLU *u = curl_url();
    const char *refusal = "this is not a URL";
    if (u != NULL && strlen(url) <= URL_BYTES &&
        curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        refusal = refuse_parts(u);
    curl_url_cleanup(u);
    return refusal;
}

/* Looks at the address that the connection would have, once names are resolved: at each
 * of them, and again after each redirect. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct transfer *t = arg;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !guard_allows(t->wanted->guard, &address->addr)) {
        t->blocked = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_header(char *bytes, size_t one, size_t n, void *arg)
{
    struct transfer *t = arg;
    (void)bytes;
    t->header_bytes += one * n;
    t->too_large = t->too_large || t->header_bytes > HEADERS_MAX;
    return t->too_large ? 0 : n;
}

/* libcurl's own limit knows nothing of an answer that does not tell its length. */
static size_t on_bytes(char *bytes, size_t one, size_t n, void *arg)
{
    struct transfer *t = arg;
    curl_off_t of = 0;
    (void)one; /* is 1 */
    t->bytes += n;
    if (t->bytes > t->wanted->most) {
        t->too_large = true;
        return 0;
    }
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &of);
    t->not_taken =
        t->wanted->take(t->wanted->arg, bytes, n, of > 0 ? (uint64_t)of : 0) != STATUS_OK;
    return t->not_taken ? 0 : n;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct transfer *t = arg;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(t->wanted->stop);
}

/* Where a connection may go, and by what. An environment with a proxy would have the
 * guard see only the proxy's address. */
static bool set_ways(struct transfer *t)
{
    CURL *c = t->curl;
    bool safe = strncmp(t->wanted->url, "https:", strlen("https:")) == 0;
    const char *onward = safe ? "https" : "https,http"; /* not from safe to unsafe */
    bool ok = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http") == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, onward) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_URL, t->wanted->url) == CURLE_OK;
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_UNRESTRICTED_AUTH, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "frugald");
    return ok;
}

static void set_limits(struct transfer *t)
{
    CURL *c = t->curl;
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
    curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->wanted->most);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, NULL); /* what is sent is what is kept */
    curl_easy_setopt(c, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
}

static long response_code(CURL *c)
{
    long code = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

static bool is_redirect(CURL *c)
{
    return response_code(c) / 100 == 3;
}

static enum download_end end_of(const struct transfer *t, CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return DOWNLOAD_DONE;
    case CURLE_UNSUPPORTED_PROTOCOL: /* that a redirect leads to, or an answer has */
        return is_redirect(t->curl) ? DOWNLOAD_BLOCKED_ADDRESS : DOWNLOAD_BROKEN;
    case CURLE_LOGIN_DENIED:
    case CURLE_URL_MALFORMAT:
        return DOWNLOAD_BLOCKED_ADDRESS;
    case CURLE_COULDNT_CONNECT:
        return t->blocked ? DOWNLOAD_BLOCKED_ADDRESS : DOWNLOAD_UNREACHABLE;
    case CURLE_COULDNT_RESOLVE_HOST:
        return DOWNLOAD_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return DOWNLOAD_TIMEOUT;
    case CURLE_FILESIZE_EXCEEDED:
        return DOWNLOAD_TOO_LARGE;
    case CURLE_WRITE_ERROR:
        return t->not_taken ? DOWNLOAD_NOT_TAKEN : DOWNLOAD_TOO_LARGE;
    case CURLE_HTTP_RETURNED_ERROR:
        return DOWNLOAD_HTTP_STATUS;
    case CURLE_TOO_MANY_REDIRECTS:
        return DOWNLOAD_TOO_MANY_REDIRECTS;
    case CURLE_ABORTED_BY_CALLBACK:
        return DOWNLOAD_STOPPED;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return DOWNLOAD_TLS;
    default:
        return DOWNLOAD_BROKEN;
    }
}

enum download_end download(const struct download *d)
{
    struct transfer t = {.wanted = d, .curl = curl_easy_init()};
    if (t.curl == NULL)
        return DOWNLOAD_BROKEN;
    enum download_end end = DOWNLOAD_BROKEN;
    set_limits(&t);
    if (set_ways(&t))
        end = end_of(&t, curl_easy_perform(t.curl));
    if (end == DOWNLOAD_DONE && response_code(t.curl) != 200) /* the whole file */
        end = DOWNLOAD_HTTP_STATUS;
    curl_easy_cleanup(t.curl);
    return end;
}
