/* In: the address that a connection would go to, resolved, whatever it was called. Out:
 * whether it may. */
#include "data/guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is not public: this machine, private networks, links, tunnels to any of these,
 * documentation, groups. IPv4 comes last, as what it is mapped to. */
static const char *const denied[] = {
    "::/96",          "64:ff9b::/96",   "2002::/16",     "2001::/23",
    "fc00::/7",       "fe80::/10",      "fec0::/10",     "ff00::/8",
    "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
    "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
};

static const uint16_t usual_ports[] = {80, 443, 8080, 8443};

enum { BITS = 128, MAPPED_BITS = 96, ITEM_MAX = 64 };

static void map(const struct in_addr *v4, struct in6_addr *ret)
{
    *ret = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(&ret->s6_addr[12], v4, sizeof *v4);
}

/* "ADDRESS/BITS", or an address alone. */
static bool read_range(const char *text, struct guard_range *ret)
{
    char address[ITEM_MAX];
    struct in_addr v4;
    size_t n = strcspn(text, "/");
    if (n >= sizeof address)
        return false;
    memcpy(address, text, n);
    address[n] = '\0';
    bool is_v4 = inet_pton(AF_INET, address, &v4) == 1;
    long most = is_v4 ? BITS - MAPPED_BITS : BITS, bits = most;
    if (is_v4)
        map(&v4, &ret->address);
    else if (inet_pton(AF_INET6, address, &ret->address) != 1)
        return false;
    if (text[n] == '/') {
        char *end;
        bits = strtol(text + n + 1, &end, 10);
        if (end == text + n + 1 || *end != '\0')
            return false;
    }
    ret->bits = (unsigned)(is_v4 ? bits + MAPPED_BITS : bits);
    return bits >= 0 && bits <= most;
}

static bool covers(const struct guard_range *r, const struct in6_addr *a)
{
    unsigned bytes = r->bits / 8, rest = r->bits % 8;
    if (memcmp(&r->address, a, bytes) != 0)
        return false;
    return rest == 0 ||
           (r->address.s6_addr[bytes] ^ a->s6_addr[bytes]) >> (8 - rest) == 0;
}

static bool is_allowed(const struct guard *g, const struct in6_addr *a)
{
    struct guard_range r;
    for (size_t i = 0; i < g->allowed; i++)
        if (covers(&g->allow[i], a))
            return true;
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++)
        if (!read_range(denied[i], &r) || covers(&r, a))
            return false;
    return true;
}

static bool is_port_allowed(const struct guard *g, uint16_t port)
{
    for (size_t i = 0; i < sizeof usual_ports / sizeof usual_ports[0]; i++)
        if (port == usual_ports[i])
            return true;
    for (size_t i = 0; i < g->ports; i++)
        if (port == g->port[i])
            return true;
    return false;
}

bool guard_allows(const struct guard *g, const struct sockaddr *address)
{
    struct in6_addr a;
    uint16_t port;
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        map(&v4.sin_addr, &a);
        port = ntohs(v4.sin_port);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        a = v6.sin6_addr;
        port = ntohs(v6.sin6_port);
    } else {
        return false;
    }
    return is_port_allowed(g, port) && is_allowed(g, &a);
}

static bool add_range(struct guard *g, const char *text)
{
    return g->allowed < GUARD_RANGES_MAX && read_range(text, &g->allow[g->allowed++]);
}

static bool add_port(struct guard *g, const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (g->ports == GUARD_PORTS_MAX || *end != '\0' || port < 1 || port > UINT16_MAX)
        return false;
    g->port[g->ports++] = (uint16_t)port;
    return true;
}

static bool read_list(struct guard *g, const char *list, const char *what,
                      bool (*add)(struct guard *g, const char *text), struct buf *why)
{
    while (*list != '\0') {
        char item[ITEM_MAX];
        size_t n = strcspn(list, ",");
        snprintf(item, sizeof item, "%.*s", n < ITEM_MAX ? (int)n : 0, list);
        if (!add(g, item)) {
            buf_addf(why, "\"%s\" is not %s, or there are too many", item, what);
            return false;
        }
        list += n + (list[n] == ',');
    }
    return true;
}

bool guard_read(const char *ranges, const char *ports, struct guard *ret, struct buf *why)
{
    *ret = (struct guard){.allowed = 0};
    return read_list(ret, ranges, "a range of addresses like 10.1.0.0/16", add_range,
                     why) &&
           read_list(ret, ports, "a port", add_port, why);
}
