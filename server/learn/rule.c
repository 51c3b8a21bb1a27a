#include "learn/rule.h"

#include <math.h>

size_t rule_count(double fraction, size_t size)
{
    double count = floor(fraction * (double)size + 0.5);
    return count < 1 ? 1 : (size_t)count;
}

/* Of one competition among so many rows and targets. */
static size_t size_of(const struct rule *r, size_t rows, size_t targets)
{
    if (r->compete == COMPETE_ERROR || r->compete == COMPETE_ACTIVITY)
        return targets;
    return r->compete_per_unit ? rows : rows * targets;
}

size_t rule_competitors(const struct rule *r, const struct net_spec *net, uint32_t l)
{
    return size_of(r, (size_t)net->units[l] + net->bias, net->units[l + 1]);
}

uint32_t rule_sources(const struct rule *r, const struct net_spec *net, uint32_t l)
{
    uint32_t k = l > 0 ? r->subnet[l - 1] : 0;
    return k > 0 ? k : net->units[l];
}

uint32_t rule_targets(const struct rule *r, const struct net_spec *net, uint32_t l)
{
    uint32_t k = l + 1 < net->layers ? r->subnet[l] : 0;
    return k > 0 ? k : net->units[l + 1];
}

size_t rule_contenders(const struct rule *r, const struct net_spec *net, uint32_t l)
{
    return size_of(r, (size_t)rule_sources(r, net, l) + net->bias,
                   rule_targets(r, net, l));
}
