#include "store/halt.h"

#include <sqlite3.h>

void halt_init(struct halt *h)
{
    atomic_init(&h->asked, false);
    pthread_mutex_init(&h->lock, NULL);
    h->busy = NULL;
}

void halt_release(struct halt *h)
{
    pthread_mutex_destroy(&h->lock);
}

void halt_ask(struct halt *h)
{
    atomic_store(&h->asked, true);
    pthread_mutex_lock(&h->lock);
    if (h->busy != NULL)
        sqlite3_interrupt(h->busy);
    pthread_mutex_unlock(&h->lock);
}

bool halt_is_asked(const struct halt *h)
{
    return h != NULL && atomic_load(&h->asked);
}

void halt_watch(struct halt *h, sqlite3 *busy)
{
    if (h == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    h->busy = busy;
    pthread_mutex_unlock(&h->lock);
}
