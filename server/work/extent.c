/* In: a spec and its data set. Out: what does not fit. */
#include "work/extent.h"

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

void extent_check(const struct spec *s, const struct dataset *d,
                  struct problems *problems)
{
    const struct samples *training = d->train[s->centre];
    struct train_spec t;
    spec_check_layers(s, training->features, training->classes, problems);
    spec_train(s, 0, training->features, training->classes, training->count, &t);
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
