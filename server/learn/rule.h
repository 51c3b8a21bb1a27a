/* What restricts plasticity. A rule never alters activities or the backpropagated error; it
 * only decides which synapses may change on a sample.
 *
 * Source: van Rossum & Pache (2024), "Competitive plasticity" and "Coordinated subnets" for
 * competition, subnets and the random masks that control for them; Pache & van Rossum,
 * arXiv 2303.16067 (2023), for gating; Li & van Rossum, eLife 9:e50804 (2020), for synaptic
 * caching. The parts compose: subnet and mask first, then the competition runs among the
 * synapses that are still plastic, then gate and cache. */
#ifndef FRUGAL_LEARN_RULE_H
#define FRUGAL_LEARN_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "learn/net.h"

enum compete_by {
    COMPETE_NONE,
    COMPETE_UPDATE,   /* among synapses, by |dw| */
    COMPETE_WEIGHT,   /* among synapses, by |w| */
    COMPETE_ERROR,    /* among target units, by |delta| */
    COMPETE_ACTIVITY, /* among target units, by |y| */
};

enum mask_of { MASK_NONE, MASK_UNITS, MASK_SYNAPSES };

enum mask_redraw {
    REDRAW_NEVER,
    REDRAW_SAMPLE, /* anew for each sample */
    REDRAW_CLASS,  /* one mask per class of the sample */
    REDRAW_CYCLE,  /* mask number (samples so far) modulo `cycle` */
};

enum gate {
    GATE_NONE,
    GATE_WRONG, /* learn only from samples that are classified wrongly */
    GATE_ERROR, /* learn only when the squared output error exceeds gate_error */
};

struct rule {
    /* Number k of plastic units per hidden layer, its first ones; 0: all. A synapse is plastic
     * only if every hidden unit that it touches is; a bias touches only its target. */
    uint32_t subnet[NET_LAYERS_MAX];

    enum mask_of mask; /* over target units or synapses */
    enum mask_redraw redraw;
    uint32_t cycle;
    double mask_fraction[NET_LAYERS_MAX]; /* plastic share per layer; 1: no mask there */

    enum compete_by compete;
    bool compete_per_unit; /* among the incoming synapses of each target, not per layer */
    bool compete_smallest; /* the smallest win */
    size_t compete_keep[NET_LAYERS_MAX]; /* winners of one competition; 0: no competition */

    enum gate gate;
    double gate_error;

    bool cache;
    double cache_threshold; /* a transient change beyond it is consolidated */
    double cache_decay;     /* of the transient part, per step */
    bool cache_network;     /* one synapse beyond the threshold consolidates all */
};

/* Number of entries that a fraction of `size` keeps: rounded half up, at least 1. */
size_t rule_count(double fraction, size_t size);

/* Synapses, or units, that there are to one competition in layer l. */
size_t rule_competitors(const struct rule *r, const struct net_spec *net, uint32_t l);

/* Those of them that the subnet leaves plastic, and its units on either side. */
size_t rule_contenders(const struct rule *r, const struct net_spec *net, uint32_t l);
uint32_t rule_sources(const struct rule *r, const struct net_spec *net, uint32_t l);
uint32_t rule_targets(const struct rule *r, const struct net_spec *net, uint32_t l);

#endif
