/* Wakes those who wait for news. What the news is, they read from the store. */
#ifndef FRUGAL_WORK_HUB_H
#define FRUGAL_WORK_HUB_H

#include <stdbool.h>
#include <stdint.h>

struct hub;

/* Belongs to whoever listens; all members but wake, sleep and arg are the hub's. */
struct hub_listener {
    void (*sleep)(void *arg); /* called by hub_sleep, with the hub locked */
    void (*wake)(void *arg);  /* called by any thread, with the hub locked */
    void *arg;
    bool sleeping;
    struct hub_listener *next, *previous;
};

/* NULL without memory. All functions: any thread. */
struct hub *hub_open(int64_t newest);
void hub_close(struct hub *h);

void hub_add(struct hub *h, struct hub_listener *l);
void hub_remove(struct hub *h, struct hub_listener *l);

/* Puts the listener to sleep until there is more than event `seen`: calls l->sleep and
 * returns true, or returns false because there is more already, or the end has come. */
bool hub_sleep(struct hub *h, struct hub_listener *l, int64_t seen);

/* Event `seq` is durable: wakes all sleepers. */
void hub_publish(struct hub *h, int64_t seq);

/* Wakes all sleepers without news, for a heartbeat. */
void hub_wake_all(struct hub *h);

/* Wakes all sleepers, and nobody sleeps any more. */
void hub_end(struct hub *h);
bool hub_has_ended(struct hub *h);

#endif
