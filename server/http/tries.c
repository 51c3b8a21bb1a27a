/* A bucket for each address: it holds some tries, and fills up again with time. */
#include "http/tries.h"

#include <math.h>
#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"
#include "http/limits.h"

static const double per_second = LIMIT_TRIES_PER_MINUTE / 60.0;

void tries_init(struct tries *t)
{
    memset(t, 0, sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
}

void tries_release(struct tries *t)
{
    pthread_mutex_destroy(&t->lock);
}

static void network_of(const struct sockaddr *address, unsigned char ret[static 16])
{
    memset(ret, 0, 16);
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

/* The row of the network, as of now; NULL: it has none. */
static struct try_row *find(struct tries *t, const unsigned char *network, double now)
{
    for (size_t i = 0; i < TRIES_ADDRESSES; i++) {
        struct try_row *row = &t->row[i];
        if (row->at == 0 || memcmp(row->network, network, sizeof row->network) != 0)
            continue;
        row->left =
            fmin(LIMIT_TRIES_PER_MINUTE, row->left + (now - row->at) * per_second);
        row->at = now;
        return row;
    }
    return NULL;
}

static struct try_row *oldest(struct tries *t)
{
    struct try_row *row = t->row;
    for (size_t i = 1; i < TRIES_ADDRESSES; i++)
        if (t->row[i].at < row->at)
            row = &t->row[i];
    return row;
}

int tries_wait(struct tries *t, const struct sockaddr *address)
{
    unsigned char network[16];
    network_of(address, network);
    pthread_mutex_lock(&t->lock);
    const struct try_row *row = find(t, network, clock_monotonic());
    int wait =
        row == NULL || row->left >= 1 ? 0 : (int)ceil((1 - row->left) / per_second);
    pthread_mutex_unlock(&t->lock);
    return wait;
}

void tries_count(struct tries *t, const struct sockaddr *address)
{
    unsigned char network[16];
    double now = clock_monotonic();
    network_of(address, network);
    pthread_mutex_lock(&t->lock);
    struct try_row *row = find(t, network, now);
    if (row == NULL) {
        row = oldest(t);
        *row = (struct try_row){.left = LIMIT_TRIES_PER_MINUTE, .at = now};
        memcpy(row->network, network, sizeof network);
    }
    row->left = fmax(0, row->left - 1);
    pthread_mutex_unlock(&t->lock);
}
