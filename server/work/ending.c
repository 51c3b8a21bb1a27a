#include "work/ending.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

double computed(const struct execution *e)
{
    return e->seconds_before + clock_thread_seconds() - e->computing_since;
}

/* Whether the end already says that the attempt went wrong, not only the network. */
static bool is_failure(const struct run_end *e)
{
    return e->state == RUN_FAILED && strcmp(e->outcome, "diverged") != 0;
}

bool may_pass(enum status status)
{
    return status == STATUS_NO_SPACE || status == STATUS_NO_MEMORY || status == STATUS_IO;
}

void describe_end(const struct execution *e, const struct setup *s,
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
        buf_addf(why,
                 "the network diverged: after %llu samples its output was no longer "
                 "finite; a lower learning rate may help",
                 (unsigned long long)atomic_load(&e->samples));
        break;
    case OUTCOME_STOPPED: /* handled by execute */
        break;
    }
}

void describe_failure(enum status status, struct run_end *end, struct buf *why)
{
    end->state = RUN_FAILED;
    end->outcome = status == STATUS_CONFLICT ? "replay_mismatch" : "error";
    if (status == STATUS_CONFLICT)
        buf_adds(why, "a trace row differs from the one that was computed before an "
                      "interruption");
    else if (why->len == 0)
        buf_adds(why, status_text(status));
}

bool is_worth_another_try(const struct execution *e, enum status status)
{
    if (!may_pass(status) || atomic_load(&e->stop))
        return false;
    log_warning("run %lld waits to be recorded: %s", (long long)e->claim->run,
                status_text(status));
    sleep(1);
    return true;
}

static struct run_end end_now(const struct execution *e)
{
    return (struct run_end){.run = e->claim->run,
                            .job = e->claim->job,
                            .now = clock_now_ms(),
                            .seconds = computed(e),
                            .earlier = e->seconds_before};
}

void log_lost(const struct execution *e)
{
    log_warning("%s %lld: %s", e->claim->verifies ? "verification of run" : "run",
                (long long)e->claim->run, status_text(STATUS_LEASE_LOST));
}

/* A server that stops before it is done finds the run at its next start. */
static void put_back(struct execution *e, const struct run_end *end, const char *dataset)
{
    struct desk *d = e->place->desk;
    enum status status;
    do
        status =
            dataset != NULL ? d->wait_for(d, e, end, dataset) : d->requeue(d, e, end);
    while (is_worth_another_try(e, status));
    if (status == STATUS_LEASE_LOST)
        log_lost(e);
    else if (status != STATUS_OK)
        log_error("run %lld could not be given back: %s", (long long)end->run,
                  status_text(status));
}

void give_back(struct execution *e, enum status status)
{
    struct run_end end = end_now(e);
    end.state = RUN_QUEUED;
    end.reason = may_pass(status) ? status_text(status) : e->place->stop_reason;
    end.stays_suspect = status == STATUS_NO_MEMORY; /* for three tries at most */
    e->waits_for = may_pass(status) ? status : STATUS_OK;
    if (may_pass(status))
        log_warning("run %lld waits: %s", (long long)end.run, status_text(status));
    put_back(e, &end, NULL);
}

void set_aside(struct execution *e, enum status status)
{
    char reason[200];
    struct run_end end = end_now(e);
    snprintf(reason, sizeof reason,
             "%s, time and again; what it has got so far is kept: release it when there "
             "is more",
             status_text(status));
    end.state = RUN_HELD;
    end.reason = reason;
    end.stays_suspect = true;
    log_warning("run %lld is held: %s", (long long)end.run, reason);
    put_back(e, &end, NULL);
}

void let_wait(struct execution *e, const char *dataset)
{
    struct run_end end = end_now(e);
    put_back(e, &end, dataset);
}

void finish(struct execution *e, struct run_end *end, struct buf *why)
{
    struct run_end now = end_now(e);
    now.state = end->state;
    now.outcome = end->outcome;
    *end = now;
    end->reason = why->len > 0 ? why->data : NULL;
    end->changes = e->counted && !is_failure(end) ? &e->changes : NULL;
    end->weights = is_failure(end) ? 0 : e->weights;
    struct desk *d = e->place->desk;
    enum status status;
    do
        status = d->finish(d, e, end, is_failure(end));
    while (is_worth_another_try(e, status));
    if (status != STATUS_OK && status != STATUS_STOPPED && status != STATUS_LEASE_LOST &&
        !may_pass(status) && !is_failure(end)) {
        buf_clear(why);
        describe_failure(status, end, why);
        finish(e, end, why);
    } else if (status == STATUS_LEASE_LOST) {
        log_lost(e);
    } else if (status == STATUS_STOPPED) {
        give_back(e, (enum status)atomic_load(&e->row_status));
    } else if (status != STATUS_OK) {
        log_error("the end of run %lld could not be recorded: %s", (long long)end->run,
                  status_text(status));
    } else {
        log_info("run %lld of job %lld: %s, %s, %.2f s", (long long)end->run,
                 (long long)end->job, run_state_name(end->state), end->outcome,
                 end->seconds);
    }
}
