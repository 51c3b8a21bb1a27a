#include "work/resume.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/reserve.h"
#include "work/ending.h"

/* A large state is not kept more often than it is worth: handing it out and writing it
 * take less than a hundredth of the computing. But a crash costs no run more than
 * minutes. */
static const double INTERVAL_PER_COST = 100, INTERVAL_MAX = 300; /* seconds */

/* More would keep the writer from its work for too long: such a run does without. */
enum { STATE_MAX = 256 << 20 };

/* What is kept is the state and its SHA-256: a bit that a disk has turned is found. */
enum { HASH_DIGITS = HASH_TEXT - 1 };

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

/* A checkpoint on its way to the writer, its state behind it. */
struct checkpoint_write {
    struct write write; /* first */
    struct checkpoint checkpoint;
    struct execution *execution;
    unsigned char state[];
};

/* A state is written twice, into the log and into the database: one for which there is no
 * room would fill the disk. On a full one, none must take what is there for the ends of
 * all runs. */
static bool is_too_much(const struct checkpoint_write *w)
{
    struct store *s = w->execution->place->store;
    double room = atomic_load(&w->execution->yield) ? (double)store_reserve_left(s) / 4
                                                    : (double)store_space_left(s) / 2;
    return (double)w->checkpoint.size > room;
}

/* Not if the store has refused a row that precedes it. */
static enum status apply_checkpoint(struct conn *c, void *arg)
{
    struct checkpoint_write *w = arg;
    enum status rows = (enum status)atomic_load(&w->execution->row_status);
    if (rows == STATUS_OK && is_too_much(w))
        rows = STATUS_NO_SPACE;
    if (rows != STATUS_OK)
        return rows;
    double began = clock_thread_seconds();
    enum status status = store_checkpoint_put(c, &w->checkpoint);
    atomic_store(&w->execution->writing_costs, clock_thread_seconds() - began);
    return status;
}

static void free_checkpoint(void *arg, enum status outcome)
{
    const struct checkpoint_write *w = arg;
    if (outcome == STATUS_NO_SPACE) /* the run goes on, in time from the one before */
        log_warning("run %lld: no checkpoint: the disk has no room for its state",
                    (long long)w->checkpoint.run);
    free(arg);
}

static void post(struct execution *e, struct checkpoint_write *w, const void *state,
                 size_t size)
{
    char hash[HASH_TEXT];
    hash_text(state, size, hash);
    memcpy(w->state, state, size);
    memcpy(w->state + size, hash, HASH_DIGITS);
    w->execution = e;
    w->write = (struct write){
        .apply = apply_checkpoint, .done = free_checkpoint, .arg = w, .patient = true};
    w->checkpoint = (struct checkpoint){.run = e->claim->run,
                                        .seq = e->rows - 1,
                                        .state = w->state,
                                        .size = size + HASH_DIGITS,
                                        .seconds = computed(e),
                                        .now = clock_now_ms()};
    store_post(e->place->store, &w->write);
}

enum status checkpoint_take(void *execution, const void *state, size_t size)
{
    struct execution *e = execution;
    struct checkpoint_write *w = NULL;
    bool ends = atomic_load(&e->cancel) || atomic_load(&e->row_status) != STATUS_OK;
    bool fits = size <= STATE_MAX;
    if (!ends && (!fits || (w = malloc(sizeof *w + size + HASH_DIGITS)) == NULL))
        log_warning("run %lld: no checkpoint: %s", (long long)e->claim->run,
                    fits ? "no memory" : "its state is too large");
    e->keeps_state = fits;
    if (w != NULL)
        post(e, w, state, size);
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

/* Bytes of the state before its hash; 0, which no core takes, if they are damaged. */
static size_t intact_bytes(const struct checkpoint *p)
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
    struct conn *c = store_reader(e->place->store);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    enum status status = store_checkpoint_get(c, e->claim->run, ret);
    if (status != STATUS_OK)
        return status;
    ret->size = intact_bytes(ret);
    e->rows = e->rows_before = ret->seq + 1;
    e->seconds_before = e->checkpointed = ret->seconds;
    log_info("run %lld goes on behind row %lld of its trace, after %.2f s",
             (long long)e->claim->run, (long long)ret->seq, ret->seconds);
    return STATUS_OK;
}

static enum status apply_discard(struct conn *c, void *arg)
{
    const struct execution *e = arg;
    return store_run_begin_again(c, e->claim->run, e->stop_seconds > 0);
}

enum status checkpoint_discard(struct execution *e)
{
    log_warning("run %lld: its checkpoint cannot be used; it begins again",
                (long long)e->claim->run);
    e->rows = e->rows_before = 0;
    e->seconds_before = e->checkpointed = 0;
    return store_write(e->place->store, apply_discard, e);
}
