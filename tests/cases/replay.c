/* Replays learning cases: small networks that the reference implementation has trained,
 * with all it takes to train them again.
 *
 *     replay FILE
 *
 * One line a case; status 1 if a case fails, 2 if the file cannot be read. A case holds if
 * every weight agrees to 1e-4 of its layer's largest weight or of itself, M0 exactly, and the
 * other energies to 1e-4. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/learner.h"

static const double TOLERANCE = 1e-4;

static double number(const json_t *j)
{
    return json_number_value(j);
}

/* A number, or a list with one number per layer. */
static double per_layer(const json_t *j, size_t l)
{
    return number(json_is_array(j) ? json_array_get(j, l) : j);
}

/* Row-major floats out of a list of rows; the caller frees them. */
static float *matrix(const json_t *rows)
{
    size_t n = json_array_size(rows), columns = json_array_size(json_array_get(rows, 0));
    float *m = calloc(n * columns + 1, sizeof *m);
    for (size_t i = 0; m != NULL && i < n; i++)
        for (size_t j = 0; j < columns; j++)
            m[i * columns + j] =
                (float)number(json_array_get(json_array_get(rows, i), j));
    return m;
}

static bool read_activation(const char *name, enum activation *ret)
{
    static const char *const names[] = {"leaky_relu", "relu", "elu", "sigmoid", "tanh"};
    for (unsigned i = 0; i < 5; i++)
        if (name != NULL && strcmp(name, names[i]) == 0) {
            *ret = (enum activation)i;
            return true;
        }
    return false;
}

static bool is(const json_t *j, const char *key, const char *word)
{
    const char *text = json_string_value(json_object_get(j, key));
    return text != NULL && strcmp(text, word) == 0;
}

static bool read_competition(const json_t *c, struct learner_spec *s, const char **ret_why)
{
    static const char *const names[] = {"", "update", "weight", "error", "activity"};
    struct rule *rule = &s->rule;
    if (c == NULL || json_is_null(c))
        return true;
    for (int by = COMPETE_UPDATE; by <= COMPETE_ACTIVITY; by++)
        if (is(c, "by", names[by]))
            rule->compete = (enum compete_by)by;
    if (rule->compete == COMPETE_NONE) {
        *ret_why = "unknown competition";
        return false;
    }
    rule->compete_per_unit = is(c, "scope", "unit");
    rule->compete_smallest = is(c, "keep", "smallest");
    for (uint32_t l = 0; l < s->net.layers; l++) {
        double fraction = per_layer(json_object_get(c, "fraction"), l);
        if (fraction < 1)
            rule->compete_keep[l] =
                rule_count(fraction, rule_competitors(rule, &s->net, l));
    }
    return true;
}

static void read_cache(const json_t *c, struct rule *rule)
{
    if (!json_is_object(c))
        return;
    rule->cache = true;
    rule->cache_threshold = number(json_object_get(c, "threshold"));
    rule->cache_decay = number(json_object_get(c, "decay"));
    rule->cache_network = is(c, "consolidate", "network");
}

static bool read_rule(const json_t *j, struct learner_spec *s, const char **ret_why)
{
    struct rule *rule = &s->rule;
    const json_t *subnet = json_object_get(j, "subnet");
    const json_t *gate = json_object_get(j, "gate");
    for (uint32_t l = 0; l < s->net.layers; l++) {
        rule->mask_fraction[l] = 1; /* the masks come from the file */
        rule->subnet[l] = (uint32_t)number(json_array_get(subnet, l));
    }
    if (json_is_array(json_object_get(j, "unit_mask")))
        rule->mask = MASK_UNITS;
    if (json_is_array(json_object_get(j, "synapse_mask")))
        rule->mask = MASK_SYNAPSES;
    if (json_is_string(gate))
        rule->gate = GATE_WRONG;
    if (json_is_number(gate)) {
        rule->gate = GATE_ERROR;
        rule->gate_error = number(gate);
    }
    read_cache(json_object_get(j, "cache"), rule);
    return read_competition(json_object_get(j, "compete"), s, ret_why);
}

static bool read_spec(const json_t *c, struct learner_spec *ret, const char **ret_why)
{
    const json_t *layers = json_object_get(c, "layers");
    const char *loss = json_string_value(json_object_get(c, "loss"));
    *ret = (struct learner_spec){.l2 = number(json_object_get(c, "l2"))};
    ret->net.layers = (uint32_t)json_array_size(layers) - 1;
    ret->net.bias = json_is_true(json_object_get(c, "bias"));
    if (ret->net.layers < 1 || ret->net.layers > NET_LAYERS_MAX || loss == NULL) {
        *ret_why = "malformed";
        return false;
    }
    ret->net.loss = strcmp(loss, "mse") == 0 ? LOSS_MSE : LOSS_CROSS_ENTROPY;
    for (uint32_t l = 0; l <= ret->net.layers; l++)
        ret->net.units[l] = (uint32_t)number(json_array_get(layers, l));
    for (uint32_t l = 0; l < ret->net.layers; l++)
        ret->learning_rate[l] = per_layer(json_object_get(c, "learning_rate"), l);
    if (!read_activation(json_string_value(json_object_get(c, "activation")),
                         &ret->net.activation)) {
        *ret_why = "unknown activation";
        return false;
    }
    return read_rule(json_object_get(c, "rule"), ret, ret_why);
}

static bool read_samples(const json_t *c, const struct net_spec *net,
                         struct samples **ret)
{
    const json_t *labels = json_object_get(c, "labels");
    uint32_t count = (uint32_t)json_array_size(labels);
    float *x = matrix(json_object_get(c, "x"));
    uint8_t *label = calloc(count + 1, 1);
    bool ok = x != NULL && label != NULL;
    for (uint32_t t = 0; ok && t < count; t++)
        label[t] = (uint8_t)number(json_array_get(labels, t));
    ok = ok && samples_from_values(x, label, count, net->units[0],
                                   net->units[net->layers], ret) == STATUS_OK;
    free(x);
    free(label);
    return ok;
}

/* Masks are lists of 0 and 1, or lists of such rows; null: none in this layer. */
static bool set_masks(const json_t *rule, struct learner *r)
{
    const char *key = r->spec.rule.mask == MASK_UNITS ? "unit_mask" : "synapse_mask";
    bool ok = true;
    for (uint32_t l = 0; l < r->spec.net.layers && ok; l++) {
        const json_t *mask = json_array_get(json_object_get(rule, key), l);
        size_t targets = r->net.layer[l].targets, n = 0;
        uint8_t *plastic = calloc(r->net.layer[l].rows, targets);
        for (size_t i = 0; i < json_array_size(mask) && plastic != NULL; i++) {
            const json_t *row = json_array_get(mask, i);
            for (size_t k = 0; k < json_array_size(row); k++)
                plastic[n++] = number(json_array_get(row, k)) != 0;
            if (!json_is_array(row))
                plastic[n++] = number(row) != 0;
        }
        ok = plastic != NULL &&
             (n == 0 || masks_set(&r->masks, l, plastic, n) == STATUS_OK);
        free(plastic);
    }
    return ok;
}

static bool train(const json_t *c, struct learner *r, const struct samples *s)
{
    const json_t *order = json_object_get(c, "order");
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        float *w = matrix(json_array_get(json_object_get(c, "w0"), l));
        if (w == NULL)
            return false;
        net_set_weights(&r->net, l, w);
        free(w);
    }
    if (!set_masks(json_object_get(c, "rule"), r))
        return false;
    if (learner_start(r) != STATUS_OK)
        return false;
    for (size_t i = 0; i < json_array_size(order); i++)
        learner_step(r, s, (uint32_t)number(json_array_get(order, i)));
    learner_settle(r);
    return true;
}

/* Largest relative deviation of the weights of layer l. */
static double weight_error(const json_t *expect, const struct learner *r, uint32_t l)
{
    const json_t *rows = json_array_get(json_object_get(expect, "w"), l);
    const struct layer *layer = &r->net.layer[l];
    size_t n = layer->rows * layer->targets;
    float *want = matrix(rows), *have = calloc(n, sizeof *have);
    double worst = want == NULL || have == NULL ? INFINITY : 0;
    if (have != NULL)
        net_get_weights(&r->net, l, have);
    for (size_t i = 0; isfinite(worst) && i < n; i++) {
        double size = fmax(fabs((double)want[i]), 1e-2);
        double error = fabs((double)have[i] - (double)want[i]) / size;
        worst = error > worst || isnan(error) ? error : worst;
    }
    free(want);
    free(have);
    return worst;
}

static double relative(const json_t *expect, const char *key, size_t l, double have)
{
    double want = per_layer(json_object_get(expect, key), l);
    return want == have ? 0 : fabs(have - want) / fmax(fabs(want), 1e-12);
}

static bool compare(const json_t *expect, const struct learner *r)
{
    bool ok = true;
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        struct energy direct = learner_direct(r, l);
        double m0 = relative(expect, "m0", l, (double)r->energy[l].m0);
        double m1 = relative(expect, "m1", l, r->energy[l].m1);
        double m0_direct = relative(expect, "m0_direct", l, (double)direct.m0);
        double m1_direct = relative(expect, "m1_direct", l, direct.m1);
        double maintenance = relative(expect, "maintenance", l, r->energy[l].maintenance);
        double w = weight_error(expect, r, l);
        bool fine = m0 == 0 && m0_direct == 0 && m1 <= TOLERANCE &&
                    m1_direct <= TOLERANCE && maintenance <= TOLERANCE &&
                    w <= TOLERANCE;
        printf("  layer %u: w %.1e m0 %.1e m1 %.1e m0_direct %.1e m1_direct %.1e "
               "maintenance %.1e%s", l + 1,
               w, m0, m1, m0_direct, m1_direct, maintenance, fine ? "" : " <- differs");
        ok = ok && fine;
    }
    return ok;
}

static bool replay(const json_t *c)
{
    const char *why = "out of memory";
    struct learner_spec spec;
    struct learner learner;
    struct samples *samples = NULL;
    bool ok = false;
    if (!read_spec(c, &spec, &why) || !read_samples(c, &spec.net, &samples)) {
        printf("  %s", why);
        return false;
    }
    if (learner_init(&learner, &spec, kernels_for(NULL)) == STATUS_OK) {
        ok = train(c, &learner, samples) && compare(json_object_get(c, "expect"), &learner);
        learner_release(&learner);
    }
    samples_free(samples);
    return ok;
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *cases = argc == 2 ? json_load_file(argv[1], 0, &error) : NULL;
    if (!json_is_array(cases)) {
        fprintf(stderr, "usage: replay FILE (a list of learning cases)%s%s\n",
                argc == 2 ? ": " : "", argc == 2 ? error.text : "");
        json_decref(cases);
        return 2;
    }
    size_t failed = 0;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        printf("%-28s", json_string_value(json_object_get(c, "name")));
        bool ok = replay(c);
        printf("  %s\n", ok ? "ok" : "FAILED");
        failed += !ok;
    }
    printf("%zu cases, %zu failed\n", json_array_size(cases), failed);
    json_decref(cases);
    return failed > 0;
}
