/* In: a claimed run. Out: rows and an end in the store. The spec comes from the store, never
 * from memory, so that an attempt after a crash begins like the first. */
#include "work/execute.h"

#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "learn/trace.h"
#include "spec/spec.h"
#include "store/traces.h"

static const double LOOK_EVERY = 0.05; /* seconds between two looks at the clock */

/* The processor's own name; /proc may be hidden from a service. */
static void read_cpu(char *ret, size_t room, const struct kernels *k)
{
    unsigned part[12] = {0};
    char model[sizeof part + 1] = "unknown processor";
    bool known = __get_cpuid(0x80000002, &part[0], &part[1], &part[2], &part[3]) &&
                 __get_cpuid(0x80000003, &part[4], &part[5], &part[6], &part[7]) &&
                 __get_cpuid(0x80000004, &part[8], &part[9], &part[10], &part[11]);
    if (known)
        memcpy(model, part, sizeof part);
    const char *name = model + strspn(model, " ");
    snprintf(ret, room, "%s, %s", name, k->name);
}

void execution_place_init(struct execution_place *p, struct store *store,
                          struct catalogue *catalogue, const char *build)
{
    *p = (struct execution_place){
        .store = store, .catalogue = catalogue, .kernels = kernels_for(NULL),
        .build = build};
    if (gethostname(p->host, sizeof p->host - 1) != 0)
        snprintf(p->host, sizeof p->host, "unknown");
    read_cpu(p->cpu, sizeof p->cpu, p->kernels);
}

static double computed(const struct execution *e)
{
    return clock_thread_seconds() - e->computing_since;
}

static enum train_wish poll_run(void *arg, uint64_t samples)
{
    struct execution *e = arg;
    atomic_store_explicit(&e->samples, samples, memory_order_relaxed);
    if (atomic_load_explicit(&e->stop, memory_order_relaxed) ||
        atomic_load_explicit(&e->row_status, memory_order_relaxed) != STATUS_OK)
        return WISH_STOP;
    if (e->stop_seconds > 0 && !e->time_is_up && clock_monotonic() >= e->next_look) {
        e->next_look = clock_monotonic() + LOOK_EVERY;
        e->time_is_up = computed(e) >= e->stop_seconds;
    }
    return e->time_is_up ? WISH_END : WISH_GO_ON;
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

static enum status apply_row(struct conn *c, void *arg)
{
    struct row_write *w = arg;
    enum status status = store_trace_add(c, &w->entry);
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
    w->write = (struct write){
        .apply = apply_row, .done = row_done, .arg = w, .patient = true};
    w->entry = (struct trace_entry){.run = e->claim->run,
                                    .job = e->claim->job,
                                    .seq = e->rows++,
                                    .row = *row,
                                    .seconds = computed(e)};
    w->execution = e;
    store_post(e->place->store, &w->write);
    return STATUS_OK;
}

static enum status apply_start(struct conn *c, void *arg)
{
    return store_run_start(c, arg);
}

struct end_write {
    struct run_end end;
    const struct execution *execution;
};

/* Whether the end already says that the attempt went wrong, not only the network. */
static bool is_failure(const struct run_end *e)
{
    return e->state == RUN_FAILED && strcmp(e->outcome, "diverged") != 0;
}

/* The rows come before their end in the queue, perhaps in the same transaction: a run does
 * not succeed when one of them was refused. */
static enum status apply_end(struct conn *c, void *arg)
{
    struct end_write *w = arg;
    enum status rows = (enum status)atomic_load(&w->execution->row_status);
    if (!is_failure(&w->end) && rows != STATUS_OK)
        return rows;
    return store_run_finish(c, &w->end);
}

static enum status apply_requeue(struct conn *c, void *arg)
{
    const struct claim *claim = arg;
    return store_run_requeue(c, claim->run, claim->job);
}

/* Everything before training: what was asked for, and with what it will be done. */
struct setup {
    struct spec spec;
    struct train_spec train;
    const struct dataset *data;
};

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
    for (uint32_t i = 0; i < trace_columns(s->train.learner.net.layers); i++) {
        char name[TRACE_NAME_MAX];
        trace_column_name(i, name);
        buf_addf(&columns, "%s%s", i > 0 ? " " : "", name);
    }
    for (int f = 0; f < DATASET_FILES; f++)
        buf_addf(&data, "%s%s", f > 0 ? " " : "", s->data->info.sha256[f]);
    struct run_start start = {.run = e->claim->run,
                              .stop_samples = s->train.stop_samples,
                              .columns = columns.data,
                              .spec_sha256 = spec_sha256,
                              .data_sha256 = data.data,
                              .build = e->place->build,
                              .cpu = e->place->cpu,
                              .host = e->place->host,
                              .timed = e->stop_seconds > 0};
    enum status status = columns.failed || data.failed
                             ? STATUS_NO_MEMORY
                             : store_write(e->place->store, apply_start, &start);
    buf_release(&columns);
    buf_release(&data);
    return status;
}

/* On failure `why` says for people what is missing. */
static enum status prepare(struct execution *e, struct setup *s, struct buf *why)
{
    if (e->claim->spec == NULL || e->claim->params == NULL)
        return STATUS_NO_MEMORY;
    enum status status = spec_of_run(e->claim->spec, e->claim->params, &s->spec);
    if (status != STATUS_OK) {
        buf_adds(why, "the stored spec cannot be read by this version");
        return status;
    }
    status = catalogue_get(e->place->catalogue, s->spec.dataset, &s->data, why);
    if (status != STATUS_OK)
        return status;
    const struct samples *training = s->data->train[s->spec.centre];
    spec_train(&s->spec, e->claim->seed, training->features, training->classes,
               training->count, &s->train);
    e->stop_seconds = s->spec.stop_seconds;
    return record_start(e, s);
}

/* The end that an outcome means for the run. */
static void describe_end(const struct execution *e, const struct setup *s,
                         enum train_outcome outcome, struct run_end *end, struct buf *why)
{
    bool by_samples = s->spec.stop_epochs == 0 ||
                      (uint64_t)s->spec.stop_samples == s->train.stop_samples;
    end->state = RUN_SUCCEEDED;
    switch (outcome) {
    case OUTCOME_GOAL:
        end->outcome = "goal";
        break;
    case OUTCOME_SAMPLES:
        end->outcome = by_samples ? "samples" : "epochs";
        break;
    case OUTCOME_ENERGY:
        end->outcome = "energy";
        break;
    case OUTCOME_SECONDS:
        end->state = RUN_TIMED_OUT;
        end->outcome = "seconds";
        buf_addf(why, "the limit of %g s of computing was reached", e->stop_seconds);
        break;
    case OUTCOME_DIVERGED:
        end->state = RUN_FAILED;
        end->outcome = "diverged";
        buf_addf(why, "the network diverged: after %llu samples its output was no longer "
                 "finite; a lower learning rate may help",
                 (unsigned long long)atomic_load(&e->samples));
        break;
    case OUTCOME_STOPPED: /* handled by execute */
        break;
    }
}

static void describe_failure(enum status status, struct run_end *end, struct buf *why)
{
    end->state = RUN_FAILED;
    end->outcome = status == STATUS_CONFLICT ? "replay_mismatch" : "error";
    if (status == STATUS_CONFLICT)
        buf_adds(why, "a trace row differs from the one that was computed before an "
                      "interruption");
    else if (why->len == 0)
        buf_adds(why, status_text(status));
}

/* What ends when there is space, or memory, again. */
static bool may_pass(enum status status)
{
    return status == STATUS_NO_SPACE || status == STATUS_NO_MEMORY || status == STATUS_IO;
}

/* The record of how an attempt ended must not get lost: tried again until it is written, or
 * the server stops and finds the run at its next start. */
static enum status insist(struct execution *e, enum status (*apply)(struct conn *, void *),
                          void *arg)
{
    enum status status = store_write(e->place->store, apply, arg);
    while (may_pass(status) && !atomic_load(&e->stop)) {
        log_warning("run %lld waits to be recorded: %s", (long long)e->claim->run,
                    status_text(status));
        sleep(1);
        status = store_write(e->place->store, apply, arg);
    }
    return status;
}

static void give_back(struct execution *e)
{
    struct claim claim = *e->claim;
    enum status status = insist(e, apply_requeue, &claim);
    if (status != STATUS_OK)
        log_error("run %lld could not be given back: %s", (long long)claim.run,
                  status_text(status));
}

static void finish(struct execution *e, struct run_end *end, struct buf *why)
{
    end->run = e->claim->run;
    end->job = e->claim->job;
    end->now = clock_now_ms();
    end->seconds = computed(e);
    end->reason = why->len > 0 ? why->data : NULL;
    struct end_write w = {.end = *end, .execution = e};
    enum status status = insist(e, apply_end, &w);
    if (status == STATUS_CONFLICT && !is_failure(end)) {
        buf_clear(why);
        describe_failure(status, end, why);
        finish(e, end, why);
    } else if (status != STATUS_OK) {
        log_error("the end of run %lld could not be recorded: %s", (long long)end->run,
                  status_text(status));
    } else {
        log_info("run %lld of job %lld: %s, %s, %.2f s", (long long)end->run,
                 (long long)end->job, run_state_name(end->state), end->outcome,
                 end->seconds);
    }
}

void execute(struct execution *e)
{
    struct buf why;
    buf_init(&why, 1000);
    e->computing_since = clock_thread_seconds();
    struct setup *s = calloc(1, sizeof *s);
    enum train_outcome outcome = OUTCOME_STOPPED;
    enum status status = s != NULL ? prepare(e, s, &why) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        struct train_observer observer = {.poll = poll_run, .row = take_row, .arg = e};
        bool centre = s->spec.centre;
        e->computing_since = clock_thread_seconds();
        status = train_run(&s->train, s->data->train[centre], s->data->test[centre],
                           e->place->kernels, &observer, &outcome);
    }
    if (status == STATUS_OK)
        status = (enum status)atomic_load(&e->row_status);
    struct run_end end = {.outcome = NULL};
    if (may_pass(status) || (status == STATUS_OK && outcome == OUTCOME_STOPPED)) {
        give_back(e);
    } else {
        if (status == STATUS_OK)
            describe_end(e, s, outcome, &end, &why);
        else
            describe_failure(status, &end, &why);
        finish(e, &end, &why);
    }
    free(s);
    buf_release(&why);
}
