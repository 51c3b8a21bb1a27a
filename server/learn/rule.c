#include "learn/rule.h"

#include <math.h>

size_t rule_count(double fraction, size_t size)
{
    double count = floor(fraction * (double)size + 0.5);
    return count < 1 ? 1 : (size_t)count;
}

size_t rule_competitors(const struct rule *r, const struct net_spec *net, uint32_t l)
{
    size_t rows = (size_t)net->units[l] + net->bias, targets = net->units[l + 1];
    if (r->compete == COMPETE_ERROR || r->compete == COMPETE_ACTIVITY)
        return targets;
    return r->compete_per_unit ? rows : rows * targets;
}
