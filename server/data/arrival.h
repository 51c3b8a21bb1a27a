/* One data set on its way, and the lock that all share. Private to the floor. */
#ifndef FRUGAL_DATA_ARRIVAL_H
#define FRUGAL_DATA_ARRIVAL_H

#include <pthread.h>

#include "data/arrivals.h"
#include "data/known.h"
#include "data/shelf.h"

enum { FETCH_THREADS = 2, ARRIVALS_MAX = 64, ARRIVAL_URLS = KNOWN_MIRRORS_MAX + 1 };

struct arrival {
    int64_t place; /* on the shelf */
    atomic_bool stop;
    char *url[DATASET_FILES][ARRIVAL_URLS]; /* owned; NULL ends */
    char sha256[DATASET_FILES][HASH_TEXT];
    struct arrivals *all;
    /* protected by all->lock: */
    struct arrival_info info;
    struct idx content[DATASET_FILES]; /* of the files that are there */
    unsigned users;                    /* uploads, and the thread that fetches */
    bool listed;                       /* else it goes with its last user */
    bool finished;                     /* its files have left its place */
    struct arrival *next;
};

struct arrivals {
    struct arrivals_options options; /* its guard is protected by lock */
    struct shelf shelf;
    pthread_t thread[FETCH_THREADS];
    unsigned threads;

    pthread_mutex_t lock;
    pthread_cond_t news;
    /* protected by lock: */
    bool stopping;
    int64_t places; /* given out so far */
    struct arrival *first;
};

/* With the lock: the one of that name; NULL: none. */
struct arrival *arrival_find(const struct arrivals *a, const char *name);

/* With the lock: a new one, listed, in the place of one that has failed. CONFLICT with a
 * sentence, NO_SPACE, IO, NO_MEMORY. */
enum status arrival_add(struct arrivals *a, const char *name, enum arrival_state state,
                        struct arrival **ret, struct buf *why);

/* With the lock: it is not listed any more, and goes with its last user. */
void arrival_unlist(struct arrival *e);

/* With the lock. */
void arrival_release(struct arrival *e);

/* A whole file: checked, against `sha256` too unless that is NULL, and kept, or dropped.
 * CONFLICT: it has another SHA-256; others as upload_end. `why` may get a sentence. */
enum status arrival_keep(struct arrival *e, enum dataset_file f, struct shelf_file *file,
                         const char *sha256, struct buf *why);

/* With the lock, which is given up for a while: if all files are there, checks that they
 * are a set and lets it arrive; a failure is kept in e->info, too. */
enum status arrival_complete(struct arrival *e, struct buf *why);

/* With the lock: the set has failed. `why`: a sentence, or "". */
void arrival_fail(struct arrival *e, const char *error, const char *why);

/* The word for a status of arrival_keep. */
const char *arrival_error(enum status status);

/* fetch.c: a thread that fetches what waits. */
void *fetch_main(void *arrivals);

#endif
