/* In: name=value arguments. Out: one line of JSON with times, energies and memory.
 *   data=FOLDER hidden=N,.. rate=R,.. samples=MOST seconds=ABOUT [every=2000] [rules] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dense.h"

static const char *value_of(char **argv, const char *name, const char *otherwise)
{
    size_t n = strlen(name);
    for (; *argv != NULL; argv++)
        if (strncmp(*argv, name, n) == 0 && (*argv)[n] == '=')
            return *argv + n + 1;
    return otherwise;
}

static uint32_t numbers(const char *text, double *ret, uint32_t most)
{
    uint32_t n = 0;
    while (*text != '\0' && n < most) {
        char *end;
        ret[n++] = strtod(text, &end);
        text = end + (*end == ',');
    }
    return n;
}

static int choice(const char *text, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    fprintf(stderr, "dense: what is %s?\n", text);
    exit(2);
}

/* One number per layer; one alone stands for all. */
static void per_layer(char **argv, const char *name, const char *otherwise, uint32_t layers,
                      double *ret)
{
    uint32_t n = numbers(value_of(argv, name, otherwise), ret, LAYERS_MAX);
    for (; n < layers; n++)
        ret[n] = ret[0];
}

static struct rule read_rule(char **argv, uint32_t layers)
{
    static const char *const by[] = {"none", "update", "weight", "error", "activity", NULL};
    static const char *const mask[] = {"none", "units", "synapses", NULL};
    struct rule r = {
        .by = (enum by)choice(value_of(argv, "by", "none"), by),
        .per_unit = strcmp(value_of(argv, "scope", "layer"), "unit") == 0,
        .mask = (enum mask)choice(value_of(argv, "mask", "none"), mask),
        .gate_wrong = strcmp(value_of(argv, "gate", ""), "wrong") == 0,
        .threshold = atof(value_of(argv, "threshold", "0")),
        .decay = atof(value_of(argv, "decay", "0")),
        .network = strcmp(value_of(argv, "consolidate", "network"), "network") == 0,
    };
    double list[LAYERS_MAX] = {0};
    per_layer(argv, "fraction", "1", layers, r.fraction);
    per_layer(argv, "mask_fraction", "1", layers, r.mask_fraction);
    per_layer(argv, "rate", "0.01", layers, list);
    for (uint32_t l = 0; l < layers; l++)
        r.rate[l] = (float)list[l];
    uint32_t n = numbers(value_of(argv, "subnet", ""), list, LAYERS_MAX);
    for (uint32_t l = 0; l < n; l++)
        r.subnet[l] = (uint32_t)list[l];
    return r;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long peak_kb(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    long kb = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            break;
    if (f != NULL)
        fclose(f);
    return kb;
}

static float *dense_images(const struct images *s, float mean)
{
    size_t width = s->features + 1;
    float *x = room(s->count * width * sizeof *x);
    for (uint32_t t = 0; t < s->count; t++) {
        for (uint32_t i = 0; i < s->features; i++)
            x[t * width + i] =
                (float)s->pixel[(size_t)t * s->features + i] * (1 / 255.0f) - mean;
        x[t * width + s->features] = 1;
    }
    return x;
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *folder = value_of(argv, "data", ".");
    uint64_t most = strtoull(value_of(argv, "samples", "1000"), NULL, 10);
    uint64_t every = strtoull(value_of(argv, "every", "2000"), NULL, 10);
    double seconds = atof(value_of(argv, "seconds", "1"));
    struct images train = images_read(folder, "train"), test = images_read(folder, "t10k");
    float mean = images_mean(&train), *x = dense_images(&test, mean);

    double hidden[LAYERS_MAX - 1];
    uint32_t units[LAYERS_MAX + 1] = {train.features}, layers = 1;
    uint32_t n = numbers(value_of(argv, "hidden", "100"), hidden, LAYERS_MAX - 1);
    for (; layers <= n; layers++)
        units[layers] = (uint32_t)hidden[layers - 1];
    units[layers] = CLASSES;
    struct net net = {.rule = read_rule(argv, layers)};
    net_start(&net, units, layers);

    /* On a large network a part of the test set has to do; the time is scaled up. */
    bool large = (size_t)units[1] * layers > 4000;
    uint32_t images = large ? 2000 : test.count;
    double begin = now(), learning = 0, evaluating = 0, accuracy = 0, direct = 0;
    double evaluations = 0;
    uint64_t samples = 0;
    bool over = false;
    while (!over) {
        double since = now();
        do {
            net_step(&net, &train, dice_below(&net, train.count), mean);
            samples++;
            over = samples >= most || (samples >= 5 && (samples < 50 || samples % 64 == 0) &&
                                       now() - begin > seconds);
        } while (!over && samples % every != 0);
        double mark = now();
        accuracy = net_accuracy(&net, x, test.label, images, &direct);
        learning += mark - since;
        evaluating += now() - mark;
        evaluations += (double)images / test.count;
    }
    double m0 = 0, m1 = 0;
    for (uint32_t l = 0; l < layers; l++) {
        m0 += net.layer[l].m0;
        m1 += net.layer[l].m1;
    }
    printf("{\"samples\": %llu, \"learning\": %.6f, \"evaluations\": %g, "
           "\"evaluating\": %.6f, \"m0\": %.0f, \"m1\": %.6g, \"m1_direct\": %.6g, "
           "\"accuracy\": %.4f, \"peak_kb\": %ld}\n",
           (unsigned long long)samples, learning, evaluations, evaluating, m0, m1, direct,
           accuracy, peak_kb());
    return 0;
}
