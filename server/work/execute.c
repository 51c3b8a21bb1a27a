/* In: a claimed run. Out: rows and an end in the store. The spec comes from the store,
 * never from memory, so that an attempt after a crash begins like the first. */
#include "work/execute.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "learn/trace.h"
#include "store/traces.h"
#include "store/weights.h"
#include "work/ending.h"
#include "work/resume.h"

static const double LOOK_EVERY = 0.05; /* seconds between two looks at the clock */

enum train_wish poll_run(void *arg, uint64_t samples)
{
    struct execution *e = arg;
    if (samples > 0 && atomic_load_explicit(&e->samples, memory_order_relaxed) == 0)
        atomic_store(&e->samples_before, samples - 1);
    atomic_store_explicit(&e->samples, samples, memory_order_relaxed);
    if (atomic_load_explicit(&e->stop, memory_order_relaxed) ||
        atomic_load_explicit(&e->yield, memory_order_relaxed) ||
        atomic_load_explicit(&e->cancel, memory_order_relaxed) ||
        atomic_load_explicit(&e->row_status, memory_order_relaxed) != STATUS_OK)
        return WISH_STOP;
    double now = clock_monotonic();
    if (now >= e->next_look) {
        e->next_look = now + LOOK_EVERY;
        e->time_is_up = e->stop_seconds > 0 && computed(e) >= e->stop_seconds;
        e->state_is_due = checkpoint_is_due(e);
    }
    if (e->state_is_due) /* until it comes */
        e->state_asked_for = clock_thread_seconds();
    return e->time_is_up ? WISH_END : e->state_is_due ? WISH_CHECKPOINT : WISH_GO_ON;
}

/* A row on its way to the writer. */
struct row_write {
    struct write write; /* first */
    struct trace_entry entry;
    struct execution *execution;
};

static void note_row_status(struct execution *e, enum status status)
{
    int ok = STATUS_OK;
    if (status != STATUS_OK)
        atomic_compare_exchange_strong(&e->row_status, &ok, (int)status);
}

/* What lacks space may be tried again. */
static enum status apply_row(struct conn *c, void *arg)
{
    struct row_write *w = arg;
    enum status status = store_trace_add(c, &w->entry);
    if (status != STATUS_NO_SPACE)
        note_row_status(w->execution, status);
    return status;
}

static void row_done(void *arg, enum status outcome)
{
    struct row_write *w = arg;
    note_row_status(w->execution, outcome);
    free(w);
}

static enum status take_row(void *arg, const struct trace_row *row)
{
    struct execution *e = arg;
    struct row_write *w = calloc(1, sizeof *w);
    if (w == NULL)
        return STATUS_NO_MEMORY;
    w->write =
        (struct write){.apply = apply_row, .done = row_done, .arg = w, .patient = true};
    w->entry = (struct trace_entry){.run = e->claim->run,
                                    .job = e->claim->job,
                                    .seq = e->rows++,
                                    .row = *row,
                                    .seconds = computed(e),
                                    .now = clock_now_ms()};
    w->execution = e;
    store_post(e->place->store, &w->write);
    return STATUS_OK;
}

struct start_write {
    struct run_start start;
    const struct store *store;
    const struct claim *claim;
    bool reused;
};

static enum status apply_start(struct conn *c, void *arg)
{
    struct start_write *w = arg;
    enum status status = store_run_start(c, &w->start);
    if (status != STATUS_OK || !w->claim->reuse)
        return status;
    status = store_run_reuse(c, w->store, &w->start, w->claim->job, clock_now_ms());
    w->reused = status == STATUS_OK;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

void add_data_sha256(struct buf *b, const struct dataset *d)
{
    for (int f = 0; f < DATASET_FILES; f++)
        buf_addf(b, "%s%s", f > 0 ? " " : "", d->info.sha256[f]);
}

static enum status record_start(struct execution *e, const struct setup *s)
{
    char spec_sha256[HASH_TEXT];
    char *canonical = spec_canonical(&s->spec, e->claim->seed);
    if (canonical == NULL)
        return STATUS_NO_MEMORY;
    hash_text(canonical, strlen(canonical), spec_sha256);
    free(canonical);
    struct buf columns, data;
    buf_init(&columns, (size_t)TRACE_COLUMNS_MAX * TRACE_NAME_MAX);
    buf_init(&data, (size_t)DATASET_FILES * HASH_TEXT);
    const struct learner_spec *learner = &s->train.learner;
    for (uint32_t i = 0; i < trace_columns(learner->net.layers, learner->exponents.count);
         i++) {
        char name[TRACE_NAME_MAX];
        trace_column_name(&learner->exponents, i, name);
        buf_addf(&columns, "%s%s", i > 0 ? " " : "", name);
    }
    add_data_sha256(&data, s->data);
    struct run_start start = {.run = e->claim->run,
                              .attempt = e->claim->attempt,
                              .stop_samples = s->train.stop_samples,
                              .columns = columns.data,
                              .spec_sha256 = spec_sha256,
                              .data_sha256 = data.data,
                              .build = e->place->build,
                              .core = e->place->core,
                              .cpu = e->place->cpu,
                              .host = e->place->host,
                              .timed = e->stop_seconds > 0};
    struct start_write w = {.start = start, .store = e->place->store, .claim = e->claim};
    enum status status = columns.failed || data.failed
                             ? STATUS_NO_MEMORY
                             : store_write(e->place->store, apply_start, &w);
    e->reused = status == STATUS_OK && w.reused;
    buf_release(&columns);
    buf_release(&data);
    return status;
}

static enum status prepare(struct execution *e, struct setup *s, struct buf *why)
{
    enum status status = load_setup(e, s, why);
    if (status == STATUS_OK)
        status = check_data(e, s, why);
    if (status != STATUS_OK)
        return status;
    store_weights_remove(e->place->store, e->claim->run); /* of an earlier attempt */
    return record_start(e, s);
}

/* Takes the state of the checkpoint. */
static enum status train(struct execution *e, const struct setup *s,
                         const struct checkpoint *from, enum train_outcome *ret_outcome)
{
    struct train_observer observer = {.poll = poll_run,
                                      .row = take_row,
                                      .end = take_end,
                                      .checkpoint = checkpoint_take,
                                      .resume = from->state,
                                      .resume_size = from->size,
                                      .arg = e};
    e->keeps_state = true;
    e->computing_since = clock_thread_seconds();
    return train_run(&s->train, s->training, s->test, e->place->kernels, &observer,
                     ret_outcome);
}

/* From its checkpoint, if there is one that can be used, else from the beginning. */
static enum status go_on(struct execution *e, const struct setup *s,
                         enum train_outcome *ret_outcome)
{
    struct checkpoint from = {.state = NULL};
    enum status status = checkpoint_load(e, &from);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    bool continues = from.state != NULL;
    status = train(e, s, &from, ret_outcome);
    if (status == STATUS_CORRUPT && continues) {
        status = checkpoint_discard(e);
        if (status == STATUS_OK)
            status = train(e, s, &(struct checkpoint){.state = NULL}, ret_outcome);
    }
    return status;
}

/* Whether a run could not begin for lack of memory, three times in a row; and whether it
 * had got anywhere before. */
static bool is_too_large(const struct execution *e, enum status status, bool *ret_begun)
{
    int64_t before = 0;
    if (status != STATUS_NO_MEMORY || e->rows > e->rows_before)
        return false;
    struct conn *c = store_reader(e->place->store);
    return c != NULL &&
           store_run_refused(c, e->claim->run, status_text(status), &before, ret_begun) ==
               STATUS_OK &&
           before >= 2;
}

/* Its data set is not there; it goes on when that is. */
static bool is_without_data(const struct setup *s, enum status status)
{
    return status == STATUS_NOT_FOUND && s->data == NULL && s->spec.dataset[0] != '\0';
}

void execute(struct execution *e)
{
    struct buf why;
    buf_init(&why, 1000);
    e->computing_since = clock_thread_seconds();
    struct setup *s = calloc(1, sizeof *s);
    enum train_outcome outcome = OUTCOME_STOPPED;
    enum status status = s != NULL ? prepare(e, s, &why) : STATUS_NO_MEMORY;
    if (status == STATUS_OK && !e->reused)
        status = go_on(e, s, &outcome);
    if (status == STATUS_OK)
        status = (enum status)atomic_load(&e->row_status);
    struct run_end end = {.outcome = NULL};
    bool stopped =
        status == STATUS_STOPPED || (status == STATUS_OK && outcome == OUTCOME_STOPPED);
    if (stopped && atomic_load(&e->yield) && !atomic_load(&e->stop))
        status = STATUS_NO_SPACE;
    bool begun = false, too_large = is_too_large(e, status, &begun);
    if (e->reused) {
        log_info("run %lld took over a finished trace", (long long)e->claim->run);
    } else if (too_large && begun) {
        set_aside(e, status);
    } else if ((may_pass(status) && !too_large) || stopped) {
        give_back(e, status);
    } else if (is_without_data(s, status)) {
        let_wait(e, s->spec.dataset);
    } else {
        if (status == STATUS_OK)
            describe_end(e, s, outcome, &end, &why);
        else
            describe_failure(status, &end, &why);
        finish(e, &end, &why);
    }
    setup_free(e, s);
    buf_release(&why);
}
