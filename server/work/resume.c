#include "work/resume.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "work/ending.h"

/* A large state is not kept more often than it is worth: handing it out and writing it
 * take less than a hundredth of the computing. But a crash costs no run more than
 * minutes. */
static const double INTERVAL_PER_COST = 100, INTERVAL_MAX = 300; /* seconds */

bool checkpoint_is_due(const struct execution *e)
{
    double interval =
        INTERVAL_PER_COST * (e->state_costs + atomic_load(&e->writing_costs));
    if (interval > INTERVAL_MAX)
        interval = INTERVAL_MAX;
    if (interval < e->place->checkpoint_seconds)
        interval = e->place->checkpoint_seconds;
    return e->keeps_state && computed(e) - e->checkpointed >= interval;
}

/* The state with its hash behind it. NO_MEMORY. */
static enum status post(struct execution *e, const void *state, size_t size)
{
    char hash[HASH_TEXT];
    struct desk *d = e->place->desk;
    char *bytes = malloc(size + HASH_DIGITS);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    hash_text(state, size, hash);
    memcpy(bytes, state, size);
    memcpy(bytes + size, hash, HASH_DIGITS);
    struct checkpoint p = {.run = e->claim->run,
                           .seq = e->rows - 1,
                           .state = bytes,
                           .size = size + HASH_DIGITS,
                           .seconds = computed(e),
                           .now = clock_now_ms()};
    enum status status = d->checkpoint(d, e, &p);
    free(bytes);
    return status;
}

enum status checkpoint_take(void *execution, const void *state, size_t size)
{
    struct execution *e = execution;
    bool ends = atomic_load(&e->cancel) || atomic_load(&e->row_status) != STATUS_OK;
    bool fits = size <= STATE_MAX;
    if (!ends && (!fits || post(e, state, size) != STATUS_OK))
        log_warning("run %lld: no checkpoint: %s", (long long)e->claim->run,
                    fits ? "no memory" : "its state is too large");
    e->keeps_state = fits;
    if (e->state_is_due)
        e->state_costs = clock_thread_seconds() - e->state_asked_for;
    e->checkpointed = computed(e);
    e->state_is_due = false;
    log_debug(
        "run %lld: %zu bytes of state in %.2f ms; the last one was written in %.2f ms",
        (long long)e->claim->run, size, 1000 * e->state_costs,
        1000 * atomic_load(&e->writing_costs));
    return STATUS_OK;
}

size_t checkpoint_intact_bytes(const struct checkpoint *p)
{
    char hash[HASH_TEXT];
    if (p->size < HASH_DIGITS)
        return 0;
    size_t size = p->size - HASH_DIGITS;
    hash_text(p->state, size, hash);
    return memcmp((const char *)p->state + size, hash, HASH_DIGITS) == 0 ? size : 0;
}

enum status checkpoint_load(struct execution *e, struct checkpoint *ret)
{
    struct desk *d = e->place->desk;
    enum status status = d->checkpoint_get(d, e, ret);
    if (status != STATUS_OK)
        return status;
    ret->size = checkpoint_intact_bytes(ret);
    e->rows = e->rows_before = ret->seq + 1;
    e->seconds_before = e->checkpointed = ret->seconds;
    log_info("run %lld goes on behind row %lld of its trace, after %.2f s",
             (long long)e->claim->run, (long long)ret->seq, ret->seconds);
    return STATUS_OK;
}

enum status checkpoint_discard(struct execution *e)
{
    log_warning("run %lld: its checkpoint cannot be used; it begins again",
                (long long)e->claim->run);
    e->rows = e->rows_before = 0;
    e->seconds_before = e->checkpointed = 0;
    return e->place->desk->begin_again(e->place->desk, e);
}
