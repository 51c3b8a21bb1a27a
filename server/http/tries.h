/* How often wrong tokens came from an address of late. */
#ifndef FRUGAL_HTTP_TRIES_H
#define FRUGAL_HTTP_TRIES_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

enum { TRIES_ADDRESSES = 512 }; /* the one that was quiet for longest makes room */

struct tries {
    pthread_mutex_t lock;
    /* protected by lock: */
    struct try_row {
        unsigned char
            network[16]; /* IPv6 by its first 64 bits, IPv4 as in ::ffff:0:0/96 */
        double left;     /* wrong tokens that it may still send, as of */
        double at;       /* monotonic; 0: the row is free */
    } row[TRIES_ADDRESSES];
};

void tries_init(struct tries *t);
void tries_release(struct tries *t);

/* 0: it may try; else the seconds until it may. Any thread. */
int tries_wait(struct tries *t, const struct sockaddr *address);

/* A wrong token came from there. Any thread. */
void tries_count(struct tries *t, const struct sockaddr *address);

#endif
