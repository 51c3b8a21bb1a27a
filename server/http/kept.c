/* In: replies of GETs and the version of the store that they were made from. Out: the same bytes
 * again, as long as it is the version. Knows nothing of what they say. */
#include "http/kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "http/http_internal.h"
#include "http/limits.h"
#include "http/reply.h"

/* A place takes the newest reply of those that fall to it. */
struct place {
    const struct route *route; /* NULL: empty */
    int64_t id;
    uint64_t version; /* of the store */
    char etag[ETAG_TEXT];
    char *text;
    size_t length;
};

struct kept {
    pthread_mutex_t lock;
    /* protected by lock: */
    struct place place[LIMIT_KEPT];
};

struct kept *kept_open(void)
{
    struct kept *k = calloc(1, sizeof *k);
    if (k != NULL)
        pthread_mutex_init(&k->lock, NULL);
    return k;
}

void kept_close(struct kept *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < LIMIT_KEPT; i++)
        free(k->place[i].text);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

static struct place *place_of(struct kept *k, const struct request *r)
{
    uint64_t mixed = (uint64_t)r->id * 31 + (uintptr_t)r->route / sizeof *r->route;
    return &k->place[mixed % LIMIT_KEPT];
}

bool kept_reply(struct request *r)
{
    char etag[ETAG_TEXT], *text = NULL;
    size_t length = 0;
    struct kept *k = r->http->kept;
    uint64_t version = store_version(r->app->store);
    pthread_mutex_lock(&k->lock);
    const struct place *p = place_of(k, r);
    bool found = p->route == r->route && p->id == r->id && p->version == version;
    if (found) {
        length = p->length;
        memcpy(etag, p->etag, sizeof etag);
        text = malloc(length);
        if (text != NULL)
            memcpy(text, p->text, length);
    }
    pthread_mutex_unlock(&k->lock);
    r->version = version;
    if (found)
        reply_version(r, text, length, etag);
    return found;
}

void kept_put(struct request *r, const char *text, size_t length, const char *etag)
{
    char *copy = length <= LIMIT_KEPT_TEXT ? malloc(length) : NULL;
    if (copy == NULL)
        return;
    memcpy(copy, text, length);
    struct kept *k = r->http->kept;
    pthread_mutex_lock(&k->lock);
    struct place *p = place_of(k, r);
    free(p->text);
    *p = (struct place){.route = r->route,
                        .id = r->id,
                        .version = r->version,
                        .text = copy,
                        .length = length};
    memcpy(p->etag, etag, sizeof p->etag);
    pthread_mutex_unlock(&k->lock);
}
