/* In: samples. Out: changed weights and what they cost. Knows neither data sets nor when
 * to stop. */
#include "learn/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/contest.h"
#include "learn/update.h"

/* Steps after which the offset of the input layer is folded back, so that rounding in the
 * running column sums stays far below that of the weights. */
enum { FOLD_EVERY = 1024 };

void energy_add(struct energy *sum, const struct energy *e)
{
    sum->m0 += e->m0;
    sum->m1 += e->m1;
    sum->maintenance += e->maintenance;
    for (int k = 0; k < EXPONENTS_MAX; k++)
        sum->power[k] += e->power[k];
}

/* Masks that change bring synapses into play that the contest does not know. */
static enum update_path weight_path(const struct rule *rule)
{
    bool changing = rule->mask == MASK_UNITS && rule->redraw != REDRAW_NEVER;
    return changing ? UPDATE_DENSE : UPDATE_WEIGHT;
}

static enum update_path choose_path(const struct learner_spec *spec, uint32_t l)
{
    const struct rule *rule = &spec->rule;
    bool competes = rule->compete_keep[l] > 0;
    if (spec->learning_rate[l] == 0)
        return UPDATE_NONE;
    if (spec->l2 > 0 || rule->cache || rule->mask == MASK_SYNAPSES)
        return UPDATE_DENSE;
    if (!competes || rule->compete != COMPETE_UPDATE)
        return competes && rule->compete == COMPETE_WEIGHT ? weight_path(rule)
                                                           : UPDATE_OUTER;
    if (rule->compete_per_unit)
        return UPDATE_OUTER;
    return rule->compete_smallest ? UPDATE_DENSE : UPDATE_LARGEST;
}

static bool allocate_layer(struct learner *r, uint32_t l)
{
    const struct layer *layer = &r->net.layer[l];
    size_t size = layer->rows * layer->stride;
    r->path[l] = choose_path(&r->spec, l);
    r->start[l] = net_vector(size);
    r->y[l] = net_vector(layer->stride);
    r->delta[l] = net_vector(layer->stride);
    if (r->spec.rule.cache)
        r->transient[l] = net_vector(size);
    if (r->spec.count_changes)
        r->changes[l] = changes_new(layer, plastic_sources(r, l), plastic_targets(r, l),
                                    r->net.kernels);
    return r->start[l] != NULL && r->y[l] != NULL && r->delta[l] != NULL &&
           (r->transient[l] != NULL || !r->spec.rule.cache) &&
           (r->changes[l] != NULL || !r->spec.count_changes);
}

enum status learner_init(struct learner *r, const struct learner_spec *spec,
                         const struct kernels *k)
{
    *r = (struct learner){.spec = *spec};
    if (net_init(&r->net, &spec->net, k) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (masks_init(&r->masks, &spec->rule, &spec->net, spec->seed) != STATUS_OK) {
        net_release(&r->net);
        return STATUS_NO_MEMORY;
    }
    size_t widest = 0;
    bool ok = true;
    for (uint32_t l = 0; l < spec->net.layers; l++) {
        widest = r->net.layer[l].stride > widest ? r->net.layer[l].stride : widest;
        ok = allocate_layer(r, l) && ok;
    }
    if (r->path[0] == UPDATE_LARGEST)
        r->background = background_new(&r->net.layer[0], k);
    ok = ok && (r->background != NULL || r->path[0] != UPDATE_LARGEST);
    r->zero = net_vector(widest);
    r->scratch = scratch_new(r);
    if (ok && r->zero != NULL && r->scratch != NULL)
        return STATUS_OK;
    learner_release(r);
    return STATUS_NO_MEMORY;
}

void learner_release(struct learner *r)
{
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        free(r->start[l]);
        free(r->transient[l]);
        contest_free(r->contest[l]);
        changes_free(r->changes[l]);
        free(r->y[l]);
        free(r->delta[l]);
    }
    free(r->zero);
    background_free(r->background);
    scratch_free(r->scratch);
    masks_release(&r->masks, r->spec.net.layers);
    net_release(&r->net);
    *r = (struct learner){.steps = 0};
}

/* Where products of activities and errors count as changes. */
static void mask_changes(struct learner *r, uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    if (r->path[l] == UPDATE_WEIGHT)
        changes_borrow_mask(r->changes[l], contest_winners(r->contest[l]));
    else if (rule->mask == MASK_SYNAPSES && rule->redraw == REDRAW_NEVER &&
             r->masks.layer[l].count > 0)
        changes_copy_mask(r->changes[l], r->masks.layer[l].plastic,
                          r->net.layer[l].targets);
}

enum status learner_start(struct learner *r)
{
    net_fold(&r->net);
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        const struct layer *layer = &r->net.layer[l];
        memcpy(r->start[l], layer->w, layer->rows * layer->stride * sizeof(float));
        if (r->path[l] == UPDATE_WEIGHT) {
            contest_free(r->contest[l]);
            r->contest[l] = contest_new(r, l);
            if (r->contest[l] == NULL)
                return STATUS_NO_MEMORY;
        }
        if (r->changes[l] != NULL)
            mask_changes(r, l);
    }
    return STATUS_OK;
}

/* delta of the output layer: target - output, which is minus the gradient of both losses
 * with respect to the summed input. Returns its square. */
static double output_error(struct learner *r, uint32_t label)
{
    uint32_t last = r->spec.net.layers - 1;
    double square = 0;
    for (uint32_t j = 0; j < r->net.layer[last].targets; j++) {
        float error = (float)(j == label) - r->y[last][j];
        r->delta[last][j] = error;
        square += (double)error * (double)error;
    }
    return square;
}

/* delta of layer l from that of layer l + 1. */
static void propagate_back(struct learner *r, uint32_t l)
{
    const struct layer *next = &r->net.layer[l + 1];
    r->net.kernels->back(r->delta[l], next->w, next->stride, next->sources,
                         r->delta[l + 1], next->stride);
    activation_scale_by_slope(r->spec.net.activation, r->delta[l], r->y[l],
                              next->sources);
}

/* Whether the gate keeps everything from changing on this sample. */
static bool is_closed(const struct rule *rule, bool correct, double squared_error)
{
    return (rule->gate == GATE_WRONG && correct) ||
           (rule->gate == GATE_ERROR && squared_error <= rule->gate_error);
}

uint32_t learner_first_plastic(const struct learner *r)
{
    uint32_t l = 0;
    while (l < r->spec.net.layers - 1 && r->path[l] == UPDATE_NONE)
        l++;
    return l;
}

static void update_layer(struct learner *r, const struct step *step, uint32_t l,
                         bool closed)
{
    if (closed && !r->spec.rule.cache)
        return;
    switch (r->path[l]) {
    case UPDATE_NONE:
        break;
    case UPDATE_OUTER:
        update_outer(r, step, l);
        break;
    case UPDATE_LARGEST:
        update_largest(r, step, l);
        break;
    case UPDATE_WEIGHT:
        update_weight(r, step, l);
        break;
    case UPDATE_DENSE:
        update_dense(r, step, l, closed);
        break;
    }
}

static void update(struct learner *r, const struct step *step, bool closed)
{
    uint32_t layers = r->spec.net.layers;
    for (uint32_t l = layers - 1; l > learner_first_plastic(r) && !closed; l--)
        propagate_back(r, l - 1);
    for (uint32_t l = 0; l < layers && !r->diverged; l++)
        update_layer(r, step, l, closed);
    if (r->spec.rule.cache && !r->diverged)
        cache_settle(r);
}

void learner_settle(struct learner *r)
{
    if (r->background != NULL)
        background_settle(r->background);
}

bool learner_step(struct learner *r, const struct samples *s, uint32_t t)
{
    uint32_t last = r->spec.net.layers - 1;
    struct step step = {.samples = s, .t = t, .label = s->label[t]};
    if (r->background != NULL)
        background_catch_up(r->background, s->index + s->start[t],
                            s->start[t + 1] - s->start[t]);
    net_forward(&r->net, s, t, r->y);
    bool correct = net_class(r->y[last], r->net.layer[last].targets) == step.label;
    double squared_error = output_error(r, step.label);
    r->diverged = r->diverged || !isfinite(squared_error);
    masks_next(&r->masks, &r->spec.rule, r->spec.net.layers);
    update(r, &step, is_closed(&r->spec.rule, correct, squared_error));
    if (++r->steps % FOLD_EVERY == 0 && r->path[0] != UPDATE_NONE) {
        learner_settle(r);
        net_fold(&r->net);
    }
    return correct;
}

bool learner_has_counted(const struct learner *r)
{
    for (uint32_t l = 0; l < r->spec.net.layers; l++)
        if (r->changes[l] != NULL && r->changes[l]->failed)
            return false;
    return true;
}

static void add(struct energy *e, struct tally t)
{
    e->m0 += t.count;
    e->m1 += t.sum;
}

/* Adds |w - start|^alpha of a layer, with the differences as the kernels take them. */
static void add_direct_powers(const struct learner *r, uint32_t l, struct energy *e)
{
    const struct layer *layer = &r->net.layer[l];
    float *moved = r->scratch->unused;
    for (size_t i = 0; i < layer->rows; i++) {
        const float *w = layer->w + i * layer->stride;
        const float *start = r->start[l] + i * layer->stride;
        const float *offset = l == 0 && i < layer->sources ? r->net.offset : r->zero;
        for (size_t j = 0; j < layer->targets; j++)
            moved[j] = (w[j] + offset[j]) - start[j];
        exponents_sum(&r->spec.exponents, moved, layer->targets, 0, e->power);
    }
}

struct energy learner_direct(const struct learner *r, uint32_t l)
{
    const struct layer *layer = &r->net.layer[l];
    const struct kernels *k = r->net.kernels;
    const float *offset = l == 0 ? r->net.offset : r->zero;
    size_t bias_row = layer->sources * layer->stride;
    struct energy total = {.m0 = 0};
    if (r->path[l] == UPDATE_NONE)
        return total;
    add(&total, k->distance(layer->w, r->start[l], layer->stride, layer->sources, offset,
                            layer->stride));
    add(&total, k->distance(layer->w + bias_row, r->start[l] + bias_row, layer->stride,
                            layer->rows - layer->sources, r->zero, layer->stride));
    if (r->spec.exponents.count > 0)
        add_direct_powers(r, l, &total);
    return total;
}
