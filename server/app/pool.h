/* The runs that a filter finds, brought together by everything but the seed: those of one
 * spec are one cell, wherever they were submitted. Private to the floor. */
#ifndef FRUGAL_APP_POOL_H
#define FRUGAL_APP_POOL_H

#include "app/listing.h"

struct pooled_run {
    int64_t id, job, cell, seed;
    size_t of; /* its cell in the pool */
};

struct pooled_cell {
    int64_t job, cell; /* the first that it is of; others may have the same spec */
    char *spec;        /* canonical, with seed 0; owned */
    char *params;      /* what tells it from the other cells, as JSON; owned */
};

struct pool {
    struct pooled_run *run; /* by cell, seed and id */
    size_t runs;
    struct pooled_cell *cell; /* by job and cell */
    size_t cells;
};

/* Finds the runs of a listing, which it goes through to its end. Memory and time grow
 * with their number. NO_MEMORY, IO; others with a sentence. A reader's own thread. */
enum status pool_gather(struct conn *reader, struct listing *runs, struct pool *ret,
                        struct buf *why);
void pool_release(struct pool *p);

#endif
