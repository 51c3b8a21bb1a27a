/* Which addresses the server may connect to when it fetches something: public ones, and
 * those that whoever started it has allowed, on a few ports. */
#ifndef FRUGAL_DATA_GUARD_H
#define FRUGAL_DATA_GUARD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"

enum { GUARD_RANGES_MAX = 16, GUARD_PORTS_MAX = 16 };

/* Addresses that share their first bits; those of IPv4 as ::ffff:a.b.c.d. */
struct guard_range {
    struct in6_addr address;
    unsigned bits;
};

struct guard {
    struct guard_range allow[GUARD_RANGES_MAX];
    uint16_t port[GUARD_PORTS_MAX]; /* besides 80, 443, 8080 and 8443 */
    size_t allowed, ports;
};

/* Lists with commas between: "10.1.0.0/16,fd00::/8", "8000". False: `why` gets a
 * sentence. */
bool guard_read(const char *ranges, const char *ports, struct guard *ret,
                struct buf *why);

/* Any thread. */
bool guard_allows(const struct guard *g, const struct sockaddr *address);

#endif
