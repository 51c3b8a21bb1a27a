/* In: a run between two samples, or its state as bytes. Out: the other one. */
#include <stdlib.h>
#include <string.h>

#include "learn/checkpoint.h"
#include "learn/run.h"

/* The state of the run between two samples, or before the row that is due. */
static void walk_state(struct checkpoint_walk *c, struct run *r)
{
    static const char format[] = "frugal checkpoint 1";
    char found[sizeof format];
    memcpy(found, format, sizeof format);
    checkpoint_bytes(c, found, sizeof found);
    c->failed = c->failed || memcmp(found, format, sizeof format) != 0;
    checkpoint_rng(c, &r->order);
    checkpoint_bytes(c, &r->samples, sizeof r->samples);
    checkpoint_bytes(c, &r->since_row, sizeof r->since_row);
    checkpoint_bytes(c, &r->correct_since_row, sizeof r->correct_since_row);
    checkpoint_bytes(c, r->m0_at_row, sizeof r->m0_at_row);
    checkpoint_bytes(c, r->norm, sizeof r->norm);
    checkpoint_flag(c, &r->row_is_due);
    checkpoint_learner(c, &r->learner);
}

enum status run_save(struct run *r)
{
    if (r->observer->checkpoint == NULL)
        return STATUS_OK;
    learner_settle(&r->learner);
    struct checkpoint_walk measure = {.way = CHECKPOINT_MEASURE};
    walk_state(&measure, r);
    unsigned char *state = malloc(measure.size);
    if (state == NULL || measure.failed) {
        free(state);
        return STATUS_NO_MEMORY;
    }
    struct checkpoint_walk write = {CHECKPOINT_WRITE, state, measure.size, false, false};
    walk_state(&write, r);
    enum status status = r->observer->checkpoint(r->observer->arg, state, measure.size);
    free(state);
    return status;
}

enum status run_resume(struct run *r)
{
    void *state = r->observer->resume;
    struct checkpoint_walk read = {CHECKPOINT_READ, state, r->observer->resume_size,
                                   false, false};
    walk_state(&read, r);
    free(state);
    if (read.no_memory)
        return STATUS_NO_MEMORY;
    if (read.failed || read.size > 0)
        return STATUS_CORRUPT;
    if (r->spec->order == ORDER_SHUFFLED && r->samples % r->training->count != 0)
        run_shuffle(r, r->samples / r->training->count);
    return STATUS_OK;
}
