/* The header of a request, from its target to the answer or the admission, through the
 * callbacks that libmicrohttpd calls; what asks libmicrohttpd about a connection is
 * answered here. In: "METHOD TARGET VERSION", then lines of "Name: value". The store is a
 * real one, with nobody in it. */
#include "fuzz.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "http/etag.h"
#include "http/http_internal.h"
#include "http/reply.h"
#include "http/routes.h"

enum { PAIRS_MAX = 200 };

struct pairs {
    size_t count;
    const char *key[PAIRS_MAX], *value[PAIRS_MAX];
};

struct MHD_Connection {
    struct pairs headers, arguments;
    const struct MHD_Response *reply;
    unsigned code;
};

static struct app app;
static struct http server = {.app = &app,
                             .options = {.allowed_hosts = "lab.example,b",
                                         .trusted_proxy = "127.0.0.1",
                                         .limits = {.body_kilobytes = 256}}};

static const struct pairs *pairs_of(struct MHD_Connection *c, enum MHD_ValueKind kind)
{
    return kind == MHD_HEADER_KIND ? &c->headers : &c->arguments;
}

int MHD_get_connection_values(struct MHD_Connection *c, enum MHD_ValueKind kind,
                              MHD_KeyValueIterator visit, void *arg)
{
    const struct pairs *p = pairs_of(c, kind);
    for (size_t i = 0; i < p->count && visit != NULL; i++)
        if (visit(arg, kind, p->key[i], p->value[i]) != MHD_YES)
            return (int)i + 1;
    return (int)p->count;
}

const char *MHD_lookup_connection_value(struct MHD_Connection *c, enum MHD_ValueKind kind,
                                        const char *key)
{
    const struct pairs *p = pairs_of(c, kind);
    for (size_t i = 0; i < p->count; i++)
        if (strcasecmp(p->key[i], key) == 0)
            return p->value[i];
    return NULL;
}

const union MHD_ConnectionInfo *
MHD_get_connection_info(struct MHD_Connection *c, enum MHD_ConnectionInfoType type, ...)
{
    static struct sockaddr_in peer = {.sin_family = AF_INET};
    static union MHD_ConnectionInfo info = {.client_addr = (struct sockaddr *)&peer};
    (void)c;
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return type == MHD_CONNECTION_INFO_CLIENT_ADDRESS ? &info : NULL;
}

enum MHD_Result MHD_queue_response(struct MHD_Connection *c, unsigned code,
                                   struct MHD_Response *response)
{
    CHECK(c->reply == NULL);
    c->reply = response;
    c->code = code;
    return MHD_YES;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char folder[] = "/tmp/frugal-fuzz-XXXXXX", command[100];
    struct buf why;
    (void)argc;
    (void)argv;
    log_set_level((enum log_level) - 1);
    buf_init(&why, 1000);
    CHECK(hash_start() && mkdtemp(folder) != NULL);
    CHECK(store_open(folder, &app.store, &why) == STATUS_OK);
    CHECK(store_reader(app.store) != NULL);
    snprintf(command, sizeof command, "rm -rf %s", folder); /* it is open already */
    CHECK(system(command) == 0);
    pthread_mutex_init(&server.lock, NULL);
    pthread_cond_init(&server.ending, NULL);
    CHECK(metrics_init(&server.metrics));
    app.version = "fuzz";
    return 0;
}

/* Cuts off what stands before the next `end`, and that; NULL at the end. */
static char *next(char **rest, const char *end)
{
    return strsep(rest, end);
}

static void add_pair(struct pairs *p, const char *key, const char *value)
{
    if (p->count == PAIRS_MAX)
        return;
    p->key[p->count] = key;
    p->value[p->count++] = value;
}

static void read_headers(struct MHD_Connection *c, char *rest)
{
    char *line;
    while ((line = next(&rest, "\n")) != NULL) {
        char *value = strchr(line, ':');
        if (value == NULL || value == line)
            continue;
        *value++ = '\0';
        value += strspn(value, " \t");
        add_pair(&c->headers, line, value);
    }
}

static void read_arguments(struct MHD_Connection *c, char *query)
{
    char *one;
    while ((one = next(&query, "&")) != NULL) {
        char *value = strchr(one, '=');
        if (value != NULL)
            *value++ = '\0';
        add_pair(&c->arguments, one, value);
    }
}

/* What handlers ask about an admitted request. */
static void ask_about(struct request *r)
{
    struct buf room;
    int64_t n = 5;
    bool bad = false;
    buf_init(&room, 300);
    for (size_t i = 0; i < r->connection->arguments.count && !bad; i++) {
        const char *name = r->connection->arguments.key[i];
        const char *text = request_argument(r, name, &room, &bad);
        CHECK(text == NULL || strlen(text) <= 300);
        if (!bad)
            bad = !request_number(r, name, 1, 9, &n);
        CHECK(n >= 1 && n <= 9);
    }
    etag_is_listed(request_header(r, "If-None-Match"), "\"x\"");
    etag_is_listed_strongly(request_header(r, "If-Match"), "\"x\"");
    buf_release(&room);
}

/* Whether a file would be taken, which begins on the disk before its first byte comes. */
static bool begins_upload(const char *method, const char *target)
{
    const struct route *route;
    char words[ROUTE_WORDS][ROUTE_WORD];
    int64_t id;
    struct buf allow;
    buf_init(&allow, 100);
    char *path = strndup(target, strcspn(target, "?"));
    bool begins = route_find(method, path, &route, &id, words, &allow) == ROUTE_FOUND &&
                  route_receiver(route) != NULL;
    free(path);
    buf_release(&allow);
    return begins;
}

static void serve(struct MHD_Connection *c, char *method, char *target, char *version)
{
    size_t none = 0;
    if (begins_upload(method, target))
        return;
    char *raw = strdup(target), *query = strchr(target, '?');
    void *context = exchange_begin(&server, raw, c);
    if (query != NULL)
        *query++ = '\0';
    read_arguments(c, query);
    CHECK(exchange_handle(&server, c, target, method, version, NULL, &none, &context) ==
          MHD_YES);
    struct request *r = context;
    if (c->reply != NULL) {
        CHECK(c->code >= 400 && c->code < 600);
    } else {
        CHECK(r->route != NULL && *r->route->pattern != '\0');
        ask_about(r);
    }
    exchange_end(&server, c, &context, MHD_REQUEST_TERMINATED_COMPLETED_OK);
    CHECK(context == NULL);
    free(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct MHD_Connection *c = calloc(1, sizeof *c);
    char *text = malloc(size + 1), *rest = text;
    memcpy(text, bytes, size);
    text[size] = '\0';
    char *line = next(&rest, "\n");
    char *method = next(&line, " "), *target = next(&line, " "), *version = line;
    tries_init(&server.tries, 10); /* nobody is tired of wrong tokens */
    if (target != NULL && version != NULL) {
        read_headers(c, rest);
        serve(c, method, target, version);
    }
    tries_release(&server.tries);
    free(text);
    free(c);
    return 0;
}
