/* The wish, from outside, that a work under way shall end at once. */
#ifndef FRUGAL_STORE_HALT_H
#define FRUGAL_STORE_HALT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct sqlite3;

struct halt {
    atomic_bool asked;
    pthread_mutex_t lock;
    /* protected by lock: */
    struct sqlite3 *busy; /* a connection at a statement that takes its time, or NULL */
};

void halt_init(struct halt *h);
void halt_release(struct halt *h);

/* Any thread, as often as it likes: a wish that comes while a statement is about to begin
 * may have to be repeated. */
void halt_ask(struct halt *h);

/* For the one that works; `h` may be NULL: nobody will ask. */
bool halt_is_asked(const struct halt *h);

/* Private to the floor. */
void halt_watch(struct halt *h, struct sqlite3 *busy);

#endif
