/* In: a run that has ended. Out: whether its trace came out the same, row by row and bit
 * by bit. The run itself is only read. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "work/ending.h"

static enum status compare_row(void *arg, const struct trace_row *row)
{
    struct execution *e = arg;
    struct desk *d = e->place->desk;
    struct trace_entry entry = {.run = e->claim->run, .seq = e->rows, .row = *row};
    enum status status = d->compare(d, e, &entry);
    e->rows += status == STATUS_OK;
    return status;
}

static enum status train_again(struct execution *e, const struct setup *s,
                               enum train_outcome *ret_outcome)
{
    struct train_observer observer = {.poll = poll_run, .row = compare_row, .arg = e};
    e->stop_seconds = 0; /* the rows decide, not the clock */
    return train_run(&s->train, s->training, s->test, e->place->kernels, &observer,
                     ret_outcome);
}

static void record(struct execution *e, struct verification_end *end)
{
    end->run = e->claim->run;
    end->job = e->claim->job;
    end->now = clock_now_ms();
    end->build = e->place->build;
    end->core = e->place->core;
    end->seconds = computed(e);
    struct desk *d = e->place->desk;
    enum status status;
    do
        status = d->verified(d, e, end);
    while (is_worth_another_try(e, status));
    if (status == STATUS_OK && end->gone)
        return;
    if (status == STATUS_OK)
        log_info("the trace of run %lld, verified: %s", (long long)end->run, end->state);
    else
        log_error("the verification of run %lld could not be recorded: %s",
                  (long long)end->run, status_text(status));
}

/* Too few rows differ as well, at the first one that is missing. */
static void judge(const struct execution *e, enum status status,
                  struct verification_end *end, struct buf *why)
{
    end->seq = -1;
    if (status == STATUS_CONFLICT || status == STATUS_CORRUPT ||
        (status == STATUS_OK && e->rows != e->claim->last + 1)) {
        end->state = "different";
        end->seq = e->rows;
        buf_addf(why, "row %lld %s", (long long)e->rows,
                 status == STATUS_CORRUPT ? "is damaged on the disk" : "differs");
    } else {
        end->state = status == STATUS_OK ? "same" : "failed";
        if (status != STATUS_OK && why->len == 0)
            buf_adds(why, status_text(status));
    }
    end->reason = why->len > 0 ? why->data : NULL;
}

void verify(struct execution *e)
{
    struct buf why;
    enum train_outcome outcome = OUTCOME_SAMPLES;
    buf_init(&why, 1000);
    e->computing_since = clock_thread_seconds();
    struct setup *s = calloc(1, sizeof *s);
    enum status status = s != NULL ? load_setup(e, s, &why) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = check_data(e, s, &why);
    if (status == STATUS_OK)
        status = train_again(e, s, &outcome);
    struct verification_end end = {.state = "queued", .seq = -1};
    if (status != STATUS_OK || outcome != OUTCOME_STOPPED)
        judge(e, status, &end, &why);
    if (status == STATUS_LEASE_LOST)
        log_lost(e);
    else
        record(e, &end);
    setup_free(e, s);
    buf_release(&why);
}
