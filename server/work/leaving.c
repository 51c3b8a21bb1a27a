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

/* Waits for a disk that is full, as the end of the run does, unless nobody wants the run
 * any more; the network is still there. */
static enum status keep_weights(struct execution *e, const struct final *left)
{
    struct desk *d = e->place->desk;
    enum status status;
    do
        status = d->weights(d, e, left, &e->weights);
    while (!atomic_load(&e->cancel) && is_worth_another_try(e, status));
    return status;
}

enum status take_end(void *arg, const struct final *left)
{
    struct execution *e = arg;
    enum status status = left->counted ? count_changes(e, left) : STATUS_OK;
    return status == STATUS_OK && e->keeps_weights ? keep_weights(e, left) : status;
}
