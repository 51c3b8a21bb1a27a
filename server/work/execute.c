/* In: a claimed run. Out: rows and an end at the desk. The spec comes with the claim,
 * never from memory, so that an attempt after a crash begins like the first. */
#include "work/execute.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "learn/trace.h"
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

void execution_note(struct execution *e, enum status status)
{
    int ok = STATUS_OK;
    if (status != STATUS_OK)
        atomic_compare_exchange_strong(&e->row_status, &ok, (int)status);
}

static enum status take_row(void *arg, const struct trace_row *row)
{
    struct execution *e = arg;
    struct desk *d = e->place->desk;
    struct trace_entry entry = {.run = e->claim->run,
                                .job = e->claim->job,
                                .seq = e->rows++,
                                .row = *row,
                                .seconds = computed(e),
                                .now = clock_now_ms()};
    return d->row(d, e, &entry);
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
    struct desk *d = e->place->desk;
    enum status status = columns.failed || data.failed
                             ? STATUS_NO_MEMORY
                             : d->start(d, e, &start, &e->reused);
    buf_release(&columns);
    buf_release(&data);
    return status;
}

static enum status prepare(struct execution *e, struct setup *s, struct buf *why)
{
    enum status status = load_setup(e, s, why);
    if (status == STATUS_OK)
        status = check_data(e, s, why);
    return status == STATUS_OK ? record_start(e, s) : status;
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

/* Whether a run could not begin for lack of memory, three times in a row. */
static bool is_too_large(const struct execution *e, enum status status)
{
    return status == STATUS_NO_MEMORY && e->rows == e->rows_before &&
           e->claim->too_large >= 2;
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
    bool too_large = is_too_large(e, status);
    if (status == STATUS_LEASE_LOST) {
        log_lost(e);
    } else if (e->reused) {
        log_info("run %lld took over a finished trace", (long long)e->claim->run);
    } else if (too_large && e->claim->begun) {
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
