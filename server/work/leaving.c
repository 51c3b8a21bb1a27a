/* In: the network at the end of a run. Out: what is kept of it. */
#include "work/ending.h"

static enum status count_changes(struct execution *e, const struct final *left)
{
    struct run_changes *c = &e->changes;
    *c = (struct run_changes){.layers = final_layers(left)};
    for (uint32_t l = 0; l < c->layers; l++) {
        enum status status = final_tally(left, l, &c->tally[l + 1]);
        if (status != STATUS_OK)
            return status;
        change_tally_join(&c->tally[0], &c->tally[l + 1]);
    }
    e->counted = true;
    return STATUS_OK;
}

enum status take_end(void *arg, const struct final *left)
{
    struct execution *e = arg;
    return left->counted ? count_changes(e, left) : STATUS_OK;
}
