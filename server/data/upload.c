/* In: the bytes of a file, piece by piece as they come. Out: the file on the shelf, or
 * nothing. */
#include <stdlib.h>
#include <string.h>

#include "data/arrival.h"

struct upload {
    struct arrival *arrival;
    enum dataset_file which;
    struct shelf_file file;
    enum status status;
};

/* With the lock: the set that the file belongs to. */
static enum status open_arrival(struct arrivals *a, const char *name,
                                struct arrival **ret, struct buf *why)
{
    struct arrival *e = arrival_find(a, name);
    enum status status = STATUS_OK;
    if (e == NULL || e->info.state != ARRIVAL_INCOMPLETE)
        status = arrival_add(a, name, ARRIVAL_INCOMPLETE, &e, why);
    if (status == STATUS_OK) {
        e->users++;
        *ret = e;
    }
    return status;
}

enum status upload_begin(struct arrivals *a, const char *name, enum dataset_file f,
                         uint64_t length, struct upload **ret, struct buf *why)
{
    if (length > a->options.bytes_max)
        return STATUS_TOO_LARGE;
    struct upload *u = calloc(1, sizeof *u);
    if (u == NULL)
        return STATUS_NO_MEMORY;
    u->which = f;
    u->file.fd = -1;
    pthread_mutex_lock(&a->lock);
    enum status status = open_arrival(a, name, &u->arrival, why);
    pthread_mutex_unlock(&a->lock);
    if (status == STATUS_OK)
        status = shelf_create(&a->shelf, u->arrival->place, &u->file);
    if (status == STATUS_OK)
        *ret = u;
    else
        upload_free(u);
    return status;
}

void upload_add(struct upload *u, const void *bytes, size_t n)
{
    if (u->status == STATUS_OK && u->file.bytes + n > u->arrival->all->options.bytes_max)
        u->status = STATUS_TOO_LARGE;
    if (u->status == STATUS_OK)
        u->status = shelf_write(&u->file, bytes, n);
    if (u->status != STATUS_OK)
        shelf_drop(&u->file);
}

enum status upload_end(struct upload *u, struct buf *why)
{
    struct arrivals *a = u->arrival->all;
    enum status status = u->status;
    if (status == STATUS_OK)
        status = arrival_keep(u->arrival, u->which, &u->file, NULL, why);
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&a->lock);
    status = arrival_complete(u->arrival, why);
    pthread_mutex_unlock(&a->lock);
    return status;
}

void upload_free(struct upload *u)
{
    if (u == NULL)
        return;
    struct arrival *e = u->arrival;
    if (e != NULL) {
        struct arrivals *a = e->all;
        shelf_drop(&u->file);
        pthread_mutex_lock(&a->lock);
        arrival_release(e);
        pthread_mutex_unlock(&a->lock);
    }
    free(u);
}
