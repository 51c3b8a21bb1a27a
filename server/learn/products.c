#include "learn/products.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    CANDIDATES_MAX = 64,
    GUESSES = 12, /* rounds before the bracket is halved by force */
};

/* What is known of the threshold: `reached` synapses, at least k, have a product of `low`
 * or more, `taken`, fewer than k, have `high` or more; so many pairs of a group and an
 * item lie between. */
struct bracket {
    double low, high;
    uint64_t reached, taken, pairs;
};

struct candidate {
    double product;
    uint64_t members;
};

static double product(const struct products *p, const struct product_group *g,
                      uint32_t item)
{
    return (double)g->size * (double)p->other->item[item].size;
}

/* Synapses whose product is at least t; remembers the items in `equal`. */
static uint64_t count_at_least(struct products *p, double t)
{
    uint64_t count = 0;
    uint32_t items = p->other->n;
    for (size_t i = 0; i < p->groups; i++) { /* a smaller group has no more items */
        struct product_group *g = &p->group[i];
        items = items < g->high ? items : g->high;
        while (items > g->low && product(p, g, items - 1) < t)
            items--;
        g->equal = items;
        count += (uint64_t)items * g->members;
    }
    return count;
}

/* Makes t the lower or the upper end of the bracket. */
static void narrow(struct products *p, struct bracket *b, double t, uint64_t k)
{
    uint64_t count = count_at_least(p, t);
    bool reached = count >= k;
    b->low = reached ? t : b->low;
    b->reached = reached ? count : b->reached;
    b->high = reached ? b->high : t;
    b->taken = reached ? b->taken : count;
    b->pairs = 0;
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->high = reached ? g->equal : g->high;
        g->low = reached ? g->low : g->equal;
        b->pairs += g->high - g->low;
    }
}

/* Where to look next: between the ends as the counts suggest, or beyond the one that is
 * known; around a threshold the counts fall about with its square. */
static double next_guess(const struct bracket *b, uint64_t k, double most)
{
    if (b->low > 0 && b->high <= most) {
        double share = (double)(b->reached - k) / (double)(b->reached - b->taken);
        double t = b->low + (b->high - b->low) * fmin(fmax(share, 0.1), 0.9);
        return t > b->low && t < b->high ? t : b->low + (b->high - b->low) / 2;
    }
    double ratio = (double)(b->low > 0 ? b->reached : b->taken) / (double)k;
    double factor = fmin(fmax(sqrt(ratio), 0.1), 10);
    return b->low > 0 ? fmin(b->low * factor * 1.02, most) : b->high * factor / 1.02;
}

/* Halfway between the ends in the order of the bits, which 64 steps exhaust however far
 * they are apart. */
static double halfway(const struct bracket *b)
{
    uint64_t low, high;
    memcpy(&low, &b->low, sizeof low);
    memcpy(&high, &b->high, sizeof high);
    uint64_t middle = low + (high - low) / 2;
    double t;
    memcpy(&t, &middle, sizeof t);
    return t;
}

/* Until few pairs are left, or those left are all equal. */
static struct bracket find_bracket(struct products *p, uint64_t k, uint64_t all)
{
    double most = product(p, &p->group[0], 0);
    struct bracket b = {.high = most * 2, .reached = all, .pairs = UINT64_MAX};
    double t = p->expected > 0 && p->expected < most ? p->expected : most / 2;
    int rounds = 0;
    while (b.pairs > CANDIDATES_MAX && nextafter(b.low, b.high) < b.high &&
           b.low < most) {
        narrow(p, &b, t, k);
        t = ++rounds < GUESSES ? next_guess(&b, k, most) : halfway(&b);
    }
    return b;
}

/* The largest product t for which at least k synapses have t or more, among the few pairs
 * within the bracket: quickselect by the number of synapses, without branches on
 * products, which nobody could predict. */
static double threshold_within(const struct products *p, uint64_t k,
                               const struct bracket *b)
{
    struct candidate room[2][CANDIDATES_MAX + 1], *c = room[0], *above = room[1];
    uint64_t taken = b->taken;
    size_t n = 0;
    for (size_t i = 0; i < p->groups; i++) {
        const struct product_group *g = &p->group[i];
        for (uint32_t j = g->low; j < g->high; j++)
            c[n++] = (struct candidate){product(p, g, j), g->members};
    }
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

static double find_threshold(struct products *p, uint64_t k)
{
    uint64_t all = 0;
    for (size_t i = 0; i < p->groups; i++) {
        p->group[i].low = 0;
        p->group[i].high = p->other->n;
        all += (uint64_t)p->group[i].members * p->other->n;
    }
    if (k >= all)
        return 0;
    struct bracket b = find_bracket(p, k, all);
    return b.pairs > CANDIDATES_MAX ? b.low : threshold_within(p, k, &b);
}

uint64_t products_cut(struct products *p, uint64_t k)
{
    uint64_t beyond = 0;
    p->threshold = find_threshold(p, k);
    uint64_t reached = count_at_least(p, p->threshold);
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        for (g->above = g->equal; g->above > g->low && p->threshold > 0; g->above--)
            if (product(p, g, g->above - 1) > p->threshold)
                break;
        beyond += (uint64_t)g->above * g->members;
    }
    if (k < reached)
        return k > beyond ? k - beyond : 0;
    for (size_t i = 0; i < p->groups; i++)
        p->group[i].above = p->group[i].equal;
    return 0;
}
