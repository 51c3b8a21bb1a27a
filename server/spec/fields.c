/* Every key of a job spec, in the order in which it is shown. */
#include "spec/fields.h"

#include <string.h>

static const char *const activations[] = {"leaky_relu", "relu", "elu", "sigmoid", "tanh",
                                          NULL};
static const char *const losses[] = {"mse", "cross_entropy", NULL};
static const char *const orders[] = {"random", "shuffled", NULL};

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
    {"/network/hidden", FIELD_LIST_OF_INTEGERS, AT(hidden), .min = 1, .max = 100000,
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
};

const size_t fields_count = sizeof fields / sizeof fields[0];

const struct field *field_find(const char *pointer)
{
    for (size_t i = 0; i < fields_count; i++)
        if (strcmp(fields[i].pointer, pointer) == 0)
            return &fields[i];
    return NULL;
}

bool field_is_section(const char *pointer)
{
    size_t n = strlen(pointer);
    for (size_t i = 0; i < fields_count; i++)
        if (strncmp(fields[i].pointer, pointer, n) == 0 && fields[i].pointer[n] == '/')
            return true;
    return false;
}
