/* What handlers ask of a request. */
#include "http/request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/http_internal.h"
#include "http/reply.h"

const char *request_header(const struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static bool is_sane_name(const char *name)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        "0123456789-_.";
    size_t n = strlen(name);
    return n > 0 && n < REQUEST_NAME && strspn(name, characters) == n;
}

void request_take_name(struct request *r)
{
    const char *given = request_header(r, "X-Request-Id");
    if (given != NULL && is_sane_name(given))
        memcpy(r->name, given, strlen(given) + 1);
    else
        snprintf(r->name, sizeof r->name, "%08x-%llu", r->http->name,
                 atomic_fetch_add(&r->http->requests, 1));
}

void request_log(const struct request *r, bool complete)
{
    char status[16], ms[32], bytes[24];
    bool changes = strcmp(r->route->method, "GET") != 0 && r->code < 400 &&
                   r->route->role != ROLE_WORKER; /* which come all the time */
    const char *pattern = r->route->pattern;
    const struct log_field fields[] = {
        {"method", r->method},
        {"route", *pattern != '\0' ? pattern : NULL},
        {"status", status},
        {"ms", ms},
        {"bytes", bytes},
        {"user", *r->who.user != '\0' ? r->who.user : NULL},
        {"token", *r->who.token != '\0' ? r->who.token : NULL},
    };
    snprintf(status, sizeof status, "%u", r->code);
    snprintf(ms, sizeof ms, "%.1f", (clock_monotonic() - r->since) * 1000);
    snprintf(bytes, sizeof bytes, "%llu",
             r->is_head ? 0ULL : (unsigned long long)r->length);
    bool failed = r->code >= 500 && r->code != MHD_HTTP_NOT_IMPLEMENTED;
    log_event(changes || failed ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
              complete ? "served" : "broken off", fields,
              sizeof fields / sizeof fields[0]);
}

struct conn *request_reader(struct request *r)
{
    struct conn *c = store_reader(r->app->store);
    if (c == NULL)
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
    return c;
}

bool request_lists(const char *list, const char *word)
{
    char spaced[44];
    int length = snprintf(spaced, sizeof spaced, " %s ", word);
    return length < (int)sizeof spaced && strchr(word, ' ') == NULL &&
           strstr(list, spaced) != NULL;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

const char *request_argument(struct request *r, const char *name, struct buf *room,
                             bool *ret_bad)
{
    const char *raw =
        MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
    if (raw == NULL)
        return NULL;
    buf_clear(room);
    for (const char *c = raw; *c != '\0'; c++) { /* the gate has checked the escapes */
        char byte = *c == '+' ? ' ' : *c;
        if (*c == '%') {
            byte = (char)(hex_digit(c[1]) * 16 + hex_digit(c[2]));
            c += 2;
        }
        buf_addc(room, byte);
    }
    if (room->failed) {
        char detail[100];
        snprintf(detail, sizeof detail, "the query argument \"%.40s\" is too long", name);
        reply_problem(r, STATUS_BAD_REQUEST, detail, NULL);
        *ret_bad = true;
        return NULL;
    }
    return room->data;
}

bool request_number(struct request *r, const char *name, int64_t min, int64_t max,
                    int64_t *ret)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 32);
    const char *text = request_argument(r, name, &room, &bad);
    if (text != NULL) {
        char *end;
        errno = 0;
        int64_t n = strtoll(text, &end, 10);
        bad = strchr("-0123456789", *text) == NULL || *text == '\0' || *end != '\0' ||
              errno != 0 || n < min || n > max;
        if (bad) {
            char detail[160];
            snprintf(detail, sizeof detail,
                     "the query argument \"%.40s\" must be a whole number from %lld to "
                     "%lld",
                     name, (long long)min, (long long)max);
            reply_problem(r, STATUS_BAD_REQUEST, detail, NULL);
        } else {
            *ret = n;
        }
    }
    buf_release(&room);
    return !bad;
}
