/* How often an address or a user has done something of late: so many times a minute are
 * fine. */
#ifndef FRUGAL_HTTP_TRIES_H
#define FRUGAL_HTTP_TRIES_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

enum { TRIES_ROWS = 512 }; /* the one that was quiet for longest makes room */

struct tries {
    double per_minute;
    pthread_mutex_t lock;
    /* protected by lock: */
    struct try_row {
        unsigned char key[16]; /* IPv6 by its first 64 bits, IPv4 as in ::ffff:0:0/96; of
                                  a user a hash */
        double left;           /* how often it may do it yet, as of */
        double at;             /* monotonic; 0: the row is free */
    } row[TRIES_ROWS];
};

void tries_init(struct tries *t, double per_minute);
void tries_release(struct tries *t);

/* 0: it may do it; else the seconds until it may. Any thread. */
int tries_wait(struct tries *t, const struct sockaddr *address);

/* It has done it once more. Any thread. */
void tries_count(struct tries *t, const struct sockaddr *address);

/* 0: a user may do it, and it is counted; else the seconds until he may. Any thread. */
int tries_take(struct tries *t, const char *user);

#endif
