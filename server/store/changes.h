/* How often the synapses of a run changed, as a histogram of each layer. */
#ifndef FRUGAL_STORE_CHANGES_H
#define FRUGAL_STORE_CHANGES_H

#include "learn/changes.h"
#include "store/store.h"

/* What is kept at the end of a run: entry 0 for all layers together, then layer by layer.
 */
struct run_changes {
    uint32_t layers;
    struct change_tally tally[1 + NET_LAYERS_MAX];
};

/* Part of a write. */
enum status store_changes_add(struct conn *c, int64_t run,
                              const struct run_changes *changes);

/* One layer as it is kept; strings live only as long as the visit. */
struct changes_stored {
    int64_t layer;         /* 0: all together */
    double simpson;        /* NaN: nothing changed */
    const char *histogram; /* numbers separated by spaces, one per bin */
};

typedef bool changes_visit(void *arg, const struct changes_stored *layer);

/* The layers of a run, all together first; none if nothing was counted. */
enum status store_changes_list(struct conn *c, int64_t run, changes_visit *visit,
                               void *arg);

#endif
