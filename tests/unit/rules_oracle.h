/* The oracle with all rules of the reference: which synapses may change on a sample, and
 * synaptic caching. A step has two halves, so that a test can pass over samples on which
 * some decision is so narrow that float and double may differ: rules_look works
 * everything out and sets `close`, rules_take makes the changes. Exact ties are no narrow
 * decisions.
 *
 * A mask that changes is the caller's: what is in force on this sample. */
#ifndef FRUGAL_TESTS_RULES_ORACLE_H
#define FRUGAL_TESTS_RULES_ORACLE_H

#include "oracle.h"

static const double RULES_MARGIN = 1e-4; /* of the larger of two scores, */
static const double RULES_NOISE =
    1e-6; /* and of the largest of all or the terms of a sum */

struct rules_entry {
    double score;
    size_t at;
};

struct rules {
    struct oracle o;
    double *transient[NET_LAYERS_MAX];
    uint8_t *plastic[NET_LAYERS_MAX]; /* like w */
    double maintenance[NET_LAYERS_MAX];
    struct rules_entry *entry; /* [most synapses of a layer] */
    bool close;                /* some decision on the last sample was narrow */
    bool correct;
};

static inline void rules_init(struct rules *r, const struct learner_spec *spec,
                              const struct net *first)
{
    size_t most = 0;
    *r = (struct rules){.close = false};
    oracle_init(&r->o, spec, first);
    for (uint32_t l = 0; l < spec->net.layers; l++) {
        size_t size = oracle_size(&r->o, l);
        r->transient[l] = oracle_vector(size);
        r->plastic[l] = calloc(size, 1);
        most = size > most ? size : most;
    }
    r->entry = calloc(most, sizeof *r->entry);
    if (r->entry == NULL)
        abort();
}

static inline void rules_release(struct rules *r)
{
    for (uint32_t l = 0; l < r->o.spec.net.layers; l++) {
        free(r->transient[l]);
        free(r->plastic[l]);
    }
    free(r->entry);
    oracle_release(&r->o);
}

static inline void rules_judge(struct rules *r, double a, double b, double noise)
{
    double margin = RULES_MARGIN * fmax(fabs(a), fabs(b)) + RULES_NOISE * noise;
    r->close = r->close || (a != b && fabs(a - b) < margin);
}

static inline int rules_better(const void *a, const void *b)
{
    const struct rules_entry *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Sorts the entries, winners first. */
static inline void rules_rank(struct rules *r, uint32_t l, size_t n)
{
    size_t keep = r->o.spec.rule.compete_keep[l];
    double largest = 0;
    for (size_t e = 0; e < n; e++) {
        largest = fmax(largest, r->entry[e].score);
        if (r->o.spec.rule.compete_smallest)
            r->entry[e].score = -r->entry[e].score;
    }
    qsort(r->entry, n, sizeof *r->entry, rules_better);
    if (keep < n)
        rules_judge(r, r->entry[keep - 1].score, r->entry[keep].score, largest);
}

/* Subnet and mask; a mask is over targets or synapses as the rule says, NULL: none. */
static inline void rules_restrict(struct rules *r, uint32_t l, const uint8_t *mask)
{
    const struct learner_spec *s = &r->o.spec;
    uint32_t columns = oracle_columns(&r->o, l);
    uint32_t sources = l > 0 ? s->rule.subnet[l - 1] : 0;
    uint32_t targets = l + 1 < s->net.layers ? s->rule.subnet[l] : 0;
    for (uint32_t i = 0; i < oracle_rows(&r->o, l); i++)
        for (uint32_t j = 0; j < columns; j++) {
            size_t at = (size_t)i * columns + j;
            bool may = i == s->net.units[l] || sources == 0 || i < sources;
            may = may && (targets == 0 || j < targets);
            if (mask != NULL)
                may = may && mask[s->rule.mask == MASK_UNITS ? j : at];
            r->plastic[l][at] = may;
        }
}

/* Among the synapses of columns j0 .. j1-1. */
static inline void rules_compete_synapses(struct rules *r, uint32_t l, uint32_t j0,
                                          uint32_t j1)
{
    const double *by =
        r->o.spec.rule.compete == COMPETE_UPDATE ? r->o.change[l] : r->o.w[l];
    size_t n = 0;
    for (size_t i = 0; i < oracle_rows(&r->o, l); i++)
        for (size_t j = j0; j < j1; j++) {
            size_t at = i * oracle_columns(&r->o, l) + j;
            if (r->plastic[l][at])
                r->entry[n++] = (struct rules_entry){fabs(by[at]), at};
        }
    rules_rank(r, l, n);
    for (size_t e = r->o.spec.rule.compete_keep[l]; e < n; e++)
        r->plastic[l][r->entry[e].at] = 0;
}

static inline void rules_compete_units(struct rules *r, uint32_t l)
{
    const double *by =
        r->o.spec.rule.compete == COMPETE_ERROR ? r->o.error[l] : r->o.y[l + 1];
    size_t n = 0, columns = oracle_columns(&r->o, l), size = oracle_size(&r->o, l);
    for (size_t j = 0; j < columns; j++) {
        bool any = false;
        for (size_t at = j; at < size; at += columns)
            any = any || r->plastic[l][at];
        if (any)
            r->entry[n++] = (struct rules_entry){fabs(by[j]), j};
    }
    rules_rank(r, l, n);
    for (size_t e = r->o.spec.rule.compete_keep[l]; e < n; e++)
        for (size_t at = r->entry[e].at; at < size; at += columns)
            r->plastic[l][at] = 0;
}

static inline void rules_compete(struct rules *r, uint32_t l)
{
    const struct rule *rule = &r->o.spec.rule;
    uint32_t columns = oracle_columns(&r->o, l);
    if (rule->compete == COMPETE_NONE || rule->compete_keep[l] == 0 ||
        r->o.spec.learning_rate[l] == 0)
        return;
    if (rule->compete == COMPETE_ERROR || rule->compete == COMPETE_ACTIVITY)
        rules_compete_units(r, l);
    else if (!rule->compete_per_unit)
        rules_compete_synapses(r, l, 0, columns);
    else
        for (uint32_t j = 0; j < columns; j++)
            rules_compete_synapses(r, l, j, j + 1);
}

/* The slope of a (leaky) ReLU jumps at zero. */
static inline void rules_judge_slopes(struct rules *r)
{
    const struct net_spec *net = &r->o.spec.net;
    bool jumps =
        net->activation == ACTIVATION_LEAKY_RELU || net->activation == ACTIVATION_RELU;
    for (uint32_t l = 0; l + 1 < net->layers && jumps; l++)
        for (uint32_t j = 0; j < oracle_columns(&r->o, l); j++) {
            double a = 0, size = 0;
            for (uint32_t i = 0; i < oracle_rows(&r->o, l); i++) {
                double term = r->o.y[l][i] * r->o.w[l][i * oracle_columns(&r->o, l) + j];
                a += term;
                size += fabs(term);
            }
            r->close = r->close || fabs(a) < RULES_NOISE * size;
        }
}

static inline bool rules_closed(struct rules *r, uint32_t label)
{
    const struct rule *rule = &r->o.spec.rule;
    uint32_t last = r->o.spec.net.layers - 1, best = oracle_class(&r->o);
    double square = 0;
    for (uint32_t j = 0; j < oracle_columns(&r->o, last); j++) {
        square += r->o.error[last][j] * r->o.error[last][j];
        if (j != best)
            rules_judge(r, oracle_output(&r->o)[best], oracle_output(&r->o)[j], 1);
    }
    if (rule->gate == GATE_ERROR)
        rules_judge(r, square, rule->gate_error, 1);
    return (rule->gate == GATE_WRONG && best == label) ||
           (rule->gate == GATE_ERROR && square <= rule->gate_error);
}

/* Synapses that come near the threshold; of a network that consolidates at once only the
 * one furthest beyond it counts. */
static inline void rules_judge_cache(struct rules *r)
{
    const struct rule *rule = &r->o.spec.rule;
    double most = 0;
    for (uint32_t l = 0; l < r->o.spec.net.layers; l++)
        for (size_t at = 0; at < oracle_size(&r->o, l); at++) {
            double t = r->transient[l][at] * (1 - rule->cache_decay) + r->o.change[l][at];
            most = fmax(most, fabs(t));
            if (!rule->cache_network)
                rules_judge(r, fabs(t), rule->cache_threshold, 0);
        }
    rules_judge(r, most, rule->cache_threshold, 0);
}

static inline void rules_look(struct rules *r, const double *x, uint32_t label,
                              const uint8_t *const *mask)
{
    r->close = false;
    oracle_forward(&r->o, x);
    oracle_errors(&r->o, label);
    oracle_changes(&r->o);
    r->correct = oracle_class(&r->o) == label;
    rules_judge_slopes(r);
    bool closed = rules_closed(r, label);
    for (uint32_t l = 0; l < r->o.spec.net.layers; l++) {
        rules_restrict(r, l, mask[l]);
        if (!closed)
            rules_compete(r, l);
        for (size_t at = 0; at < oracle_size(&r->o, l); at++)
            if (closed || !r->plastic[l][at])
                r->o.change[l][at] = 0;
    }
    if (r->o.spec.rule.cache)
        rules_judge_cache(r);
}

static inline void rules_consolidate(struct rules *r)
{
    const struct rule *rule = &r->o.spec.rule;
    bool any = false;
    for (uint32_t l = 0; l < r->o.spec.net.layers; l++)
        for (size_t at = 0; at < oracle_size(&r->o, l); at++) {
            double *t = &r->transient[l][at], dw = r->o.change[l][at];
            r->o.w[l][at] += dw - rule->cache_decay * *t;
            *t = *t * (1 - rule->cache_decay) + dw;
            any = any || fabs(*t) > rule->cache_threshold;
        }
    for (uint32_t l = 0; l < r->o.spec.net.layers; l++)
        for (size_t at = 0; at < oracle_size(&r->o, l); at++) {
            double *t = &r->transient[l][at];
            if (rule->cache_network ? any : fabs(*t) > rule->cache_threshold) {
                oracle_pay(&r->o, l, at, *t);
                *t = 0;
            }
            r->maintenance[l] += fabs(*t);
        }
}

static inline void rules_take(struct rules *r)
{
    if (r->o.spec.rule.cache)
        rules_consolidate(r);
    else
        oracle_apply(&r->o);
}

#endif
