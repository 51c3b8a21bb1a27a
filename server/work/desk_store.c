/* In: what a worker of this process has got. Out: writes to the store. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/doubt.h"
#include "store/reserve.h"
#include "store/weights.h"
#include "work/desk.h"
#include "work/ending.h"

struct store_desk {
    struct desk desk; /* first */
    struct store *store;
    struct catalogue *catalogue;
    _Atomic int64_t per_owner;
    double began; /* monotonic */
};

static struct store_desk *own(struct desk *d)
{
    return (struct store_desk *)d;
}

static struct store *store_of(struct desk *d)
{
    return own(d)->store;
}

struct schedule_limits store_desk_limits(const struct desk *d)
{
    const struct store_desk *s = (const struct store_desk *)d;
    return (struct schedule_limits){.per_owner = s->per_owner,
                                    .settling = clock_monotonic() - s->began <
                                                DOUBT_SETTLE_SECONDS};
}

void claim_release(struct claim *c)
{
    free(c->params);
    free(c->spec);
    free(c->data_sha256);
    *c = (struct claim){.run = 0};
}

struct claim_write {
    struct schedule_limits limits;
    struct claim claim;
};

static enum status apply_claim(struct conn *c, void *arg)
{
    struct claim_write *w = arg;
    claim_release(&w->claim); /* of an attempt that found no space */
    return store_claim(c, &w->limits, clock_now_ms(), &w->claim);
}

static enum status take_claim(struct desk *d, struct claim *ret)
{
    struct claim_write w = {.limits = store_desk_limits(d)};
    enum status status = store_write(store_of(d), apply_claim, &w);
    if (status == STATUS_OK)
        *ret = w.claim;
    else
        claim_release(&w.claim);
    return status;
}

static enum status get_data(struct desk *d, const char *name, const struct dataset **ret,
                            struct buf *why)
{
    return catalogue_get(own(d)->catalogue, name, ret, why);
}

static void put_data(struct desk *d, const struct dataset *data)
{
    catalogue_put(own(d)->catalogue, data);
}

struct start_write {
    const struct run_start *start;
    const struct store *store;
    const struct claim *claim;
    bool reused;
};

static enum status apply_start(struct conn *c, void *arg)
{
    struct start_write *w = arg;
    return store_run_begin(c, w->store, w->start, w->claim, clock_now_ms(), &w->reused);
}

static enum status record_start(struct desk *d, const struct execution *e,
                                const struct run_start *s, bool *ret_reused)
{
    struct start_write w = {.start = s, .store = store_of(d), .claim = e->claim};
    store_weights_remove(store_of(d), e->claim->run); /* of an earlier attempt */
    enum status status = store_write(store_of(d), apply_start, &w);
    *ret_reused = status == STATUS_OK && w.reused;
    return status;
}

/* A row on its way to the writer. */
struct row_write {
    struct write write; /* first */
    struct trace_entry entry;
    struct execution *execution;
};

/* What lacks space may be tried again. */
static enum status apply_row(struct conn *c, void *arg)
{
    struct row_write *w = arg;
    enum status status = store_trace_add(c, &w->entry);
    if (status != STATUS_NO_SPACE)
        execution_note(w->execution, status);
    return status;
}

static void row_done(void *arg, enum status outcome)
{
    struct row_write *w = arg;
    execution_note(w->execution, outcome);
    free(w);
}

static enum status post_row(struct desk *d, struct execution *e,
                            const struct trace_entry *row)
{
    struct row_write *w = calloc(1, sizeof *w);
    if (w == NULL)
        return STATUS_NO_MEMORY;
    w->write =
        (struct write){.apply = apply_row, .done = row_done, .arg = w, .patient = true};
    w->entry = *row;
    w->execution = e;
    store_post(store_of(d), &w->write);
    return STATUS_OK;
}

static enum status compare_row(struct desk *d, const struct execution *e,
                               const struct trace_entry *row)
{
    (void)e;
    struct conn *c = store_reader(store_of(d));
    return c != NULL ? store_trace_compare(c, row) : STATUS_NO_MEMORY;
}

/* A checkpoint on its way to the writer, its state behind it. */
struct checkpoint_write {
    struct write write; /* first */
    struct checkpoint checkpoint;
    struct store *store;
    struct execution *execution;
    unsigned char state[];
};

/* Not if the store has refused a row that precedes it. */
static enum status apply_checkpoint(struct conn *c, void *arg)
{
    struct checkpoint_write *w = arg;
    struct execution *e = w->execution;
    enum status rows = (enum status)atomic_load(&e->row_status);
    if (rows != STATUS_OK)
        return rows;
    if (!store_has_room_for_state(w->store, w->checkpoint.size, atomic_load(&e->yield)))
        return STATUS_NO_SPACE;
    double began = clock_thread_seconds();
    enum status status = store_checkpoint_put(c, &w->checkpoint);
    atomic_store(&e->writing_costs, clock_thread_seconds() - began);
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

static enum status post_checkpoint(struct desk *d, struct execution *e,
                                   const struct checkpoint *p)
{
    struct checkpoint_write *w = malloc(sizeof *w + p->size);
    if (w == NULL)
        return STATUS_NO_MEMORY;
    memcpy(w->state, p->state, p->size);
    w->execution = e;
    w->store = store_of(d);
    w->checkpoint = *p;
    w->checkpoint.state = w->state;
    w->write = (struct write){
        .apply = apply_checkpoint, .done = free_checkpoint, .arg = w, .patient = true};
    store_post(store_of(d), &w->write);
    return STATUS_OK;
}

static enum status get_checkpoint(struct desk *d, const struct execution *e,
                                  struct checkpoint *ret)
{
    struct conn *c = store_reader(store_of(d));
    return c != NULL ? store_checkpoint_get(c, e->claim->run, ret) : STATUS_NO_MEMORY;
}

static enum status apply_again(struct conn *c, void *arg)
{
    const struct execution *e = arg;
    return store_run_begin_again(c, e->claim->run, e->stop_seconds > 0);
}

static enum status begin_again(struct desk *d, const struct execution *e)
{
    return store_write(store_of(d), apply_again, (void *)(uintptr_t)e);
}

static enum status write_weights(struct desk *d, const struct execution *e,
                                 const struct final *left, int64_t *ret_bytes)
{
    return store_weights_write(store_of(d), e->claim->run, left, ret_bytes);
}

struct end_write {
    const struct run_end *end;
    const struct execution *execution;
    bool is_failure;
    const char *dataset; /* that it waits for */
};

/* The rows come before their end in the queue, perhaps in the same transaction: a run
 * does not succeed when one of them was refused. STOPPED: one was, for what may pass, and
 * is gone; only another attempt has it again. */
static enum status apply_finish(struct conn *c, void *arg)
{
    const struct end_write *w = arg;
    enum status rows = (enum status)atomic_load(&w->execution->row_status);
    if (!w->is_failure && rows != STATUS_OK)
        return may_pass(rows) ? STATUS_STOPPED : rows;
    return store_run_finish(c, w->end);
}

static enum status finish_run(struct desk *d, const struct execution *e,
                              const struct run_end *end, bool is_failure)
{
    struct end_write w = {.end = end, .execution = e, .is_failure = is_failure};
    if (end->weights == 0)
        store_weights_remove(store_of(d), end->run);
    return store_write(store_of(d), apply_finish, &w);
}

static enum status apply_requeue(struct conn *c, void *arg)
{
    return store_run_requeue(c, arg);
}

static enum status requeue_run(struct desk *d, const struct execution *e,
                               const struct run_end *end)
{
    (void)e;
    struct run_end copy = *end;
    return store_write(store_of(d), apply_requeue, &copy);
}

static enum status apply_wait(struct conn *c, void *arg)
{
    const struct end_write *w = arg;
    return store_run_wait_for(c, w->end, w->dataset);
}

void desk_say_absent(const struct catalogue *c, const char *dataset, struct buf *ret)
{
    buf_addf(ret, "waits for data set \"%s\": not found in ", dataset);
    catalogue_add_folders(c, ret);
}

static enum status let_wait_for(struct desk *d, const struct execution *e,
                                const struct run_end *end, const char *dataset)
{
    (void)e;
    struct buf why;
    struct run_end copy = *end;
    struct end_write w = {.end = &copy, .dataset = dataset};
    buf_init(&why, 1 << 17);
    desk_say_absent(own(d)->catalogue, dataset, &why);
    log_warning("run %lld %s", (long long)end->run, why.data);
    copy.reason = why.data;
    enum status status = store_write(store_of(d), apply_wait, &w);
    buf_release(&why);
    return status;
}

static enum status apply_verified(struct conn *c, void *arg)
{
    return store_verification_end(c, arg);
}

static enum status end_verification(struct desk *d, const struct execution *e,
                                    struct verification_end *end)
{
    (void)e;
    return store_write(store_of(d), apply_verified, end);
}

struct desk *store_desk_open(struct store *s, struct catalogue *c, int64_t per_owner)
{
    struct store_desk *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->desk = (struct desk){.claim = take_claim,
                            .data = get_data,
                            .data_back = put_data,
                            .start = record_start,
                            .row = post_row,
                            .compare = compare_row,
                            .checkpoint = post_checkpoint,
                            .checkpoint_get = get_checkpoint,
                            .begin_again = begin_again,
                            .weights = write_weights,
                            .finish = finish_run,
                            .requeue = requeue_run,
                            .wait_for = let_wait_for,
                            .verified = end_verification};
    d->store = s;
    d->catalogue = c;
    d->per_owner = per_owner;
    d->began = clock_monotonic();
    return &d->desk;
}

void store_desk_close(struct desk *d)
{
    free(d);
}

void store_desk_limit(struct desk *d, int64_t per_owner)
{
    own(d)->per_owner = per_owner;
}
