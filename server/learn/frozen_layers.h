/* Layers that do not learn, worked out once: as long as no synapse below a hidden layer
 * ever changes, neither do its activities, so they are kept for the samples of a set, and
 * every pass through the network begins there. */
#ifndef FRUGAL_LEARN_FROZEN_LAYERS_H
#define FRUGAL_LEARN_FROZEN_LAYERS_H

#include "learn/learner.h"

struct frozen_layers {
    float *y[FIXED_SETS]; /* [count][stride] of test and training set; NULL: not kept */
};

/* Fills in the fixed units of the network of a learner that has got its first weights, as
 * far as `most_bytes` suffice: for the test set first, which evaluations read most. Sets
 * that find no room, and networks whose first layer learns, stay as they are. `go_on` is
 * asked every few milliseconds. NO_MEMORY, STOPPED; to be released in any case, after the
 * last pass through the network. */
enum status frozen_layers_init(struct frozen_layers *f, struct learner *r,
                               const struct samples *training, const struct samples *test,
                               size_t most_bytes, bool (*go_on)(void *arg), void *arg);
void frozen_layers_release(struct frozen_layers *f);

#endif
