/* The two sides of a layer on a sample: which targets may change and how much, as far as
 * whole units are concerned, and the activities of the sources. */
#include <math.h>
#include <string.h>

#include "learn/update.h"

uint32_t plastic_sources(const struct learner *r, uint32_t l)
{
    return rule_sources(&r->spec.rule, &r->spec.net, l);
}

uint32_t plastic_targets(const struct learner *r, uint32_t l)
{
    return rule_targets(&r->spec.rule, &r->spec.net, l);
}

static const uint8_t *mask_of(const struct learner *r, const struct step *step,
                              uint32_t l)
{
    return masks_of(&r->masks, &r->spec.rule, l, step->label, r->steps);
}

/* Silences the targets to which a synapse mask leaves no plastic synapse. */
static void leave_in_play(const struct learner *r, const uint8_t *mask, uint32_t l)
{
    const struct layer *layer = &r->net.layer[l];
    uint32_t sources = plastic_sources(r, l), targets = plastic_targets(r, l);
    uint8_t *column = r->scratch->column;
    memset(column, 0, targets);
    for (size_t i = 0; i < layer->rows; i++) {
        const uint8_t *row = mask + i * layer->targets;
        bool is_plastic = i < sources || i >= layer->sources; /* or the bias */
        for (uint32_t j = 0; j < targets && is_plastic; j++)
            column[j] |= row[j];
    }
}

/* Silences the targets that lose the competition by |delta| or |y|. */
static void compete_units(struct learner *r, const struct step *step, uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    const struct kernels *k = r->net.kernels;
    struct scratch *s = r->scratch;
    const float *by = rule->compete == COMPETE_ERROR ? r->delta[l] : r->y[l];
    const uint8_t *mask = mask_of(r, step, l);
    size_t stride = r->net.layer[l].stride;
    if (mask != NULL && rule->mask == MASK_SYNAPSES)
        leave_in_play(r, mask, l);
    k->pack(s->column_bits, s->column, stride);
    float most = k->sizes(s->size, by, s->column_bits, stride);
    r->diverged = r->diverged || !isfinite(k->magnitude(by, stride).sum);
    struct threshold threshold = select_threshold(
        k, s->size, stride, most, rule->compete_keep[l], rule->compete_smallest);
    threshold_mark(&threshold, s->size, stride, s->column);
}

void plastic_columns(struct learner *r, const struct step *step, uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    const uint8_t *mask = rule->mask == MASK_UNITS ? mask_of(r, step, l) : NULL;
    uint32_t targets = plastic_targets(r, l);
    float rate = (float)r->spec.learning_rate[l];
    float *change = r->scratch->change;
    uint8_t *column = r->scratch->column;
    if (mask == NULL)
        memset(column, 1, targets);
    else
        memcpy(column, mask, targets);
    size_t rest = r->net.layer[l].stride - targets;
    memset(column + targets, 0, rest);
    bool by_unit = rule->compete == COMPETE_ERROR || rule->compete == COMPETE_ACTIVITY;
    bool competes = by_unit && rule->compete_keep[l] > 0;
    if (competes)
        compete_units(r, step, l);
    for (uint32_t j = 0; j < targets; j++)
        change[j] = rate * r->delta[l][j];
    memset(change + targets, 0, rest * sizeof *change);
    for (uint32_t j = 0; j < targets && (mask != NULL || competes); j++)
        change[j] = column[j] ? change[j] : 0;
}

void product_powers(struct learner *r, uint32_t l)
{
    const struct layer *layer = &r->net.layer[l];
    struct scratch *s = r->scratch;
    for (uint32_t k = 0; k < r->spec.exponents.count; k++) {
        double exponent = r->spec.exponents.value[k];
        exponents_map(exponent, s->x, layer->rows, s->row_power + k * s->power_rows);
        exponents_map(exponent, s->change, layer->stride,
                      s->column_power + k * s->power_columns);
    }
}

void presynaptic(const struct learner *r, const struct step *step, uint32_t l, float *x)
{
    const struct layer *layer = &r->net.layer[l];
    const struct samples *s = step->samples;
    uint32_t sources = plastic_sources(r, l);
    if (l > 0) {
        memcpy(x, r->y[l - 1], sources * sizeof *x);
        memset(x + sources, 0, (layer->sources - sources) * sizeof *x);
    }
    for (uint32_t i = 0; i < layer->sources && l == 0; i++)
        x[i] = s->background;
    for (uint64_t e = s->start[step->t]; e < s->start[step->t + 1] && l == 0; e++)
        x[s->index[e]] += s->value[e];
    if (r->spec.net.bias)
        x[layer->sources] = 1;
    memset(x + layer->rows, 0, LANES * sizeof *x);
}
