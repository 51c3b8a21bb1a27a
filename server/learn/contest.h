/* Competition by |w|: the synapses with the largest (or smallest) weights are plastic.
 * Only winners change, so the losers stand still in a heap, and after each sample only
 * the winners that have fallen behind the best loser change sides. Private to the core.
 */
#ifndef FRUGAL_LEARN_CONTEST_H
#define FRUGAL_LEARN_CONTEST_H

#include "learn/update.h"

struct contest;

/* A contest among the plastic synapses of layer l, by its present weights: one for the
 * layer, or one for each target. NULL without memory. */
struct contest *contest_new(const struct learner *r, uint32_t l);
void contest_free(struct contest *c);

/* [rows][stride / LANES] a bit for each synapse that wins now. */
const uint16_t *contest_winners(const struct contest *c);

#endif
