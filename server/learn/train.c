/* In: a spec, a training and a test set. Out: rows of the trace through the observer. */
#include "learn/train.h"

#include <math.h>
#include <stdlib.h>

#include "learn/evaluate.h"
#include "learn/frozen.h"
#include "learn/frozen_layers.h"

struct run {
    const struct train_spec *spec;
    const struct samples *training, *test;
    const struct train_observer *observer;
    struct learner learner;
    struct evaluator *evaluator; /* of its network on the test set */
    struct frozen frozen; /* what a subnet leaves out of the learner's network */
    double frozen_square[NET_LAYERS_MAX]; /* of its weights, per layer */
    struct frozen_layers frozen_layers; /* what its first layers make of the sets */
    double norm[NET_LAYERS_MAX]; /* of its weights at the last row, or at the first */
    struct rng order;
    uint32_t *permutation; /* [training->count], ORDER_SHUFFLED only */
    uint64_t samples;
    uint64_t since_row, correct_since_row;
    uint64_t m0_at_row[NET_LAYERS_MAX]; /* M0 at the last row */
    double test_accuracy; /* at the last row */
};

static void shuffle(struct run *r, uint64_t epoch)
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
        shuffle(r, r->samples / n);
    return r->permutation[r->samples % n];
}

static bool go_on(void *arg)
{
    struct run *r = arg;
    return r->observer->poll(r->observer->arg, r->samples) != WISH_STOP;
}

static double share(uint64_t changes, double synapses, uint64_t samples)
{
    return samples > 0 ? (double)changes / synapses / (double)samples : NAN;
}

static double synapses_of(const struct net_spec *net, uint32_t l)
{
    return ((double)net->units[l] + net->bias) * net->units[l + 1];
}

/* Energies, changes and norms per layer and in total. */
static void fill_layers(struct run *r, struct trace_row *row)
{
    double synapses = 0, square = 0;
    uint64_t changes = 0;
    for (uint32_t l = 0; l < row->layers; l++) {
        struct layer_row *at = &row->layer[l], *total = &row->total;
        double size = synapses_of(&r->spec->learner.net, l);
        at->spent = r->learner.energy[l];
        at->direct = learner_direct(&r->learner, l);
        if (r->samples == 0 || r->learner.path[l] != UPDATE_NONE)
            r->norm[l] = net_norm(&r->learner.net, l);
        at->weight_norm = sqrt(r->norm[l] * r->norm[l] + r->frozen_square[l]);
        uint64_t changed = at->spent.m0 - r->m0_at_row[l];
        at->changed = share(changed, size, r->since_row);
        r->m0_at_row[l] = at->spent.m0;
        energy_add(&total->spent, &at->spent);
        energy_add(&total->direct, &at->direct);
        synapses += size;
        changes += changed;
        square += at->weight_norm * at->weight_norm;
    }
    row->total.changed = share(changes, synapses, r->since_row);
    row->total.weight_norm = sqrt(square);
}

static enum status write_row(struct run *r)
{
    struct evaluation test;
    enum status status = evaluate(r->evaluator, go_on, r, &test);
    if (status != STATUS_OK)
        return status;
    struct trace_row row = {
        .samples = r->samples,
        .epoch = (double)r->samples / r->training->count,
        .train_accuracy =
            r->since_row > 0 ? (double)r->correct_since_row / (double)r->since_row : NAN,
        .test_accuracy = test.accuracy,
        .test_loss = test.loss,
        .layers = r->spec->learner.net.layers,
        .exponents = r->spec->learner.exponents.count,
    };
    fill_layers(r, &row);
    r->test_accuracy = test.accuracy;
    r->learner.diverged = r->learner.diverged || !isfinite(test.loss);
    r->since_row = r->correct_since_row = 0;
    if (!learner_has_counted(&r->learner))
        return STATUS_NO_MEMORY;
    return r->observer->row(r->observer->arg, &row);
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
static bool is_over(struct run *r, enum train_outcome *ret)
{
    enum train_wish wish = r->observer->poll(r->observer->arg, r->samples);
    if (wish == WISH_STOP)
        *ret = OUTCOME_STOPPED;
    else if (r->learner.diverged)
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

/* Learns one sample after the other until the run is over. */
static enum status learn(struct run *r, enum train_outcome *ret_outcome)
{
    enum status status = write_row(r);
    bool over = status != STATUS_OK || is_over_after_row(r, ret_outcome);
    while (!over) {
        uint32_t t = draw_sample(r);
        r->correct_since_row += learner_step(&r->learner, r->training, t);
        r->since_row++;
        r->samples++;
        over = is_over(r, ret_outcome);
        if (over && *ret_outcome == OUTCOME_STOPPED)
            break;
        if (over || r->samples % r->spec->evaluate_every == 0) {
            status = write_row(r);
            over = status != STATUS_OK || is_over_after_row(r, ret_outcome) || over;
        }
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
        status = frozen_split(&r->frozen, &r->learner, r->training, r->test, go_on, r);
    if (status == STATUS_OK)
        status = frozen_layers_init(&r->frozen_layers, &r->learner, r->training, r->test,
                                    spec->frozen_bytes, go_on, r);
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
    if (status == STATUS_OK)
        status = begin(&r, kernels);
    if (status == STATUS_OK)
        status = learn(&r, &outcome);
    if (status == STATUS_OK && outcome != OUTCOME_STOPPED)
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
