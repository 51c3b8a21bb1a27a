/* In: a spec and its data set. Out: what does not fit. */
#include "work/extent.h"

#include <math.h>

enum { TRACE_ROWS_MAX = 1000000 };

static const double RUN_BYTES_MAX = 4.0 * (1 << 30);

/* Bytes of weights that a run keeps: the present and the first ones. */
static double weight_bytes(const struct train_spec *t)
{
    double floats = 0;
    for (uint32_t l = 0; l < t->learner.net.layers; l++)
        floats += ((double)t->learner.net.units[l] + 1) *
                  ((double)t->learner.net.units[l + 1] + LANES);
    return floats * 2 * sizeof(float);
}

static void make_train_spec(const struct spec *s, const struct dataset *d,
                            struct train_spec *ret)
{
    const struct samples *training = d->train[s->centre];
    spec_train(s, 0, training->features, training->classes, training->count, ret);
}

void extent_check(const struct spec *s, const struct dataset *d,
                  struct problems *problems)
{
    const struct samples *training = d->train[s->centre];
    struct train_spec t;
    spec_check_layers(s, training->features, training->classes, problems);
    make_train_spec(s, d, &t);
    if (weight_bytes(&t) > RUN_BYTES_MAX)
        problems_add(problems, "/network/hidden", "too_large", NULL,
                     "the weights would take %.1f GiB of memory, more than %.0f",
                     weight_bytes(&t) / (1 << 30), RUN_BYTES_MAX / (1 << 30));
    if (t.stop_samples / t.evaluate_every > TRACE_ROWS_MAX)
        problems_add(problems, "/evaluate/every", "too_many_rows", NULL,
                     "%llu samples with an evaluation every %llu make more than %d trace "
                     "rows",
                     (unsigned long long)t.stop_samples,
                     (unsigned long long)t.evaluate_every, TRACE_ROWS_MAX);
}

/* Seconds that a plastic synapse takes on a sample, and any synapse on a test sample:
 * those of the machine of README's table, "How fast". */
static double step_seconds(const struct rule *r, uint32_t l)
{
    const double plain = 60e-12;
    if (r->cache)
        return 6 * plain;
    if (r->compete_keep[l] == 0 || r->compete == COMPETE_ERROR ||
        r->compete == COMPETE_ACTIVITY)
        return plain;
    return (r->compete == COMPETE_WEIGHT ? 5 : 2.5) * plain;
}

static const double TEST_SECONDS = 4e-12;

double extent_seconds(const struct spec *s, const struct dataset *d, int64_t samples)
{
    struct train_spec t;
    make_train_spec(s, d, &t);
    const struct net_spec *net = &t.learner.net;
    const struct rule *r = &t.learner.rule;
    double step = 0, synapses = 0,
           n = (double)(samples > 0 ? (uint64_t)samples : t.stop_samples);
    for (uint32_t l = 0; l < net->layers; l++) {
        synapses += ((double)net->units[l] + 1) * net->units[l + 1];
        if (t.learner.learning_rate[l] > 0)
            step += step_seconds(r, l) * ((double)rule_sources(r, net, l) + 1) *
                    rule_targets(r, net, l);
    }
    double tests = (n / (double)t.evaluate_every + 2) * d->test[s->centre]->count;
    return n > 0 ? n * step + tests * synapses * TEST_SECONDS : INFINITY;
}
