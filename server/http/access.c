/* In: the Authorization header, and the address it came from. Out: who that is. A token
 * counts nowhere else, for targets of requests are kept in histories and logs. */
#include "http/access.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/http_internal.h"
#include "http/reply.h"

static bool refuse(struct request *r, enum status status, const char *detail)
{
    r->closes = true;
    reply_problem(r, status, detail, NULL);
    if (status == STATUS_UNAUTHORIZED)
        reply_header(r, "WWW-Authenticate", "Bearer realm=\"frugal\"");
    return false;
}

/* Text as an address; false: it is none. */
static bool parse_address(const char *text, struct sockaddr_storage *ret)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memset(ret, 0, sizeof *ret);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        memcpy(ret, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        memcpy(ret, &v6, sizeof v6);
    else
        return false;
    return true;
}

static const char *address_text(const struct sockaddr *a,
                                char text[static INET6_ADDRSTRLEN])
{
    const void *bytes =
        a->sa_family == AF_INET
            ? (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr
            : &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    return inet_ntop(a->sa_family, bytes, text, INET6_ADDRSTRLEN);
}

/* Where the request comes from: the last that a trusted proxy says it has it from. */
static const struct sockaddr *address_of(struct request *r, struct sockaddr_storage *room)
{
    char text[INET6_ADDRSTRLEN];
    const struct sockaddr *peer =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
            ->client_addr;
    const char *forwarded = request_header(r, "X-Forwarded-For");
    if (forwarded == NULL ||
        !http_lists(r->http->options.trusted_proxy, address_text(peer, text)))
        return peer;
    const char *comma = strrchr(forwarded, ',');
    forwarded = comma != NULL ? comma + 1 : forwarded;
    forwarded += strspn(forwarded, " \t");
    return parse_address(forwarded, room) ? (const struct sockaddr *)room : peer;
}

struct use {
    struct write write;
    struct identity who;
};

static enum status apply_use(struct conn *c, void *arg)
{
    const struct identity *who = &((struct use *)arg)->who;
    return store_token_used(c, who->token, who->unused_on);
}

static void use_done(void *arg, enum status outcome)
{
    (void)outcome; /* the next request tries again */
    free(arg);
}

/* Once a day and token; nobody waits for it. */
static void note_use(struct request *r)
{
    struct use *u = r->who.unused_on != 0 ? calloc(1, sizeof *u) : NULL;
    if (u == NULL)
        return;
    u->who = r->who;
    u->write = (struct write){.apply = apply_use, .done = use_done, .arg = u};
    store_post(r->app->store, &u->write);
}

static bool refuse_token(struct request *r, const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN];
    tries_count(&r->http->tries, address);
    log_warning("a wrong token from %s%s%s", address_text(address, text),
                r->who.token[0] != '\0' ? ", by its number " : "", r->who.token);
    return refuse(r, STATUS_UNAUTHORIZED, NULL);
}

/* A token that is shown must be good, even where none is asked for. */
static bool identify(struct request *r, const char *authorization)
{
    static const char scheme[] = "Bearer ";
    struct sockaddr_storage room;
    const struct sockaddr *address = address_of(r, &room);
    int wait = tries_wait(&r->http->tries, address);
    if (wait > 0) {
        r->closes = true;
        reply_wait(r, STATUS_TOO_MANY_TRIES, wait);
        return false;
    }
    if (strncasecmp(authorization, scheme, strlen(scheme)) != 0)
        return refuse_token(r, address);
    authorization += strlen(scheme);
    authorization += strspn(authorization, " ");
    struct conn *c = request_reader(r);
    if (c == NULL)
        return false;
    enum status status = account_identify(c, authorization, clock_now_ms(), &r->who);
    if (status == STATUS_UNAUTHORIZED)
        return refuse_token(r, address);
    if (status != STATUS_OK)
        return refuse(r, status, NULL);
    note_use(r);
    return true;
}

/* Whoever can reach this machine from itself is its admin, unless tokens are required. */
static void be_anonymous(struct request *r)
{
    r->who =
        (struct identity){.role = r->http->requires_tokens ? ROLE_ANYBODY : ROLE_ADMIN};
    snprintf(r->who.user, sizeof r->who.user, "%s", anonymous);
}

/* Of what is not there the handler tells. */
static bool check_owner(struct request *r)
{
    bool his = false;
    struct conn *c = request_reader(r);
    if (c == NULL)
        return false;
    enum status status = account_owns(
        c, &r->who, r->route->own == OWN_JOB ? ACCOUNT_JOB : ACCOUNT_RUN, r->id, &his);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && his))
        return true;
    if (status == STATUS_OK)
        return refuse(r, STATUS_NOT_ALLOWED, "the job belongs to somebody else");
    return refuse(r, status, NULL);
}

bool access_admit(struct request *r)
{
    char detail[100];
    const char *authorization = request_header(r, "Authorization");
    if (r->route->role == ROLE_ANYBODY)
        return true;
    if (MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND,
                                    "access_token") != NULL)
        return refuse(r, STATUS_UNAUTHORIZED, NULL);
    if (authorization == NULL)
        be_anonymous(r);
    else if (!identify(r, authorization))
        return false;
    if (r->who.role == ROLE_ANYBODY)
        return refuse(r, STATUS_UNAUTHORIZED, NULL);
    if (!role_may(r->who.role, r->route->role)) {
        snprintf(detail, sizeof detail, "this needs the role %s, and the token has %s",
                 role_name(r->route->role), role_name(r->who.role));
        return refuse(r, STATUS_NOT_ALLOWED, detail);
    }
    return r->route->own == OWN_NOTHING || r->who.role == ROLE_ADMIN || check_owner(r);
}

bool access_submits(struct request *r)
{
    struct tries *t = &r->http->submissions;
    int wait = t->per_minute > 0 ? tries_take(t, r->who.user) : 0;
    if (wait > 0)
        reply_wait(r, STATUS_TOO_OFTEN, wait);
    return wait == 0;
}
