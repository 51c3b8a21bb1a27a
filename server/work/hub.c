#include "work/hub.h"

#include <pthread.h>
#include <stdlib.h>

struct hub {
    pthread_mutex_t lock;
    /* protected by lock: */
    int64_t newest;
    bool ended;
    struct hub_listener *first;
};

struct hub *hub_open(int64_t newest)
{
    struct hub *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    pthread_mutex_init(&h->lock, NULL);
    h->newest = newest;
    return h;
}

void hub_close(struct hub *h)
{
    if (h == NULL)
        return;
    pthread_mutex_destroy(&h->lock);
    free(h);
}

void hub_add(struct hub *h, struct hub_listener *l)
{
    pthread_mutex_lock(&h->lock);
    l->sleeping = false;
    l->previous = NULL;
    l->next = h->first;
    if (h->first != NULL)
        h->first->previous = l;
    h->first = l;
    pthread_mutex_unlock(&h->lock);
}

void hub_remove(struct hub *h, struct hub_listener *l)
{
    pthread_mutex_lock(&h->lock);
    if (l->previous != NULL)
        l->previous->next = l->next;
    else
        h->first = l->next;
    if (l->next != NULL)
        l->next->previous = l->previous;
    pthread_mutex_unlock(&h->lock);
}

bool hub_sleep(struct hub *h, struct hub_listener *l, int64_t seen)
{
    pthread_mutex_lock(&h->lock);
    bool sleeps = h->newest <= seen && !h->ended;
    if (sleeps) {
        l->sleeping = true;
        l->sleep(l->arg);
    }
    pthread_mutex_unlock(&h->lock);
    return sleeps;
}

static void wake_all(struct hub *h)
{
    for (struct hub_listener *l = h->first; l != NULL; l = l->next)
        if (l->sleeping) {
            l->sleeping = false;
            l->wake(l->arg);
        }
}

void hub_publish(struct hub *h, int64_t seq)
{
    pthread_mutex_lock(&h->lock);
    h->newest = seq > h->newest ? seq : h->newest;
    wake_all(h);
    pthread_mutex_unlock(&h->lock);
}

void hub_wake_all(struct hub *h)
{
    pthread_mutex_lock(&h->lock);
    wake_all(h);
    pthread_mutex_unlock(&h->lock);
}

void hub_end(struct hub *h)
{
    pthread_mutex_lock(&h->lock);
    h->ended = true;
    wake_all(h);
    pthread_mutex_unlock(&h->lock);
}

bool hub_has_ended(struct hub *h)
{
    pthread_mutex_lock(&h->lock);
    bool ended = h->ended;
    pthread_mutex_unlock(&h->lock);
    return ended;
}
