/* In: a spec, a training and a test set. Out: rows of the trace through the observer. */
#include "learn/run.h"

#include <stdlib.h>

void run_shuffle(struct run *r, uint64_t epoch)
{
    uint32_t n = r->training->count;
    rng_init(&r->order, r->spec->seed, RNG_ORDER, epoch);
    for (uint32_t i = 0; i < n; i++)
        r->permutation[i] = i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = (uint32_t)rng_below(&r->order, i + 1);
        uint32_t kept = r->permutation[i];
        r->permutation[i] = r->permutation[j];
        r->permutation[j] = kept;
    }
}

static uint32_t draw_sample(struct run *r)
{
    uint32_t n = r->training->count;
    if (r->spec->order == ORDER_RANDOM)
        return (uint32_t)rng_below(&r->order, n);
    if (r->samples % n == 0)
        run_shuffle(r, r->samples / n);
    return r->permutation[r->samples % n];
}

bool run_goes_on(void *arg)
{
    struct run *r = arg;
    return r->observer->poll(r->observer->arg, r->samples) != WISH_STOP;
}

static bool energy_spent(const struct run *r)
{
    double m0 = 0, m1 = 0;
    for (uint32_t l = 0; l < r->spec->learner.net.layers; l++) {
        m0 += (double)r->learner.energy[l].m0;
        m1 += r->learner.energy[l].m1;
    }
    return (r->spec->stop_m0 > 0 && m0 >= r->spec->stop_m0) ||
           (r->spec->stop_m1 > 0 && m1 >= r->spec->stop_m1);
}

/* Whether the run ends after the sample just learnt, and why. */
static bool is_over(const struct run *r, enum train_wish wish, enum train_outcome *ret)
{
    if (r->learner.diverged)
        *ret = OUTCOME_DIVERGED;
    else if (energy_spent(r))
        *ret = OUTCOME_ENERGY;
    else if (r->spec->stop_samples > 0 && r->samples >= r->spec->stop_samples)
        *ret = OUTCOME_SAMPLES;
    else if (wish == WISH_END)
        *ret = OUTCOME_SECONDS;
    else
        return false;
    return true;
}

/* The same after a row: what only an evaluation can tell. */
static bool is_over_after_row(const struct run *r, enum train_outcome *ret)
{
    if (r->learner.diverged)
        *ret = OUTCOME_DIVERGED;
    else if (r->spec->stop_accuracy > 0 && r->test_accuracy >= r->spec->stop_accuracy)
        *ret = OUTCOME_GOAL;
    else
        return false;
    return true;
}

/* Learns one sample. STOPPED: the observer wants no more. */
static enum status learn_sample(struct run *r, bool *ret_over,
                                enum train_outcome *ret_outcome)
{
    uint32_t t = draw_sample(r);
    r->correct_since_row += learner_step(&r->learner, r->training, t);
    r->since_row++;
    r->samples++;
    enum train_wish wish = r->observer->poll(r->observer->arg, r->samples);
    *ret_over = is_over(r, wish, ret_outcome);
    r->row_is_due = *ret_over || r->samples % r->spec->evaluate_every == 0;
    if (wish == WISH_STOP)
        return STATUS_STOPPED;
    return wish == WISH_CHECKPOINT ? run_save(r) : STATUS_OK;
}

/* Rows and samples in turn until the run is over. */
static enum status learn(struct run *r, enum train_outcome *ret_outcome)
{
    enum status status = STATUS_OK;
    bool over = r->samples > 0 && is_over(r, WISH_GO_ON, ret_outcome);
    while (status == STATUS_OK) {
        if (r->row_is_due)
            status = run_write_row(r);
        if (status == STATUS_OK && r->row_is_due) {
            r->row_is_due = false;
            over = is_over_after_row(r, ret_outcome) || over;
        }
        if (status != STATUS_OK || over)
            break;
        status = learn_sample(r, &over, ret_outcome);
    }
    if (status == STATUS_STOPPED) {
        enum status saved = run_save(r);
        status = saved == STATUS_OK ? STATUS_STOPPED : saved;
    }
    return status;
}

/* Draws the first weights; a subnet becomes a network of its own. */
static enum status begin(struct run *r, const struct kernels *kernels)
{
    const struct train_spec *spec = r->spec;
    struct rng weights;
    enum status status = learner_init(&r->learner, &spec->learner, kernels);
    if (status != STATUS_OK)
        return status;
    rng_init(&weights, spec->seed, RNG_WEIGHTS, 0);
    rng_init(&r->order, spec->seed, RNG_ORDER, 0);
    net_draw_weights(&r->learner.net, &weights);
    if (frozen_applies(&spec->learner))
        status =
            frozen_split(&r->frozen, &r->learner, r->training, r->test, run_goes_on, r);
    if (status == STATUS_OK)
        status = frozen_layers_init(&r->frozen_layers, &r->learner, r->training, r->test,
                                    spec->frozen_bytes, run_goes_on, r);
    if (status == STATUS_OK)
        status = evaluator_new(&r->learner.net, r->test, &r->evaluator);
    if (status != STATUS_OK)
        return status;
    status = learner_start(&r->learner);
    for (uint32_t l = 0; l < spec->learner.net.layers && r->frozen.sum[0] != NULL; l++) {
        double kept = net_norm(&r->learner.net, l);
        r->frozen_square[l] = frozen_square(&r->frozen, l) - kept * kept;
    }
    return status;
}

static enum status hand_over(const struct run *r)
{
    bool counted = r->spec->learner.count_changes && r->samples <= UINT32_MAX;
    const struct final left = {&r->learner, &r->frozen, counted};
    return r->observer->end != NULL ? r->observer->end(r->observer->arg, &left)
                                    : STATUS_OK;
}

enum status train_run(const struct train_spec *spec, const struct samples *training,
                      const struct samples *test, const struct kernels *kernels,
                      const struct train_observer *observer,
                      enum train_outcome *ret_outcome)
{
    struct run r = {
        .spec = spec, .training = training, .test = test, .observer = observer};
    enum train_outcome outcome = OUTCOME_STOPPED;
    enum status status = STATUS_OK;
    if (spec->order == ORDER_SHUFFLED) {
        r.permutation = calloc(training->count, sizeof *r.permutation);
        status = r.permutation != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    }
    r.row_is_due = true;
    if (status == STATUS_OK)
        status = begin(&r, kernels);
    if (status == STATUS_OK && observer->resume != NULL)
        status = run_resume(&r);
    else
        free(observer->resume);
    if (status == STATUS_OK)
        status = learn(&r, &outcome);
    if (status == STATUS_OK)
        status = hand_over(&r);
    if (status == STATUS_STOPPED) { /* by the observer, in the middle of something */
        outcome = OUTCOME_STOPPED;
        status = STATUS_OK;
    }
    if (status == STATUS_OK)
        *ret_outcome = outcome;
    free(r.permutation);
    evaluator_free(r.evaluator);
    frozen_release(&r.frozen);
    frozen_layers_release(&r.frozen_layers);
    learner_release(&r.learner);
    return status;
}
