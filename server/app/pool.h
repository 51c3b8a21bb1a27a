/* The runs that a filter finds, brought together by everything but the seed: those of one
 * spec are one cell, wherever they were submitted. Private to the floor. */
#ifndef FRUGAL_APP_POOL_H
#define FRUGAL_APP_POOL_H

#include "app/listing.h"
#include "store/halt.h"

enum { POOL_CELLS_MAX = 10000 };

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

/* Finds the runs of a listing, which it goes through to its end, unless somebody asks to
 * halt. Memory and time grow with their number. BAD_REQUEST, with a sentence: too many
 * cells. INTERNAL, with a sentence; STOPPED, NO_MEMORY, IO. A reader's own thread. */
enum status pool_gather(struct conn *reader, struct listing *runs,
                        const struct halt *halt, struct pool *ret, struct buf *why);
void pool_release(struct pool *p);

#endif
