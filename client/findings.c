/* In: the name of a preset and its cells. Out: sentences with verdicts. Each rule has its
 * criterion beside it in the table at the end, in the words that the report prints. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "finding.h"
#include "groups.h"
#include "params.h"

static const char fraction[] = "/plasticity/compete/fraction",
                  by[] = "/plasticity/compete/by", scope[] = "/plasticity/compete/scope",
                  units[] = "/plasticity/subnet/units", hidden[] = "/network/hidden/0",
                  rule[] = "/plasticity", redraw[] = "/plasticity/mask/redraw",
                  mask[] = "/plasticity/mask/fraction",
                  threshold[] = "/plasticity/cache/threshold";

static const double rise_min = 1.1, flat_max = 0.1, flat_from = 300, saving_min = 5;

const char *verdict_word(enum verdict v)
{
    return v == VERDICT_AGREES    ? "agrees"
           : v == VERDICT_DIFFERS ? "differs"
                                  : "cannot be told";
}

void findings_init(struct findings *f)
{
    *f = (struct findings){.count = 0};
}

void findings_release(struct findings *f)
{
    for (size_t i = 0; i < f->count; i++)
        buf_release(&f->finding[i].text);
}

void findings_add(struct findings *f, enum verdict v, const char *fmt, ...)
{
    if (f->count == FINDINGS_MAX)
        return;
    struct finding *new = &f->finding[f->count++];
    va_list ap;
    va_start(ap, fmt);
    new->verdict = v;
    buf_init(&new->text, FINDING_BYTES);
    buf_vaddf(&new->text, fmt, ap);
    va_end(ap);
}

static enum verdict judge(bool agrees)
{
    return agrees ? VERDICT_AGREES : VERDICT_DIFFERS;
}

/* The words of a cell, in one of a few rooms that are used in turn. */
static const char *words(const json_t *cell)
{
    static char room[4][256];
    static size_t next;
    struct buf b;
    char *text = room[next++ % 4];
    buf_init(&b, sizeof room[0] - 1);
    groups_add_words(&b, cell, NULL);
    snprintf(text, sizeof room[0], "%s", b.len > 0 ? b.data : "the one cell");
    buf_release(&b);
    return text;
}

/* "M0 (4.45e9 ± 0.18e9)" and the like, in turn as well. */
static const char *amount(const json_t *cell, const char *key)
{
    static char room[6][METRIC_TEXT];
    static size_t next;
    char *text = room[next++ % 6];
    metric_text(text, metric_find(key),
                json_object_get(json_object_get(cell, "metrics"), key));
    return text;
}

static const char *before(const char *label)
{
    return label[0] != '\0' ? ": " : "";
}

/* It falls from the first value to an inner minimum, and grows from there. */
static void judge_valley(struct findings *f, const json_t *cells, const char *label,
                         const char *pointer, const char *metric)
{
    const json_t *lowest = groups_lowest(cells, metric), *first = NULL, *last = NULL;
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        double x = groups_number(cell, pointer);
        first = first == NULL || x < groups_number(first, pointer) ? cell : first;
        last = last == NULL || x > groups_number(last, pointer) ? cell : last;
    }
    const char *name = metric_find(metric)->title;
    if (lowest == NULL) {
        findings_add(f, VERDICT_OPEN, "%s%sno cell has a mean %s.", label, before(label),
                     name);
        return;
    }
    double least = groups_mean(lowest, metric);
    double fall = groups_at_least(first, metric) / least,
           rise = groups_at_least(last, metric) / least;
    findings_add(f, judge(fall >= rise_min && rise >= rise_min),
                 "%s%s%s is lowest at %g (%s); at %g it is %s (%.2f times that), at %g "
                 "%s (%.2f times).",
                 label, before(label), name, groups_number(lowest, pointer),
                 amount(lowest, metric), groups_number(first, pointer),
                 amount(first, metric), fall, groups_number(last, pointer),
                 amount(last, metric), rise);
}

static void judge_network_size(struct findings *f, const struct rows *r)
{
    judge_valley(f, r->cells, "plain backprop, by hidden units", hidden, "m0");
    judge_valley(f, r->cells, "plain backprop, by hidden units", hidden, "m1");
}

static void judge_subnet_size(struct findings *f, const struct rows *r)
{
    judge_valley(f, r->cells, "by plastic units k", units, "m0");
}

/* How far the lowest lies below the plain one. */
static void judge_saving(struct findings *f, const char *label, const json_t *plain,
                         const json_t *lowest, const char *metric, double least)
{
    const char *name = metric_find(metric)->title;
    double saving = lowest == NULL
                        ? (double)NAN
                        : groups_at_least(plain, metric) / groups_mean(lowest, metric);
    if (isnan(saving))
        findings_add(f, VERDICT_OPEN,
                     "%s%s%s cannot be compared: too few seeds reached the goal.", label,
                     before(label), name);
    else
        findings_add(f, judge(saving > least),
                     "%s%slowest %s with %s: %s, %s%.3g times less than plain (%s).",
                     label, before(label), name, words(lowest), amount(lowest, metric),
                     isnan(groups_mean(plain, metric)) ? "at least " : "", saving,
                     amount(plain, metric));
}

static void judge_fraction(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, fraction), *cells;
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        json_t *plain = groups_at_top(cells, fraction);
        const json_t *top = json_array_get(plain, 0);
        judge_saving(f, label, top, groups_lowest(cells, "m0"), "m0", saving_min);
        judge_saving(f, label, top, groups_lowest(cells, "m1"), "m1", 1);
        json_decref(plain);
    }
    json_decref(groups);
    json_t *layer = json_string("layer"), *one = json_pack("[f,i]", 0.01, 1);
    json_t *layers = groups_where(r->cells, scope, layer, true);
    json_t *hundredth = groups_where(layers, fraction, one, true);
    const json_t *cell = json_array_get(hundredth, 0);
    if (cell != NULL)
        findings_add(f, VERDICT_AGREES,
                     "p = 0.01 over the layer: M0 %s, after %s samples.",
                     amount(cell, "m0"), amount(cell, "samples"));
    json_decref(hundredth);
    json_decref(layers);
    json_decref(one);
    json_decref(layer);
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
            findings_add(f, isnan(a) || isnan(b) ? VERDICT_OPEN : judge(a < b),
                         "%s: M0 %s with a mask drawn once (%s samples), %s drawn for "
                         "every sample (%s samples).",
                         label, amount(once, "m0"), amount(once, "samples"),
                         amount(each, "m0"), amount(each, "samples"));
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
            findings_add(f, judge(field_count(cell, "reached") == 0),
                         "%s: %s seeds reach the goal.", words(cell), reached);
        else
            findings_add(f, VERDICT_AGREES, "%s: %s seeds reach the goal, M0 %s.",
                         words(cell), reached, amount(cell, "m0"));
    }
}

/* The largest difference over the mean of the means, from a size on. */
static void judge_flat(struct findings *f, const char *label, const json_t *cells)
{
    double least = INFINITY, most = 0, sum = 0, from = INFINITY, to = 0;
    size_t n = 0;
    bool whole = true;
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        double x = groups_number(cell, hidden), y = groups_mean(cell, "m0");
        if (x < flat_from)
            continue;
        whole = whole && !isnan(y);
        least = fmin(least, y);
        most = fmax(most, y);
        from = fmin(from, x);
        to = fmax(to, x);
        sum += y;
        n++;
    }
    if (n < 2 || !whole) {
        findings_add(f, VERDICT_OPEN, "%s: some seeds did not reach the goal.", label);
        return;
    }
    double share = (most - least) / (sum / (double)n);
    findings_add(
        f, judge(share <= flat_max),
        "%s: M0 from N = %g to %g lies between %.3g and %.3g, which is %.1f %% of "
        "its mean.",
        label, from, to, least, most, 100 * share);
}

static void judge_independence(struct findings *f, const struct rows *r)
{
    json_t *groups = groups_of(r->cells, hidden), *cells;
    const char *label;
    json_object_foreach(groups, label, cells)
    {
        judge_flat(f, label, cells);
    }
    json_decref(groups);
}

static void judge_both(struct findings *f, const struct rows *r, const char *metric)
{
    json_t *whole = groups_at_top(r->cells, units),
           *all = groups_at_top(r->cells, fraction);
    const json_t *best = groups_lowest(r->cells, metric),
                 *compete = groups_lowest(whole, metric),
                 *subnet = groups_lowest(all, metric);
    const char *name = metric_find(metric)->title;
    if (best == NULL || compete == NULL || subnet == NULL)
        findings_add(f, VERDICT_OPEN, "%s: too few seeds reached the goal.", name);
    else
        findings_add(f, judge(best != compete && best != subnet),
                     "%s is lowest with %s: %s. Lowest of competition alone (k = N): %s "
                     "(%s), %.2f times that; of the subnet alone (p = 1): %s (%s), %.2f "
                     "times.",
                     name, words(best), amount(best, metric), amount(compete, metric),
                     words(compete),
                     groups_mean(compete, metric) / groups_mean(best, metric),
                     amount(subnet, metric), words(subnet),
                     groups_mean(subnet, metric) / groups_mean(best, metric));
    json_decref(whole);
    json_decref(all);
}

static void judge_combination(struct findings *f, const struct rows *r)
{
    judge_both(f, r, "m0");
    judge_both(f, r, "m1");
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
        judge_saving(f, label, json_array_get(plain, 0), groups_lowest(rules, "m0"), "m0",
                     1);
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
        findings_add(
            f, isnan(fall) || isnan(rise) ? VERDICT_OPEN : judge(fall > 1 && rise > 1),
            "%s: from threshold %g to %g, M1 goes from %s to %s, maintenance "
            "from %s to %s.",
            label, groups_number(low, threshold), groups_number(high, threshold),
            amount(low, "m1"), amount(high, "m1"), amount(low, "maintenance"),
            amount(high, "maintenance"));
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
        findings_add(f, isnan(a) ? VERDICT_OPEN : judge(next == NULL || a < b),
                     "%s: M0 %s by update; of the others the lowest is %s%s%s.", label,
                     amount(best, "m0"), next != NULL ? amount(next, "m0") : "none",
                     next != NULL ? " with " : "", next != NULL ? words(next) : "");
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
