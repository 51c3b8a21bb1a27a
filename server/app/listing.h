/* One page of a list of runs or jobs: what was asked for, and where the next page begins.
 */
#ifndef FRUGAL_APP_LISTING_H
#define FRUGAL_APP_LISTING_H

#include "app/filter.h"
#include "store/states.h"

struct listing_question {
    enum query_of of;
    const char *filter, *sort, *cursor; /* NULL: none */
    int64_t job;          /* runs of this one only, in the trash or not; 0: of any */
    enum run_state state; /* RUN_STATES: any */
    bool trashed;
    size_t limit;
};

struct listing;

/* BAD_REQUEST with an error: of the filter, the keys to sort by, or a cursor that does
 * not belong to this question. NO_MEMORY. The texts need not live on. */
enum status listing_open(const struct listing_question *asked, struct listing **ret,
                         struct filter_error *error);
void listing_close(struct listing *l);

/* What the store is to be asked. */
const struct query *listing_query(const struct listing *l);

/* Goes on behind what was found. */
void listing_go_on(struct listing *l, struct query_found *found);

/* Begins again. */
void listing_rewind(struct listing *l);

/* The cursor of the page behind what was found. The caller frees it. NULL without memory.
 */
char *listing_cursor(const struct listing *l, const struct query_found *found);

#endif
