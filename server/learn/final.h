/* What a run leaves: the network as it is at the end, and how often its synapses changed.
 * The whole network, also where a subnet was learnt as a network of its own. */
#ifndef FRUGAL_LEARN_FINAL_H
#define FRUGAL_LEARN_FINAL_H

#include "learn/changes.h"
#include "learn/frozen.h"
#include "learn/learner.h"

/* Borrowed from the run; any thread may read it while it lasts. */
struct final {
    const struct learner *learner;
    const struct frozen *frozen; /* its net has no layers: nothing was left out */
    bool counted;                /* the changes of each synapse are known */
};

/* The layers of the whole network. */
uint32_t final_layers(const struct final *f);
const struct layer *final_layer(const struct final *f, uint32_t l);

/* The weights of one row of layer l, or how often they changed; ret [targets]. */
void final_weights(const struct final *f, uint32_t l, size_t row, float *ret);
void final_changes(const struct final *f, uint32_t l, size_t row, uint32_t *ret);

/* How the changes of layer l are spread. NO_MEMORY. */
enum status final_tally(const struct final *f, uint32_t l, struct change_tally *ret);

#endif
