#include "learn/products.h"

#include <math.h>
#include <stdbool.h>

enum {
    CANDIDATES_MAX = 64,
    ROUNDING = 2, /* units in the last place by which a quotient may be off */
    MANTISSA = 23, /* bits */
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
            break; /* smaller groups have nothing either */
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

/* The buckets in which items lie whose product with a group is near t. */
struct span {
    uint32_t first, last;
};

static struct span near(const struct products *p, const struct product_group *g, double t)
{
    uint32_t bits = float_bits((float)(t * g->inverse));
    return (struct span){ranking_bucket(p->other, bits + ROUNDING),
                         ranking_bucket(p->other, bits > ROUNDING ? bits - ROUNDING : 0)};
}

static double product(const struct products *p, const struct product_group *g, uint32_t item)
{
    return (double)g->size * (double)p->other->item[item].size;
}

/* Items from .. to - 1, sorted, of which the first ones have a product above t. */
static uint32_t search(const struct products *p, const struct product_group *g, uint32_t from,
                       uint32_t to, double t, bool or_equal)
{
    uint32_t found = 0, left = to - from;
    while (left > 0) {
        uint32_t half = (left + 1) / 2;
        double middle = product(p, g, from + found + half - 1);
        found += half & -(uint32_t)((middle > t) | (or_equal & (middle == t)));
        left -= half;
    }
    return found;
}

/* Items whose product with the group is above t (or at least t): whole buckets, and what is
 * above it of those near. Without branches on the products, which nobody could predict. */
static uint32_t items_above(const struct products *p, const struct product_group *g,
                            double t, bool or_equal)
{
    const uint32_t *before = p->other->before;
    struct span span = near(p, g, t);
    uint32_t count = before[span.first];
    for (uint32_t b = span.first; b <= span.last; b++) {
        if (before[b + 1] - before[b] > RANKING_FEW)
            count += search(p, g, before[b], before[b + 1], t, or_equal);
        else
            for (uint32_t i = before[b]; i < before[b + 1]; i++)
                count += (product(p, g, i) > t) | (or_equal & (product(p, g, i) == t));
    }
    return count;
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

/* What is known of the threshold: at least k synapses reach `low`, `taken` of them, fewer than
 * k, reach `high`; so many pairs of a group and an item lie between. */
struct bracket {
    double low, high;
    uint64_t taken, pairs;
};

struct candidate {
    double product;
    uint64_t members;
};

/* The largest product t for which at least k synapses have t or more, among the few pairs
 * within the bracket. */
static double threshold_within(const struct products *p, uint64_t k, const struct bracket *b)
{
    const uint32_t *before = p->other->before;
    struct candidate c[CANDIDATES_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < p->groups; i++) {
        const struct product_group *g = &p->group[i];
        if (g->low == g->high)
            continue;
        uint32_t first = near(p, g, b->high).first, last = near(p, g, b->low).last;
        for (uint32_t j = before[first]; j < before[last + 1]; j++) {
            double here = product(p, g, j);
            c[n] = (struct candidate){here, g->members};
            n += here >= b->low && here < b->high;
        }
    }
    uint64_t taken = b->taken;
    for (size_t at = 0;; at++) { /* the largest of the rest to the front */
        for (size_t i = at + 1; i < n; i++)
            if (c[i].product > c[at].product) {
                struct candidate kept = c[at];
                c[at] = c[i];
                c[i] = kept;
            }
        taken += c[at].members;
        if (taken >= k || at + 1 >= n)
            return c[at].product;
    }
}

/* Until few pairs are left, or those left are all equal. */
static struct bracket bracket(struct products *p, uint64_t k)
{
    double most = (double)p->group[0].size * (double)p->other->item[0].size;
    struct bracket b = {0, most * 2, 0, UINT64_MAX};
    double step = 1 + 1.5 * ldexp(1, p->other->shift - MANTISSA); /* more than a bucket */
    double t = fmin(fmax(guess(p, k), most * 1e-9), most);
    while (b.pairs > CANDIDATES_MAX && nextafter(b.low, b.high) < b.high && b.low < most) {
        uint64_t count = count_at_least(p, t);
        if (count >= k) {
            b.low = t;
            b.pairs = close_brackets(p, true);
        } else {
            b.high = t;
            b.taken = count;
            b.pairs = close_brackets(p, false);
        }
        if (b.low > 0 && b.high < most * 2)
            t = b.low + (b.high - b.low) / 2;
        else
            t = fmin(b.low > 0 ? b.low * step : b.high / step, most);
        step = step * step;
    }
    return b;
}

static double find_threshold(struct products *p, uint64_t k)
{
    uint64_t all = 0;
    for (size_t i = 0; i < p->groups; i++)
        all += (uint64_t)p->group[i].members * p->other->n;
    if (k >= all)
        return 0;
    for (size_t i = 0; i < p->groups; i++) {
        p->group[i].low = 0;
        p->group[i].high = p->other->n;
    }
    struct bracket b = bracket(p, k);
    return b.pairs > CANDIDATES_MAX ? b.low : threshold_within(p, k, &b);
}

/* So that the last of the first `count` items is the smallest of them. */
static void settle_end(struct products *p, uint32_t count)
{
    if (count == 0)
        return;
    uint32_t bucket = ranking_bucket(p->other, float_bits(p->other->item[count - 1].size));
    ranking_settle(p->other, bucket, bucket);
}

uint64_t products_cut(struct products *p, uint64_t k)
{
    uint64_t beyond = 0, at = 0;
    settle_end(p, p->other->n > 0); /* bracket() wants to know the largest */
    for (size_t i = 0; i < p->groups; i++)
        p->group[i].inverse = 1 / (double)p->group[i].size;
    p->threshold = find_threshold(p, k);
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->above = items_above(p, g, p->threshold, false);
        g->equal = p->threshold > 0 ? items_above(p, g, p->threshold, true) : g->above;
        settle_end(p, g->above);
        settle_end(p, g->equal);
        beyond += (uint64_t)g->above * g->members;
        at += (uint64_t)(g->equal - g->above) * g->members;
    }
    if (k <= beyond || k - beyond < at)
        return k > beyond ? k - beyond : 0;
    for (size_t i = 0; i < p->groups; i++)
        p->group[i].above = p->group[i].equal;
    return 0;
}
