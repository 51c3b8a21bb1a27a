/* Every key of a job spec, in the order in which it is shown. */
#include "spec/fields.h"

#include <string.h>

static const char *const activations[] = {"leaky_relu", "relu", "elu", "sigmoid", "tanh",
                                          NULL};
static const char *const losses[] = {"mse", "cross_entropy", NULL};
static const char *const orders[] = {"random", "shuffled", NULL};

static const char *const competitions[] = {"update", "weight", "error", "activity", NULL};
static const char *const scopes[] = {"layer", "unit", NULL};
static const char *const keeps[] = {"largest", "smallest", NULL};
static const char *const masks[] = {"units", "synapses", NULL};
static const char *const consolidations[] = {"synapse", "network", NULL};

#define AT(member) .offset = offsetof(struct spec, member)


const struct field fields[] = {
    {"/name", FIELD_TEXT, AT(name), .max = SPEC_NAME_MAX, .standard = "\"\"",
     .help = "A title for people."},
    {"/tags", FIELD_TAGS, AT(tags), .min = 1, .max = SPEC_TAG_MAX, .standard = "[]",
     .help = "Words to find the job by."},
    {"/note", FIELD_TEXT, AT(note), .max = SPEC_NOTE_MAX, .standard = "\"\"",
     .help = "Anything worth remembering about the job."},
    {"/dataset", FIELD_TEXT, AT(dataset), .min = 1, .max = SPEC_TAG_MAX,
     .in_canonical = true,
     .help = "Name of a data set that the server has; see /v1/datasets."},
    {"/network/hidden", FIELD_UNITS, AT(hidden), .min = 1, .max = 100000,
     .in_canonical = true, .standard = "[100]", .per = "hidden layer", .unit = "units",
     .help = "Number of units of each hidden layer, from input to output."},
    {"/network/activation", FIELD_CHOICE, AT(activation), .in_canonical = true,
     .choices = activations, .standard = "\"leaky_relu\"",
     .help = "Nonlinearity of the hidden units; leaky_relu has slope 0.1 below zero."},
    {"/network/loss", FIELD_CHOICE, AT(loss), .in_canonical = true, .choices = losses,
     .standard = "\"mse\"",
     .help = "mse: linear output and half the squared error; cross_entropy: softmax."},
    {"/network/bias", FIELD_FLAG, AT(bias), .in_canonical = true, .standard = "true",
     .help = "Whether units have bias synapses, which cost energy like any other."},
    {"/network/init_std", FIELD_LIST_OF_NUMBERS, AT(init_std), .min = 0, .max = 100,
     .in_canonical = true, .standard = "0.03", .per = "layer",
     .help = "Standard deviation of the Gaussian initial weights."},
    {"/training/learning_rate", FIELD_LIST_OF_NUMBERS, AT(learning_rate), .min = 0,
     .max = 100, .in_canonical = true, .standard = "0.01", .per = "layer",
     .help = "Learning rate; a layer with rate 0 is frozen and costs nothing."},
    {"/training/l2", FIELD_NUMBER, AT(l2), .min = 0, .max = 1, .in_canonical = true,
     .standard = "0", .help = "Weight decay: each change is rate * (y * delta - l2 * w)."},
    {"/training/order", FIELD_CHOICE, AT(order), .in_canonical = true, .choices = orders,
     .standard = "\"random\"",
     .help = "random: samples drawn with replacement; shuffled: every sample once an "
             "epoch."},
    {"/training/centre", FIELD_FLAG, AT(centre), .in_canonical = true, .standard = "true",
     .help = "Whether the mean over all training pixels is taken off the inputs."},
    {"/plasticity/compete/by", FIELD_CHOICE, AT(compete_by), .in_canonical = true,
     .choices = competitions, .standard = "\"update\"",
     .help = "What synapses compete by: |dw| or |w|; or units: |error| or |activity|."},
    {"/plasticity/compete/scope", FIELD_CHOICE, AT(compete_scope), .in_canonical = true,
     .choices = scopes, .standard = "\"layer\"",
     .help = "layer: one competition in each layer; unit: one among the incoming synapses "
             "of each unit."},
    {"/plasticity/compete/keep", FIELD_CHOICE, AT(compete_keep), .in_canonical = true,
     .choices = keeps, .standard = "\"largest\"",
     .help = "Whether the largest or the smallest win; only winners change."},
    {"/plasticity/compete/fraction", FIELD_LIST_OF_NUMBERS, AT(compete_fraction),
     .max = 1, .above_min = true, .nullable = true, .activates = true,
     .in_canonical = true, .standard = "null", .per = "layer",
     .help = "Share of the synapses (or units) of a competition that wins; 1: all."},
    {"/plasticity/compete/count", FIELD_LIST_OF_INTEGERS, AT(compete_count), .min = 1,
     .max = 1e12, .nullable = true, .activates = true, .in_canonical = true,
     .standard = "null", .per = "layer",
     .help = "The number of winners of a competition, instead of their share."},
    {"/plasticity/subnet/units", FIELD_LIST_OF_INTEGERS, AT(subnet_units), .min = 1,
     .max = 100000, .nullable = true, .activates = true, .in_canonical = true,
     .standard = "null", .per = "hidden layer", .unit = "units",
     .help = "Coordinated subnet: so many units of each hidden layer are plastic, on their "
             "input and their output side."},
    {"/plasticity/subnet/fraction", FIELD_LIST_OF_NUMBERS, AT(subnet_fraction), .max = 1,
     .above_min = true, .nullable = true, .activates = true, .in_canonical = true,
     .standard = "null", .per = "hidden layer",
     .help = "The same as a share of each hidden layer."},
    {"/plasticity/mask/of", FIELD_CHOICE, AT(mask_of), .in_canonical = true,
     .choices = masks, .standard = "\"units\"",
     .help = "Random mask over the target units of each layer, or over its synapses."},
    {"/plasticity/mask/fraction", FIELD_LIST_OF_NUMBERS, AT(mask_fraction), .max = 1,
     .above_min = true, .nullable = true, .activates = true, .in_canonical = true,
     .standard = "null", .per = "layer",
     .help = "Share of the layer that the mask leaves plastic, exactly; 1: all."},
    {"/plasticity/mask/redraw", FIELD_REDRAW, AT(mask_redraw), .in_canonical = true,
     .standard = "\"never\"",
     .help = "When the mask changes: never, for each sample, with the class of the sample, "
             "or {\"cycle\": n} for n masks in turn."},
    {"/plasticity/gate", FIELD_GATE, AT(gate), .max = 1e6, .nullable = true,
     .in_canonical = true, .standard = "null",
     .help = "\"wrong\": learn only from samples that are classified wrongly; a number: "
             "only when the squared output error exceeds it."},
    {"/plasticity/cache/threshold", FIELD_NUMBER, AT(cache_threshold), .max = 1e6,
     .above_min = true, .nullable = true, .activates = true, .in_canonical = true,
     .standard = "null",
     .help = "Synaptic caching: changes gather in a transient part of the weight and are "
             "consolidated beyond this size."},
    {"/plasticity/cache/decay", FIELD_NUMBER, AT(cache_decay), .max = 1,
     .in_canonical = true, .standard = "0", .unit = "per sample",
     .help = "Share of the transient part that is lost with each sample."},
    {"/plasticity/cache/consolidate", FIELD_CHOICE, AT(cache_consolidate),
     .in_canonical = true, .choices = consolidations, .standard = "\"network\"",
     .help = "synapse: each one by itself; network: one beyond the threshold consolidates "
             "all."},
    {"/energy/exponents", FIELD_EXPONENTS, AT(exponents), .max = 4, .above_min = true,
     .in_canonical = true, .standard = "[]",
     .help = "Up to four exponents alpha of further energies, the sums of |dw|^alpha, which "
             "the trace then has beside M0 and M1."},
    {"/record/changes", FIELD_FLAG, AT(record_changes), .standard = "true",
     .help = "Whether the run counts how often each synapse changed: a histogram, and with "
             "the weights an array."},
    {"/record/weights", FIELD_FLAG, AT(record_weights), .standard = "true",
     .help = "Whether the run leaves a file with its weights: /v1/runs/{id}/weights."},
    {"/evaluate/every", FIELD_INTEGER, AT(evaluate_every), .min = 1, .max = 1e9,
     .in_canonical = true, .standard = "2000", .unit = "samples",
     .help = "Samples between two evaluations on the whole test set."},
    {"/stop/accuracy", FIELD_NUMBER, AT(stop_accuracy), .max = 1, .above_min = true,
     .nullable = true, .in_canonical = true, .standard = "0.95",
     .help = "The goal: test accuracy at which the run has succeeded."},
    {"/stop/epochs", FIELD_NUMBER, AT(stop_epochs), .max = 1e6, .above_min = true,
     .nullable = true, .in_canonical = true, .standard = "5", .unit = "epochs",
     .help = "Ends the run after so many passes through the training set."},
    {"/stop/samples", FIELD_INTEGER, AT(stop_samples), .min = 1, .max = 1e12,
     .nullable = true, .in_canonical = true, .standard = "null", .unit = "samples",
     .help = "Ends the run after so many samples."},
    {"/stop/m0", FIELD_NUMBER, AT(stop_m0), .max = 1e300, .above_min = true,
     .nullable = true, .in_canonical = true, .standard = "null", .unit = "changes",
     .help = "Energy budget: ends the run when M0, the number of synaptic changes, "
             "reaches it."},
    {"/stop/m1", FIELD_NUMBER, AT(stop_m1), .max = 1e300, .above_min = true,
     .nullable = true, .in_canonical = true, .standard = "null",
     .help = "Energy budget: ends the run when M1, the sum of |dw|, reaches it."},
    {"/stop/seconds", FIELD_NUMBER, AT(stop_seconds), .max = 1e8, .above_min = true,
     .nullable = true, .in_canonical = true, .standard = "null", .unit = "seconds",
     .help = "Ends the run after so many seconds of computing, as timed_out."},
    {"/seeds", FIELD_SEEDS, .max = 0x1p53 - 1, .standard = "[1]",
     .help = "A list of seeds, or how many: 3 means [1, 2, 3]."},
    {"/sweep", FIELD_SWEEP, .standard = "{}",
     .help = "A grid: JSON pointers into this spec, each with the list of values to take, "
             "e.g. {\"/network/hidden/0\": [100, 200]}."},
    {"/priority", FIELD_INTEGER, AT(priority), .min = -1000, .max = 1000,
     .standard = "0", .help = "Jobs of higher priority run first."},
    {"/parallel", FIELD_INTEGER, AT(parallel), .min = 1, .max = 1024, .nullable = true,
     .standard = "null", .unit = "runs",
     .help = "At most so many runs of the job are at work at the same time."},
    {"/reuse", FIELD_FLAG, AT(reuse), .standard = "false",
     .help = "Take the trace of a finished run with the same spec, seed, data and core "
             "instead of running it again."},
};

const size_t fields_count = sizeof fields / sizeof fields[0];

const struct field *field_find(const char *pointer)
{
    for (size_t i = 0; i < fields_count; i++)
        if (strcmp(fields[i].pointer, pointer) == 0)
            return &fields[i];
    return NULL;
}

bool field_is_below(const struct field *f, const char *section)
{
    size_t n = strlen(section);
    return strncmp(f->pointer, section, n) == 0 && f->pointer[n] == '/';
}

bool field_is_section(const char *pointer)
{
    for (size_t i = 0; i < fields_count; i++)
        if (field_is_below(&fields[i], pointer))
            return true;
    return false;
}

bool section_is_optional(const char *section)
{
    for (size_t i = 0; i < fields_count; i++)
        if (field_is_below(&fields[i], section) && fields[i].activates)
            return true;
    return false;
}

static bool is_set(const struct field *f, const struct spec *s)
{
    const void *member = (const char *)s + f->offset;
    if (f->type == FIELD_NUMBER)
        return *(const double *)member != 0;
    return ((const struct spec_numbers *)member)->count > 0;
}

bool section_is_active(const char *section, const struct spec *s)
{
    bool optional = false;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        bool within = strrchr(f->pointer, '/') == f->pointer + strlen(section);
        if (!within || !f->activates || !field_is_below(f, section))
            continue;
        if (is_set(f, s))
            return true;
        optional = true;
    }
    return !optional;
}
