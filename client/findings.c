/* In: the name of a preset and its cells. Out: sentences with verdicts. Each rule has its
 * criterion beside it in the table at the end, in the words that the report prints. */
#include <math.h>
#include <string.h>

#include "field.h"
#include "groups.h"
#include "judges.h"

static const char fraction[] = "/plasticity/compete/fraction",
                  by[] = "/plasticity/compete/by", scope[] = "/plasticity/compete/scope",
                  units[] = "/plasticity/subnet/units", hidden[] = "/network/hidden/0",
                  rule[] = "/plasticity", redraw[] = "/plasticity/mask/redraw",
                  mask[] = "/plasticity/mask/fraction",
                  threshold[] = "/plasticity/cache/threshold";

static const double flat_max = 0.1, flat_from = 300, saving_min = 5, published_m0 = 1.7e8;

static void judge_network_size(struct findings *f, const struct rows *r)
{
    judges_valley(f, r->cells, "plain backprop, by hidden units", hidden, "m0");
    judges_valley(f, r->cells, "plain backprop, by hidden units", hidden, "m1");
}

static void judge_subnet_size(struct findings *f, const struct rows *r)
{
    judges_valley(f, r->cells, "by plastic units k", units, "m0");
}

/* What the paper has for N = 200 is of MNIST at 95 %. */
static void judge_hundredth(struct findings *f, const struct rows *r)
{
    json_t *layer = json_string("layer"), *one = json_pack("[f,i]", 0.01, 1);
    json_t *layers = groups_where(r->cells, scope, layer, true);
    json_t *hundredth = groups_where(layers, fraction, one, true);
    const json_t *cell = json_array_get(hundredth, 0);
    double ratio = groups_mean(cell, "m0") / published_m0;
    if (strcmp(r->at, "test_accuracy>=0.95") == 0 && cell != NULL)
        findings_add(
            f, isnan(ratio) ? VERDICT_OPEN : judges_verdict(fabs(log2(ratio)) < 1),
            "p = 0.01 over the layer: M0 %s after %s samples; the paper has near "
            "%.2g (it agrees within a factor of two).",
            judges_amount(cell, "m0"), judges_amount(cell, "samples"), published_m0);
    json_decref(hundredth);
    json_decref(layers);
    json_decref(one);
    json_decref(layer);
}

static void judge_fraction(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, fraction), *cells;
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        json_t *plain = groups_at_top(cells, fraction);
        const json_t *top = json_array_get(plain, 0);
        judges_saving(f, label, top, groups_lowest(cells, "m0"), "m0", saving_min);
        judges_saving(f, label, top, groups_lowest(cells, "m1"), "m1", 1);
        json_decref(plain);
    }
    json_decref(groups);
    judge_hundredth(f, r);
}

/* Drawn once beside drawn for every sample, at each fraction below one. */
static void judge_masks(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, redraw), *cells, *never = json_string("never");
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        json_t *kept = groups_where(cells, redraw, never, true),
               *drawn = groups_where(cells, redraw, never, false);
        const json_t *once = json_array_get(kept, 0), *each = json_array_get(drawn, 0);
        double a = groups_mean(once, "m0"), b = groups_mean(each, "m0");
        if (groups_number(once, mask) < 1)
            findings_add(f, isnan(a) || isnan(b) ? VERDICT_OPEN : judges_verdict(a < b),
                         "%s: M0 %s with a mask drawn once (%s samples), %s drawn for "
                         "every sample (%s samples).",
                         label, judges_amount(once, "m0"), judges_amount(once, "samples"),
                         judges_amount(each, "m0"), judges_amount(each, "samples"));
        json_decref(kept);
        json_decref(drawn);
    }
    json_decref(never);
    json_decref(groups);
}

static void judge_smallest(struct findings *f, const struct rows *r)
{
    for (size_t i = 0; i < json_array_size(r->cells); i++) {
        char reached[ANSWER_GOAL];
        const json_t *cell = json_array_get(r->cells, i);
        answer_reached(reached, cell);
        if (groups_number(cell, fraction) <= 0.5)
            findings_add(f, judges_verdict(field_count(cell, "reached") == 0),
                         "%s: %s seeds reach the goal.", judges_words(cell), reached);
        else
            findings_add(f, VERDICT_NOTE, "%s: %s seeds reach the goal, M0 %s.",
                         judges_words(cell), reached, judges_amount(cell, "m0"));
    }
}

static void judge_independence(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, hidden), *cells;
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        judges_flat(f, label, cells, hidden, flat_from, flat_max);
    }
    json_decref(groups);
}

static void judge_combination(struct findings *f, const struct rows *r)
{
    judges_both(f, r->cells, units, fraction, "m0");
    judges_both(f, r->cells, units, fraction, "m1");
}

/* Plain backprop beside the best of the rules, for each combination of all else. */
static void judge_rules(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, rule), *cells, *nothing = json_object();
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        json_t *plain = groups_where(cells, rule, nothing, true),
               *rules = groups_where(cells, rule, nothing, false);
        judges_saving(f, label, json_array_get(plain, 0), groups_lowest(rules, "m0"),
                      "m0", 1);
        json_decref(plain);
        json_decref(rules);
    }
    json_decref(nothing);
    json_decref(groups);
}

/* Consolidation gets rarer with a higher threshold, upkeep dearer. */
static void judge_caching(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, threshold), *cells;
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        json_t *top = groups_at_top(cells, threshold);
        const json_t *low = json_array_get(cells, 0), *high = json_array_get(top, 0);
        double fall = groups_mean(low, "m1") / groups_mean(high, "m1");
        double rise = groups_mean(high, "maintenance") / groups_mean(low, "maintenance");
        findings_add(f,
                     isnan(fall) || isnan(rise) ? VERDICT_OPEN
                                                : judges_verdict(fall > 1 && rise > 1),
                     "%s: from threshold %g to %g, M1 goes from %s to %s, maintenance "
                     "from %s to %s.",
                     label, groups_number(low, threshold), groups_number(high, threshold),
                     judges_amount(low, "m1"), judges_amount(high, "m1"),
                     judges_amount(low, "maintenance"),
                     judges_amount(high, "maintenance"));
        json_decref(top);
    }
    json_decref(groups);
}

static void judge_ways(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, by), *cells, *update = json_string("update");
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        json_t *others = groups_where(cells, by, update, false),
               *own = groups_where(cells, by, update, true);
        const json_t *next = groups_lowest(others, "m0"), *best = json_array_get(own, 0);
        double a = groups_mean(best, "m0"), b = groups_mean(next, "m0");
        findings_add(
            f, isnan(a) ? VERDICT_OPEN : judges_verdict(next == NULL || a < b),
            "%s: M0 %s by update; of the others the lowest is %s%s%s.", label,
            judges_amount(best, "m0"), next != NULL ? judges_amount(next, "m0") : "none",
            next != NULL ? " with " : "", next != NULL ? judges_words(next) : "");
        json_decref(others);
        json_decref(own);
    }
    json_decref(update);
    json_decref(groups);
}

static const struct {
    const char *preset, *criterion;
    void (*judge)(struct findings *f, const struct rows *r);
} rules[] = {
    {"network-size",
     "M0 and M1 are at least 1.1 times their minimum at both ends of the sizes.",
     judge_network_size},
    {"plastic-fraction",
     "The lowest M0 is more than 5 times, the lowest M1 at all below plain backprop's.",
     judge_fraction},
    {"random-masks",
     "At each fraction below 1, M0 is lower with the mask drawn once than with one drawn "
     "for every sample.",
     judge_masks},
    {"smallest-updates", "With half of the synapses plastic no seed reaches the goal.",
     judge_smallest},
    {"subnet-size", "M0 is at least 1.1 times its minimum at both ends of the sizes k.",
     judge_subnet_size},
    {"subnet-network-size",
     "From N = 300 on, the means of M0 differ by at most 10 % of their mean.",
     judge_independence},
    {"subnet-and-competition",
     "The lowest point of the grid is neither on its edge k = N nor on its edge p = 1.",
     judge_combination},
    {"accuracy",
     "The best of the rules needs less M0 than plain backprop at each accuracy.",
     judge_rules},
    {"synaptic-caching",
     "From the lowest to the highest threshold M1 falls and maintenance "
     "grows, at each decay.",
     judge_caching},
    {"caching-and-competition",
     "From the lowest to the highest threshold M1 falls and maintenance grows, at each "
     "decay.",
     judge_caching},
    {"gating", "The best gate needs less M0 than plain backprop.", judge_rules},
    {"competition-by", "By update, M0 is lower than by anything else, at each fraction.",
     judge_ways},
    {"activations-and-losses",
     "Competition needs less M0 than plain backprop, with each activation and loss.",
     judge_rules},
    {"depth", "Competition needs less M0 than plain backprop, at each depth.",
     judge_rules},
    {"fashion", "The best rule needs less M0 than plain backprop, on each data set.",
     judge_rules},
};

enum { RULES = sizeof rules / sizeof *rules };

const char *findings_criterion(const char *preset)
{
    for (size_t i = 0; i < RULES; i++)
        if (strcmp(rules[i].preset, preset) == 0)
            return rules[i].criterion;
    return NULL;
}

void findings_of(struct findings *f, const char *preset, const struct rows *r)
{
    for (size_t i = 0; i < RULES; i++)
        if (strcmp(rules[i].preset, preset) == 0)
            rules[i].judge(f, r);
}
