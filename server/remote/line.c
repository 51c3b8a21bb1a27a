#include "remote/line.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    URL_MAX_BYTES = 8192,
    HEADER_MAX_BYTES = 300,
    CONNECT_SECONDS = 5,
    SILENCE_SECONDS = 20, /* a server that sends nothing for so long is tried again */
};

static const double first_delay = 0.05, longest_delay = 2;

struct line {
    CURL *curl;
    char *server, *authorization, *cacert;
    char why[CURL_ERROR_SIZE];
    bool repeated;
    const _Atomic double *until; /* of the call under way */
    bool cut;                    /* the log has been told that nobody answers */
};

static char *copy_base(const char *server)
{
    char *base = strdup(server);
    size_t n = base != NULL ? strlen(base) : 0;
    while (n > 0 && base[n - 1] == '/')
        base[--n] = '\0';
    return base;
}

static char *make_authorization(const char *token)
{
    struct buf line;
    buf_init(&line, HEADER_MAX_BYTES);
    if (token[0] != '\0')
        buf_addf(&line, "Authorization: Bearer %s", token);
    return buf_take(&line, NULL);
}

/* Called by libcurl about once a second; anything but 0 makes it stop. */
static int on_progress(void *line, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct line *l = line;
    (void)a, (void)b, (void)c, (void)d;
    return l->until != NULL && clock_monotonic() > *l->until;
}

static void set_options(struct line *l)
{
    CURL *c = l->curl;
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "frugald work");
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, l->why);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, l);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
    if (l->cacert[0] != '\0') {
        curl_easy_setopt(c, CURLOPT_CAINFO, l->cacert);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
}

struct line *line_open(const struct line_options *o)
{
    struct line *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->server = copy_base(o->server);
    l->authorization = make_authorization(o->token);
    l->cacert = strdup(o->cacert);
    l->curl = curl_easy_init();
    if (l->server != NULL && l->authorization != NULL && l->cacert != NULL &&
        l->curl != NULL) {
        set_options(l);
        return l;
    }
    line_close(l);
    return NULL;
}

void line_close(struct line *l)
{
    if (l == NULL)
        return;
    curl_easy_cleanup(l->curl);
    free(l->server);
    free(l->authorization);
    free(l->cacert);
    free(l);
}

/* Where the body of an answer goes. */
struct sink {
    CURL *curl;
    struct buf *text;
    FILE *file; /* NULL: none */
};

static size_t on_bytes(char *bytes, size_t one, size_t n, void *into)
{
    const struct sink *sink = into;
    long code = 0;
    curl_easy_getinfo(sink->curl, CURLINFO_RESPONSE_CODE, &code);
    if (sink->file != NULL && code == 200)
        return fwrite(bytes, one, n, sink->file);
    return buf_add(sink->text, bytes, n) ? n : 0;
}

static struct curl_slist *make_headers(const struct line *l, const struct line_call *call)
{
    char type[HEADER_MAX_BYTES];
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *more = list;
    if (list != NULL && l->authorization[0] != '\0')
        more = curl_slist_append(list, l->authorization);
    if (more != NULL && call->type != NULL) {
        snprintf(type, sizeof type, "Content-Type: %s", call->type);
        more = curl_slist_append(list, type);
    }
    if (more == NULL) {
        curl_slist_free_all(list);
        return NULL;
    }
    return list;
}

static void set_body(CURL *c, const struct line_call *call)
{
    curl_easy_setopt(c, CURLOPT_UPLOAD, 0L);
    curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
    if (call->from != NULL) {
        fseek(call->from, 0, SEEK_END);
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(c, CURLOPT_READDATA, call->from);
        curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ftell(call->from));
        rewind(call->from);
    } else if (call->body != NULL) {
        curl_easy_setopt(c, CURLOPT_POST, 1L);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->length);
    }
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call->method);
}

/* An attempt that broke off may have left something. */
static bool begin_file(FILE *f)
{
    return f == NULL || (fseek(f, 0, SEEK_SET) == 0 && ftruncate(fileno(f), 0) == 0);
}

/* One attempt. */
static CURLcode perform(struct line *l, const struct line_call *call, struct buf *ret,
                        long *ret_code)
{
    char url[URL_MAX_BYTES];
    struct sink sink = {l->curl, ret, call->into};
    struct curl_slist *headers = make_headers(l, call);
    buf_clear(ret);
    l->why[0] = '\0';
    *ret_code = 0;
    if (headers == NULL || !begin_file(call->into)) {
        curl_slist_free_all(headers);
        return CURLE_OUT_OF_MEMORY;
    }
    snprintf(url, sizeof url, "%s%s", l->server, call->path);
    curl_easy_setopt(l->curl, CURLOPT_URL, url);
    curl_easy_setopt(l->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(l->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, &sink);
    set_body(l->curl, call);
    CURLcode code = curl_easy_perform(l->curl);
    curl_easy_getinfo(l->curl, CURLINFO_RESPONSE_CODE, ret_code);
    curl_easy_setopt(l->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return code;
}

/* Failures that may be over in a moment: the server is starting, ending, or out of reach.
 */
static bool may_be_over_soon(CURLcode code, long status)
{
    switch (code) {
    case CURLE_OK:
        return status == 429 || (status >= 502 && status <= 504);
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
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

static enum status status_of(long code)
{
    static const enum status known[] = {STATUS_UNAUTHORIZED, STATUS_NOT_ALLOWED,
                                        STATUS_NOT_FOUND,    STATUS_CONFLICT,
                                        STATUS_LEASE_LOST,   STATUS_TOO_LARGE,
                                        STATUS_INVALID_SPEC, STATUS_BAD_REQUEST,
                                        STATUS_NO_SPACE,     STATUS_PRECONDITION_FAILED,
                                        STATUS_UNAVAILABLE};
    if (code == 200)
        return STATUS_OK;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (status_http(known[i]) == code)
            return known[i];
    return STATUS_INTERNAL;
}

/* Of an answer that is a problem, its sentence. */
static void keep_detail(struct buf *ret)
{
    json_t *problem = json_loadb(ret->data, ret->len, 0, NULL);
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    buf_clear(ret);
    buf_adds(ret, detail != NULL ? detail : "the answer makes no sense");
    json_decref(problem);
}

static void say_cut(struct line *l, CURLcode code, long status)
{
    if (!l->cut && code == CURLE_OK)
        log_warning("%s: the server is busy or stopping (%ld); trying again", l->server,
                    status);
    else if (!l->cut)
        log_warning("%s: no answer: %s; trying again", l->server,
                    l->why[0] != '\0' ? l->why : curl_easy_strerror(code));
    l->cut = true;
}

static void pause_for(double seconds)
{
    struct timespec t = {.tv_sec = (time_t)seconds};
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    nanosleep(&t, NULL);
}

static enum status conclude(struct line *l, CURLcode code, long http, struct buf *ret)
{
    if (code == CURLE_OK && !may_be_over_soon(code, http)) {
        if (l->cut)
            log_info("%s: the server answers again", l->server);
        l->cut = false;
        if (status_of(http) != STATUS_OK)
            keep_detail(ret);
        return status_of(http);
    }
    buf_clear(ret);
    buf_addf(ret, "no answer from %s: %s", l->server,
             code == CURLE_OK    ? "it is busy or stopping"
             : l->why[0] != '\0' ? l->why
                                 : curl_easy_strerror(code));
    return code == CURLE_OUT_OF_MEMORY ? STATUS_NO_MEMORY : STATUS_UNAVAILABLE;
}

enum status line_send(struct line *l, const struct line_call *call, struct buf *ret,
                      double *ret_sent)
{
    double delay = first_delay;
    l->repeated = false;
    l->until = call->until;
    for (;;) {
        long http;
        double began = clock_monotonic();
        CURLcode code = perform(l, call, ret, &http);
        bool over = call->until == NULL || clock_monotonic() + delay >= *call->until;
        if (over || !may_be_over_soon(code, http)) {
            if (ret_sent != NULL)
                *ret_sent = began;
            return conclude(l, code, http, ret);
        }
        say_cut(l, code, http);
        pause_for(delay);
        l->repeated = true;
        delay = delay * 2 < longest_delay ? delay * 2 : longest_delay;
    }
}

bool line_repeated(const struct line *l)
{
    return l->repeated;
}
