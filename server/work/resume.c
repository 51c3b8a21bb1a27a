#include "work/resume.h"

#include <stdlib.h>
#include <string.h>

#include "work/ending.h"

static const double CHECKPOINT_EVERY = 10; /* seconds of computing */

bool checkpoint_is_due(struct execution *e)
{
    return atomic_load(&e->stop) || computed(e) - e->checkpointed >= CHECKPOINT_EVERY;
}

/* A checkpoint on its way to the writer, its state behind it. */
struct checkpoint_write {
    struct write write; /* first */
    struct checkpoint checkpoint;
    unsigned char state[];
};

static enum status apply_checkpoint(struct conn *c, void *arg)
{
    struct checkpoint_write *w = arg;
    return store_checkpoint_put(c, &w->checkpoint);
}

static void free_checkpoint(void *arg, enum status outcome)
{
    (void)outcome; /* without it, the run goes on from the one before */
    free(arg);
}

enum status checkpoint_take(void *execution, const void *state, size_t length)
{
    struct execution *e = execution;
    struct checkpoint_write *w = malloc(sizeof *w + length);
    if (w == NULL)
        return STATUS_NO_MEMORY;
    memcpy(w->state, state, length);
    w->write = (struct write){
        .apply = apply_checkpoint, .done = free_checkpoint, .arg = w, .patient = true};
    w->checkpoint = (struct checkpoint){.run = e->claim->run,
                                        .seq = e->rows - 1,
                                        .state = w->state,
                                        .size = length,
                                        .seconds = computed(e)};
    e->checkpointed = computed(e);
    store_post(e->place->store, &w->write);
    return STATUS_OK;
}

enum status checkpoint_load(struct execution *e, struct checkpoint *ret)
{
    struct conn *c = store_reader(e->place->store);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    enum status status = store_checkpoint_get(c, e->claim->run, ret);
    if (status == STATUS_OK) {
        e->rows = ret->seq + 1;
        e->seconds_before = e->checkpointed = ret->seconds;
    }
    return status;
}
