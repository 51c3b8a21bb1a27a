/* In: a run between two samples. Out: a row of its trace. */
#include <math.h>

#include "learn/run.h"

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

enum status run_write_row(struct run *r)
{
    struct evaluation test;
    learner_settle(&r->learner);
    enum status status = evaluate(r->evaluator, run_goes_on, r, &test);
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
