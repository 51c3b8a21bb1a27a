/* In: path and body. Out: status and bytes, capped. Knows no JSON and no resource. */
#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "about.h"
#include "base/clock.h"
#include "repeat.h"
#include "talk.h"

enum {
    URL_MAX_BYTES = 8192,
    NO_PROXY_MAX_BYTES = 64 * 1024,
    HEADER_MAX_BYTES = 256,
    AGENT_MAX_BYTES = 128,
    REPLY_MAX_BYTES = 16 * 1024 * 1024,
    CONNECT_SECONDS = 5,
    /* a server that sends less than this for so long is given up */
    SLOWEST_BYTES_PER_SECOND = 64,
    SILENCE_SECONDS = 30,
};

static const double first_delay = 0.1, longest_delay = 2;
static const struct http_patience usual_patience = {.seconds = 0.7}; /* 3 repetitions */

struct http {
    CURL *curl;
    struct buf server;
    struct buf no_proxy;
    struct buf authorization; /* "": no token */
    const struct http_patience *patience;
    const struct http_request *sending;
    char why[CURL_ERROR_SIZE];
};

static bool is_stopped(const struct http *h)
{
    return h->patience->stop != NULL && *h->patience->stop != 0;
}

/* Called by libcurl while it works; anything but 0 makes it stop. */
static int on_progress(void *http, curl_off_t a, curl_off_t b, curl_off_t of,
                       curl_off_t bytes)
{
    const struct http *h = http;
    (void)a, (void)b;
    if (h->sending->sent != NULL && bytes > 0)
        h->sending->sent(h->sending->sent_to, (double)bytes, (double)of);
    return is_stopped(h) ? 1 : 0;
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

/* An attempt that broke off may have left something. */
static bool begin_file(FILE *f)
{
    return f == NULL || (fseek(f, 0, SEEK_SET) == 0 && ftruncate(fileno(f), 0) == 0);
}

/* Loopback addresses never go through a proxy; setting this hides what the environment
 * says about others, so that is appended. */
static void set_no_proxy(struct http *h)
{
    const char *more = getenv("no_proxy");
    if (more == NULL)
        more = getenv("NO_PROXY");
    buf_adds(&h->no_proxy, "127.0.0.1,localhost,::1");
    if (more != NULL)
        buf_addf(&h->no_proxy, ",%s", more);
    curl_easy_setopt(h->curl, CURLOPT_NOPROXY, h->no_proxy.data);
}

static void set_options(struct http *h)
{
    char agent[AGENT_MAX_BYTES];
    snprintf(agent, sizeof agent, "frugal/%s", about_version);
    curl_easy_setopt(h->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST_BYTES_PER_SECOND);
    curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS);
    curl_easy_setopt(h->curl, CURLOPT_USERAGENT, agent);
    curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->why);
    curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(h->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(h->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(h->curl, CURLOPT_XFERINFODATA, h);
    set_no_proxy(h);
}

enum ending http_open(const char *server, struct http **ret)
{
    struct http *h = calloc(1, sizeof *h);
    if (h == NULL)
        return say_no_memory();
    buf_init(&h->server, URL_MAX_BYTES);
    buf_init(&h->no_proxy, NO_PROXY_MAX_BYTES);
    buf_init(&h->authorization, HEADER_MAX_BYTES);
    h->patience = &usual_patience;
    buf_adds(&h->server, server);
    while (h->server.len > 0 && h->server.data[h->server.len - 1] == '/')
        h->server.data[--h->server.len] = '\0';
    if (h->server.failed || h->server.len == 0 ||
        h->server.data[h->server.len - 1] == ':') {
        say("\"%s\" is not the address of a server", server);
        http_close(h);
        return ENDING_USAGE;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 ||
        (h->curl = curl_easy_init()) == NULL) {
        http_close(h);
        return say_no_memory();
    }
    set_options(h);
    *ret = h;
    return ENDING_OK;
}

void http_close(struct http *h)
{
    if (h->curl != NULL)
        curl_easy_cleanup(h->curl);
    buf_release(&h->server);
    buf_release(&h->no_proxy);
    buf_release(&h->authorization);
    free(h);
}

void http_use_token(struct http *h, const char *token)
{
    buf_clear(&h->authorization);
    buf_addf(&h->authorization, "Bearer %s", token);
}

void http_trust(struct http *h, const char *cacert)
{
    curl_easy_setopt(h->curl, CURLOPT_CAINFO, cacert);
    curl_easy_setopt(h->curl, CURLOPT_CAPATH, NULL);
}

void http_be_patient(struct http *h, const struct http_patience *patience)
{
    h->patience = patience != NULL ? patience : &usual_patience;
}

void http_pause(const struct http *h, double seconds)
{
    struct timespec t = {.tv_sec = (time_t)seconds};
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    if (!is_stopped(h))
        nanosleep(&t, NULL);
}

/* False, with the list as it was, on lack of memory. */
static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
    struct buf line;
    buf_init(&line, HEADER_MAX_BYTES);
    buf_addf(&line, "%s: %s", name, value);
    struct curl_slist *longer = line.failed ? NULL : curl_slist_append(*list, line.data);
    buf_release(&line);
    if (longer != NULL)
        *list = longer;
    return longer != NULL;
}

/* False: the file cannot be read. */
static bool set_file(struct http *h, FILE *from)
{
    struct stat st;
    if (from == NULL) {
        curl_easy_setopt(h->curl, CURLOPT_UPLOAD, 0L);
        return true;
    }
    curl_easy_setopt(h->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(h->curl, CURLOPT_READDATA, from);
    if (fstat(fileno(from), &st) != 0 || !S_ISREG(st.st_mode) ||
        fseek(from, 0, SEEK_SET) != 0)
        return false;
    curl_easy_setopt(h->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)st.st_size);
    return true;
}

static void set_method(struct http *h, const struct http_request *r)
{
    if (r->from != NULL) {
        curl_easy_setopt(h->curl, CURLOPT_CUSTOMREQUEST, NULL);
        return;
    }
    if (r->body == NULL) {
        curl_easy_setopt(h->curl, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(h->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, r->body->data);
        curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body->len);
    }
    curl_easy_setopt(h->curl, CURLOPT_CUSTOMREQUEST, r->method);
}

static void note_answer(const struct http *h, struct http_reply *reply)
{
    char *to = NULL;
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &reply->code);
    curl_easy_getinfo(h->curl, CURLINFO_REDIRECT_URL, &to);
    buf_clear(&reply->location);
    buf_adds(&reply->location, to != NULL ? to : "");
}

/* One attempt. */
static CURLcode perform(struct http *h, const struct http_request *r,
                        struct http_reply *ret)
{
    struct curl_slist *headers = NULL;
    struct buf url;
    buf_init(&url, URL_MAX_BYTES);
    buf_addf(&url, "%s%s", h->server.data, r->path);
    bool ok = !url.failed;
    if (r->body != NULL)
        ok = ok && add_header(&headers, "Content-Type", "application/json");
    if (r->from != NULL)
        ok = ok && add_header(&headers, "Content-Type", "application/octet-stream");
    if (r->key != NULL)
        ok = ok && add_header(&headers, "Idempotency-Key", r->key);
    if (h->authorization.len > 0)
        ok = ok && add_header(&headers, "Authorization", h->authorization.data);
    struct sink sink = {h->curl, &ret->text, r->into};
    CURLcode code = CURLE_OUT_OF_MEMORY;
    h->why[0] = '\0';
    h->sending = r;
    ret->code = 0;
    buf_clear(&ret->text);
    if (ok && !begin_file(r->into)) {
        code = CURLE_WRITE_ERROR;
    } else if (ok && !set_file(h, r->from)) {
        code = CURLE_READ_ERROR;
    } else if (ok) {
        curl_easy_setopt(h->curl, CURLOPT_URL, url.data);
        curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, &sink);
        set_method(h, r);
        code = curl_easy_perform(h->curl);
        note_answer(h, ret);
        curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL);
    }
    curl_slist_free_all(headers);
    buf_release(&url);
    return code;
}

static enum ending give_up(const struct http *h, CURLcode code,
                           const struct http_reply *reply)
{
    const char *server = h->server.data;
    const char *why = h->why[0] != '\0' ? h->why : curl_easy_strerror(code);
    if (code == CURLE_OUT_OF_MEMORY)
        return say_no_memory();
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
        say("\"%s\" is not the address of a server: %s", server, why);
        return ENDING_USAGE;
    }
    if (code == CURLE_WRITE_ERROR && !reply->text.failed) {
        say("the file could not be written: %s", strerror(errno));
        return ENDING_LOCAL;
    }
    if (code == CURLE_READ_ERROR) {
        say("the file cannot be sent: it must be a file on a disk");
        return ENDING_USAGE;
    }
    if (reply->text.failed)
        say("the answer of %s is longer than %zu MiB", server, reply->text.cap >> 20);
    else
        say("no answer from %s: %s", server, why);
    if (repeat_is_lost(code, reply->code) && !repeat_is_safe(h->sending))
        say_more("it may have been done all the same; look before you ask again");
    if (code == CURLE_COULDNT_CONNECT)
        say_more("is frugald running there? --server or FRUGAL_SERVER names another one");
    return ENDING_UNREACHABLE;
}

static void give_notice(const struct http *h, CURLcode code)
{
    const char *why = h->why[0] != '\0' ? h->why : curl_easy_strerror(code);
    struct buf text;
    buf_init(&text, HEADER_MAX_BYTES + CURL_ERROR_SIZE + h->server.len);
    buf_addf(&text, "no answer: %s; trying again for %.0f s",
             code == CURLE_OK ? "the server is busy" : why, h->patience->seconds);
    h->patience->notice(h->patience->to, text.data);
    buf_release(&text);
}

static enum ending try_until_answered(struct http *h, const struct http_request *request,
                                      struct http_reply *reply)
{
    double start = clock_monotonic(), delay = first_delay;
    for (bool told = false;;) {
        CURLcode code = perform(h, request, reply);
        bool over = clock_monotonic() - start >= h->patience->seconds;
        if (is_stopped(h))
            return ENDING_INTERRUPTED;
        if (over || !repeat_may_help(request, code, reply->code)) {
            if (code != CURLE_OK)
                return give_up(h, code, reply);
            if (told)
                h->patience->notice(h->patience->to, "the server answers again");
            return ENDING_OK;
        }
        if (!told && h->patience->notice != NULL) {
            give_notice(h, code);
            told = true;
        }
        http_pause(h, delay);
        delay = delay * 2 < longest_delay ? delay * 2 : longest_delay;
    }
}

enum ending http_send(struct http *h, const struct http_request *request,
                      struct http_reply *ret)
{
    struct http_reply reply;
    buf_init(&reply.text, request->reply_max > 0 ? request->reply_max : REPLY_MAX_BYTES);
    buf_init(&reply.location, URL_MAX_BYTES);
    enum ending ending = try_until_answered(h, request, &reply);
    if (ending == ENDING_OK)
        *ret = reply;
    else
        http_reply_release(&reply);
    return ending;
}

void http_reply_release(struct http_reply *reply)
{
    buf_release(&reply->text);
    buf_release(&reply->location);
}
