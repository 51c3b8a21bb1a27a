#include "learn/products.h"

#include <math.h>
#include <stdbool.h>

enum {
    CANDIDATES_MAX = 32,
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

static inline struct span near(const struct products *p, const struct product_group *g, double t)
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

struct reach {
    uint32_t above, equal; /* items whose product is above t, and at least t */
};

/* Whole buckets, and what reaches t of those near. Without branches on the products, which
 * nobody could predict. */
static inline struct reach items_at(struct products *p, const struct product_group *g,
                                    double t)
{
    const uint32_t *before = p->other->before;
    struct span span = near(p, g, t);
    struct reach reach = {before[span.first], before[span.first]};
    if (span.last + 1 == p->other->buckets)
        ranking_settle_rest(p->other);
    for (uint32_t b = span.first; b <= span.last; b++) {
        if (before[b + 1] - before[b] > RANKING_FEW) { /* sorted */
            reach.above += search(p, g, before[b], before[b + 1], t, false);
            reach.equal += search(p, g, before[b], before[b + 1], t, true);
            continue;
        }
        for (uint32_t i = before[b]; i < before[b + 1]; i++) {
            reach.above += product(p, g, i) > t;
            reach.equal += product(p, g, i) >= t;
        }
    }
    return reach;
}

/* Synapses whose product is at least t; remembers the items in `equal`. */
static uint64_t count_at_least(struct products *p, double t)
{
    uint64_t count = 0;
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->equal = g->low == g->high ? g->low : items_at(p, g, t).equal;
        count += (uint64_t)g->equal * g->members;
    }
    return count;
}

/* `equal` becomes the upper or the lower end of every bracket. */
static uint64_t close_brackets(struct products *p, bool is_upper)
{
    uint64_t pairs = 0;
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        if (is_upper)
            g->high = g->equal;
        else
            g->low = g->equal;
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

static size_t list_candidates(const struct products *p, const struct bracket *b,
                              struct candidate *c)
{
    const uint32_t *before = p->other->before;
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
    return n;
}

/* The largest product t for which at least k synapses have t or more, among the few pairs
 * within the bracket: quickselect by the number of synapses. */
static double threshold_within(const struct products *p, uint64_t k, const struct bracket *b)
{
    struct candidate room[2][CANDIDATES_MAX + 1], *c = room[0], *above = room[1];
    size_t n = list_candidates(p, b, c);
    uint64_t taken = b->taken;
    for (;;) {
        double pivot = c[n / 2].product;
        uint64_t members_above = 0, members_equal = 0;
        size_t more = 0, less = 0;
        for (size_t i = 0; i < n; i++) {
            struct candidate now = c[i];
            above[more] = now;
            more += now.product > pivot;
            members_above += now.product > pivot ? now.members : 0;
            members_equal += now.product == pivot ? now.members : 0;
            c[less] = now;
            less += now.product < pivot;
        }
        if (taken + members_above >= k) {
            struct candidate *kept = c;
            c = above;
            above = kept;
            n = more;
        } else if (taken + members_above + members_equal >= k || less == 0) {
            return pivot;
        } else {
            taken += members_above + members_equal;
            n = less;
        }
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
    struct bracket b = bracket(p, k);
    return b.pairs > CANDIDATES_MAX ? b.low : threshold_within(p, k, &b);
}

/* So that the last of the first `count` items is the smallest of them. */
static void settle_end(struct products *p, uint32_t count)
{
    if (count == 0)
        return;
    uint32_t bucket = ranking_bucket(p->other, float_bits(p->other->item[count - 1].size));
    ranking_settle(p->other, bucket);
}

uint64_t products_cut(struct products *p, uint64_t k)
{
    uint64_t beyond = 0, at = 0;
    settle_end(p, p->other->n > 0); /* bracket() wants to know the largest */
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->inverse = 1 / (double)g->size;
        g->low = 0;
        g->high = p->other->n;
    }
    p->threshold = find_threshold(p, k);
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        struct reach reach = {g->low, g->low};
        if (g->low < g->high && p->threshold > 0)
            reach = items_at(p, g, p->threshold);
        else if (p->threshold == 0)
            reach.above = reach.equal = p->other->n;
        g->above = reach.above;
        g->equal = reach.equal;
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
