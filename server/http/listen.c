/* In: "ADDRESS:PORT". Out: a listening socket, and its address as a URL. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http_internal.h"
#include "http/limits.h"

static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 5 && text[digits] == '\0' && atoi(text) <= 65535;
}

/* "127.0.0.1:8750" or "[::1]:8750" to a socket address. */
static enum status parse_address(const char *listen, struct sockaddr_storage *ret,
                                 socklen_t *ret_length, struct buf *why)
{
    char host[64];
    const char *colon = strrchr(listen, ':');
    const char *first = listen;
    size_t n = colon != NULL ? (size_t)(colon - listen) : 0;
    if (n > 2 && listen[0] == '[' && listen[n - 1] == ']') {
        first++;
        n -= 2;
    }
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    bool ok = n > 0 && n < sizeof host && is_port(colon + 1);
    if (ok) {
        memcpy(host, first, n);
        host[n] = '\0';
        ok = getaddrinfo(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, colon + 1,
                         &hints, &found) == 0;
    }
    if (!ok) {
        buf_addf(why, "\"%s\" is not an address to listen on; write 127.0.0.1:8750",
                 listen);
        return STATUS_BAD_REQUEST;
    }
    memcpy(ret, found->ai_addr, found->ai_addrlen);
    *ret_length = found->ai_addrlen;
    freeaddrinfo(found);
    return STATUS_OK;
}

static bool is_loopback(const struct sockaddr_storage *a)
{
    if (a->ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

static void write_address(struct http *h)
{
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    char host[64], port[16];
    getsockname(h->listening, (struct sockaddr *)&own, &length);
    h->is_local = is_loopback(&own);
    getnameinfo((struct sockaddr *)&own, length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(h->address, sizeof h->address,
             own.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

enum status listen_on(struct http *h, const char *listen_address, struct buf *why)
{
    struct sockaddr_storage address;
    socklen_t length;
    enum status status = parse_address(listen_address, &address, &length, why);
    if (status != STATUS_OK)
        return status;
    int on = 1;
    h->listening = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (h->listening >= 0 &&
        setsockopt(h->listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(h->listening, (struct sockaddr *)&address, length) == 0 &&
        listen(h->listening, LIMIT_BACKLOG) == 0) {
        write_address(h);
        return STATUS_OK;
    }
    status = errno == EADDRINUSE ? STATUS_CONFLICT : STATUS_IO;
    buf_addf(why, "cannot listen on %s: %s", listen_address, strerror(errno));
    return status;
}
