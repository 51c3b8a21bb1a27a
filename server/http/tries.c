/* A bucket for each address or user: it holds some tries, and fills up again with time.
 */
#include "http/tries.h"

#include <math.h>
#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

enum { KEY = 16 };

void tries_init(struct tries *t, double per_minute)
{
    memset(t, 0, sizeof *t);
    t->per_minute = per_minute;
    pthread_mutex_init(&t->lock, NULL);
}

void tries_release(struct tries *t)
{
    pthread_mutex_destroy(&t->lock);
}

static void key_of(const struct sockaddr *address, unsigned char ret[static KEY])
{
    memset(ret, 0, KEY);
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        memset(ret + 10, 0xff, 2);
        memcpy(ret + 12, &v4->sin_addr, 4);
        return;
    }
    const struct in6_addr *v6 =
        &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    memcpy(ret, v6, IN6_IS_ADDR_V4MAPPED(v6) ? 16 : 8);
}

static void key_of_user(const char *user, unsigned char ret[static KEY])
{
    int64_t hash = hash_short(0, user, strlen(user));
    memset(ret, 0, KEY);
    memcpy(ret, &hash, sizeof hash);
}

/* The row of the key, as of now; NULL: it has none. */
static struct try_row *find(struct tries *t, const unsigned char *key, double now)
{
    for (size_t i = 0; i < TRIES_ROWS; i++) {
        struct try_row *row = &t->row[i];
        if (row->at == 0 || memcmp(row->key, key, KEY) != 0)
            continue;
        row->left = fmin(t->per_minute, row->left + (now - row->at) * t->per_minute / 60);
        row->at = now;
        return row;
    }
    return NULL;
}

static struct try_row *oldest(struct tries *t)
{
    struct try_row *row = t->row;
    for (size_t i = 1; i < TRIES_ROWS; i++)
        if (t->row[i].at < row->at)
            row = &t->row[i];
    return row;
}

/* To be called with the lock, like count(). */
static int wait_of(struct tries *t, const unsigned char *key)
{
    const struct try_row *row = find(t, key, clock_monotonic());
    return row == NULL || row->left >= 1
               ? 0
               : (int)ceil((1 - row->left) * 60 / t->per_minute);
}

static void count(struct tries *t, const unsigned char *key)
{
    double now = clock_monotonic();
    struct try_row *row = find(t, key, now);
    if (row == NULL) {
        row = oldest(t);
        *row = (struct try_row){.left = t->per_minute, .at = now};
        memcpy(row->key, key, KEY);
    }
    row->left = fmax(0, row->left - 1);
}

int tries_wait(struct tries *t, const struct sockaddr *address)
{
    unsigned char key[KEY];
    key_of(address, key);
    pthread_mutex_lock(&t->lock);
    int wait = wait_of(t, key);
    pthread_mutex_unlock(&t->lock);
    return wait;
}

void tries_count(struct tries *t, const struct sockaddr *address)
{
    unsigned char key[KEY];
    key_of(address, key);
    pthread_mutex_lock(&t->lock);
    count(t, key);
    pthread_mutex_unlock(&t->lock);
}

int tries_take(struct tries *t, const char *user)
{
    unsigned char key[KEY];
    key_of_user(user, key);
    pthread_mutex_lock(&t->lock);
    int wait = wait_of(t, key);
    if (wait == 0)
        count(t, key);
    pthread_mutex_unlock(&t->lock);
    return wait;
}
