#include "learn/products.h"

#include <math.h>
#include <stdbool.h>

enum {
    CANDIDATES_MAX = 64,
    ROUNDING = 2, /* units in the last place by which a quotient may be off */
};

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Synapses in buckets that lie above t as a whole. */
static uint64_t count_buckets(const struct products *p, float t)
{
    uint64_t count = 0;
    for (size_t i = 0; i < p->groups; i++) {
        const struct product_group *g = &p->group[i];
        uint32_t bucket = ranking_bucket(p->other, float_bits(t * (float)g->inverse));
        if (bucket == 0)
            break; /* and smaller groups have nothing either */
        count += (uint64_t)p->other->before[bucket] * g->members;
    }
    return count;
}

/* About where k synapses lie above, to within a bucket. */
static double guess(const struct products *p, uint64_t k)
{
    const struct ranking *r = p->other;
    float most = p->group[0].size * r->item[0].size;
    uint32_t high = (float_bits(most) >> r->shift) + 1;
    uint32_t low = high > r->buckets ? high - r->buckets : 0;
    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;
        if (count_buckets(p, float_of(middle << r->shift)) >= k)
            low = middle;
        else
            high = middle;
    }
    return (double)float_of(low << r->shift);
}

/* Items whose product with the group is above t (or at least t), looked for in [low, high]:
 * where the quotient falls among the buckets leaves few to be compared. */
static uint32_t items_above(const struct products *p, const struct product_group *g,
                            double t, bool or_equal)
{
    const struct ranking *r = p->other;
    uint32_t bits = float_bits((float)(t * g->inverse));
    uint32_t from = r->before[ranking_bucket(r, bits + ROUNDING)];
    uint32_t to = r->before[ranking_bucket(r, bits > ROUNDING ? bits - ROUNDING : 0) + 1];
    from = from > g->low ? from : g->low;
    to = to < g->high ? to : g->high;
    uint32_t found = from, left = to > from ? to - from : 0;
    while (left > 0) {
        uint32_t half = (left + 1) / 2;
        double product = (double)g->size * (double)r->item[found + half - 1].size;
        found += half & -(uint32_t)((product > t) | (or_equal & (product == t)));
        left -= half;
    }
    return found < g->high ? found : g->high;
}

/* Synapses whose product is at least t; remembers the items in `above`. */
static uint64_t count_at_least(struct products *p, double t)
{
    uint64_t count = 0;
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->above = items_above(p, g, t, true);
        count += (uint64_t)g->above * g->members;
    }
    return count;
}

/* `above` becomes the upper or the lower end of every bracket. */
static uint64_t close_brackets(struct products *p, bool is_upper)
{
    uint64_t pairs = 0;
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        if (is_upper)
            g->high = g->above;
        else
            g->low = g->above;
        pairs += g->high - g->low;
    }
    return pairs;
}

struct candidate {
    double product;
    uint64_t members;
};

/* The largest product t for which at least k synapses have t or more, among the pairs within
 * the brackets; `taken` synapses lie above all of them. */
static double threshold_within(const struct products *p, uint64_t k, uint64_t taken)
{
    struct candidate c[CANDIDATES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < p->groups; i++) {
        const struct product_group *g = &p->group[i];
        for (uint32_t j = g->low; j < g->high; j++) {
            double product = (double)g->size * (double)p->other->item[j].size;
            size_t at = n++;
            for (; at > 0 && c[at - 1].product < product; at--)
                c[at] = c[at - 1];
            c[at] = (struct candidate){product, g->members};
        }
    }
    size_t at = 0;
    for (; at + 1 < n && taken + c[at].members < k; at++)
        taken += c[at].members;
    return n > 0 ? c[at].product : 0;
}

/* Brackets the threshold between `low`, which at least k reach, and `high`, which fewer do,
 * until few pairs are left. Returns how many synapses lie at or above `high`. */
static uint64_t bracket(struct products *p, uint64_t k)
{
    double most = (double)p->group[0].size * (double)p->other->item[0].size;
    double high = most * 2, low = 0;
    double step = 1 + 1.5 * ldexp(1, p->other->shift - 23); /* more than a bucket */
    double t = fmin(fmax(guess(p, k), most * 1e-9), most);
    uint64_t taken = 0, pairs = UINT64_MAX;
    while (pairs > CANDIDATES_MAX && nextafter(low, high) < high && high > 1e-300) {
        uint64_t count = count_at_least(p, t);
        if (count >= k) {
            low = t;
            pairs = close_brackets(p, true);
        } else {
            high = t;
            taken = count;
            pairs = close_brackets(p, false);
        }
        if (low >= most)
            break;
        if (low > 0 && high < most * 2)
            t = low + (high - low) / 2;
        else
            t = fmin(low > 0 ? low * step : high / step, most);
        step = step * step;
    }
    return taken;
}

static void open_brackets(struct products *p)
{
    for (size_t i = 0; i < p->groups; i++) {
        p->group[i].low = 0;
        p->group[i].high = p->other->n;
    }
}

/* Many equal products: the bracket has closed on one value. */
static double value_within(const struct products *p)
{
    for (size_t i = 0; i < p->groups; i++) {
        const struct product_group *g = &p->group[i];
        if (g->low < g->high)
            return (double)g->size * (double)p->other->item[g->low].size;
    }
    return 0;
}

static double find_threshold(struct products *p, uint64_t k)
{
    uint64_t all = 0, pairs = 0;
    for (size_t i = 0; i < p->groups; i++)
        all += (uint64_t)p->group[i].members * p->other->n;
    if (k >= all)
        return 0;
    uint64_t taken = bracket(p, k);
    for (size_t i = 0; i < p->groups; i++)
        pairs += p->group[i].high - p->group[i].low;
    return pairs > CANDIDATES_MAX ? value_within(p) : threshold_within(p, k, taken);
}

uint64_t products_cut(struct products *p, uint64_t k)
{
    uint64_t beyond = 0, at = 0;
    for (size_t i = 0; i < p->groups; i++)
        p->group[i].inverse = 1 / (double)p->group[i].size;
    open_brackets(p);
    p->threshold = find_threshold(p, k);
    open_brackets(p);
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->above = items_above(p, g, p->threshold, false);
        g->equal = p->threshold > 0 ? items_above(p, g, p->threshold, true) : g->above;
        beyond += (uint64_t)g->above * g->members;
        at += (uint64_t)(g->equal - g->above) * g->members;
    }
    if (k <= beyond || k - beyond < at)
        return k > beyond ? k - beyond : 0;
    for (size_t i = 0; i < p->groups; i++)
        p->group[i].above = p->group[i].equal;
    return 0;
}
