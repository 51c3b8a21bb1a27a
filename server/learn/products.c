#include "learn/products.h"

#include <math.h>

enum { CANDIDATES_MAX = 64 };

/* Columns of a group with a product above t (or at least t), looked for in [low, high]
 * without branches on the products, which nobody could predict. */
static uint32_t columns_above(const struct products *p, const struct product_group *g,
                              double t, int or_equal)
{
    uint32_t found = g->low, left = g->high - g->low;
    while (left > 0) {
        uint32_t half = (left + 1) / 2;
        double product = (double)g->size * (double)p->column[found + half - 1].size;
        found += half & -(uint32_t)((product > t) | (or_equal & (product == t)));
        left -= half;
    }
    return found;
}

/* Synapses whose product is at least t; remembers the columns in `above`. */
static uint64_t count_at_least(struct products *p, double t)
{
    uint64_t count = 0;
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->above = columns_above(p, g, t, 1);
        count += (uint64_t)g->above * g->members;
    }
    return count;
}

/* `above` becomes the upper or the lower end of every bracket. */
static uint64_t close_brackets(struct products *p, int is_upper)
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
    for (size_t i = 0; i < p->groups; i++)
        for (uint32_t j = p->group[i].low; j < p->group[i].high; j++) {
            struct candidate now = {(double)p->group[i].size * (double)p->column[j].size,
                                    p->group[i].members};
            size_t at = n++;
            for (; at > 0 && c[at - 1].product < now.product; at--)
                c[at] = c[at - 1];
            c[at] = now;
        }
    size_t at = 0;
    for (; at + 1 < n && taken + c[at].members < k; at++)
        taken += c[at].members;
    return n > 0 ? c[at].product : 0;
}

/* Brackets the threshold between `low`, which at least k reach, and `high`, which fewer do,
 * until few pairs are left. Begins where the last one was found. Returns how many synapses
 * lie at or above `high`. */
static uint64_t bracket(struct products *p, uint64_t k)
{
    double most = (double)p->group[0].size * (double)p->column[0].size;
    double high = most * 2, low = 0, step = 1.05;
    double guess = most * (p->hint > 0 && p->hint < 1 ? p->hint : 0.5);
    uint64_t taken = 0, pairs = UINT64_MAX;
    while (pairs > CANDIDATES_MAX && nextafter(low, high) < high && high > 1e-300) {
        uint64_t count = count_at_least(p, guess);
        if (count >= k) {
            low = guess;
            pairs = close_brackets(p, 1);
        } else {
            high = guess;
            taken = count;
            pairs = close_brackets(p, 0);
        }
        if (low > 0 && high < most * 2)
            guess = low + (high - low) / 2;
        else
            guess = fmin(low > 0 ? low * step : high / step, most);
        step = step * step;
        if (low >= most)
            break;
    }
    return taken;
}

static void set_brackets(struct products *p)
{
    for (size_t i = 0; i < p->groups; i++) {
        p->group[i].low = 0;
        p->group[i].high = (uint32_t)p->columns;
    }
}

/* Many equal products: the bracket has closed on one value. */
static double value_within(const struct products *p)
{
    for (size_t i = 0; i < p->groups; i++)
        if (p->group[i].low < p->group[i].high)
            return (double)p->group[i].size * (double)p->column[p->group[i].low].size;
    return 0;
}

uint64_t products_cut(struct products *p, uint64_t k)
{
    uint64_t all = 0, beyond = 0, at = 0, pairs = 0;
    for (size_t i = 0; i < p->groups; i++)
        all += (uint64_t)p->group[i].members * p->columns;
    set_brackets(p);
    double t = 0;
    if (k < all && p->groups > 0 && p->columns > 0) {
        uint64_t taken = bracket(p, k);
        for (size_t i = 0; i < p->groups; i++)
            pairs += p->group[i].high - p->group[i].low;
        t = pairs > CANDIDATES_MAX ? value_within(p) : threshold_within(p, k, taken);
    }
    set_brackets(p);
    for (size_t i = 0; i < p->groups; i++) {
        struct product_group *g = &p->group[i];
        g->above = columns_above(p, g, t, 0);
        g->equal = t > 0 ? columns_above(p, g, t, 1) : g->above;
        beyond += (uint64_t)g->above * g->members;
        at += (uint64_t)(g->equal - g->above) * g->members;
    }
    if (t > 0)
        p->hint = t / ((double)p->group[0].size * (double)p->column[0].size);
    if (t == 0 || k <= beyond)
        return 0;
    if (k - beyond < at)
        return k - beyond;
    for (size_t i = 0; i < p->groups; i++)
        p->group[i].above = p->group[i].equal;
    return 0;
}
