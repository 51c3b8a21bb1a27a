/* In: a sample, or activities. Out: rows and their activities, and the sums over them
 * that energies need. */
#include "learn/winners.h"

#include <math.h>

/* The next feature's activity, in order; `entry` walks along the sample. */
static float activity_at(const struct step *step, uint32_t feature, uint64_t *entry)
{
    const struct samples *s = step->samples;
    if (*entry < s->start[step->t + 1] && s->index[*entry] == feature)
        return s->value[(*entry)++] + s->background;
    return s->background;
}

/* A source whose rows are still to be listed. */
static struct source list_new(const struct learner *r)
{
    return (struct source){.index = r->scratch->index, .value = r->scratch->x};
}

static void list_row(const struct learner *r, struct source *list, uint32_t row, float x)
{
    r->scratch->index[list->n] = row;
    r->scratch->x[list->n++] = x;
    list->active++;
    list->sum_abs += fabs((double)x);
}

static void list_feature(const struct learner *r, struct source *list, uint32_t row,
                         float x)
{
    list_row(r, list, row, x);
    list->to_column_sum += x;
}

static void list_bias(const struct learner *r, struct source *list, uint32_t l)
{
    list_row(r, list, r->net.layer[l].sources, 1);
}

/* The rows of the input layer on one side of a line. */
static struct source features_beyond(const struct learner *r, const struct step *step,
                                     struct cut cut)
{
    uint64_t entry = step->samples->start[step->t];
    struct source from = list_new(r);
    for (uint32_t i = 0; i < r->net.layer[0].sources; i++) {
        float x = activity_at(step, i, &entry);
        if (cut_takes(&cut, fabs((double)x)) && x != 0)
            list_feature(r, &from, i, x);
    }
    if (r->spec.net.bias && cut_takes(&cut, 1))
        list_bias(r, &from, 0);
    return from;
}

/* The same where all rows at the background lose, without looking at them. */
static struct source entries_beyond(const struct learner *r, const struct step *step,
                                    struct cut cut)
{
    const struct samples *s = step->samples;
    uint64_t first = s->start[step->t], entries = s->start[step->t + 1] - first;
    struct source from = list_new(r);
    for (uint64_t i = 0; i < entries; i++) {
        uint64_t e = first + s->by_size[first + i];
        float x = s->value[e] + s->background;
        if (!cut_takes(&cut, fabs((double)x)))
            break;
        list_feature(r, &from, s->index[e], x);
    }
    if (r->spec.net.bias && cut_takes(&cut, 1))
        list_bias(r, &from, 0);
    return from;
}

/* Rows that compete with equal |x|. */
struct rivals {
    double size;
    size_t rows; /* 0: all are placed */
};

static double entry_size(const struct samples *s, uint32_t t, uint64_t place)
{
    uint64_t e = s->start[t] + s->by_size[s->start[t] + place];
    return fabs((double)(s->value[e] + s->background));
}

/* Those who come next: the largest or the smallest; NULL: nobody is left. */
static struct rivals *next_rivals(struct rivals group[static 3], bool smallest)
{
    struct rivals *best = NULL;
    for (struct rivals *g = group; g < group + 3; g++)
        if (g->rows > 0 &&
            (best == NULL || (smallest ? g->size < best->size : g->size > best->size)))
            best = g;
    return best;
}

/* Where the line between the winning and the losing rows of the input layer runs. The
 * order of the entries is known; the bias and the background, at which all rows are
 * alike, find their places among them. */
static struct cut cut_features(const struct learner *r, const struct step *step)
{
    const struct samples *s = step->samples;
    uint64_t entries = s->start[step->t + 1] - s->start[step->t], i = 0;
    bool smallest = r->spec.rule.compete_smallest;
    size_t keep = r->spec.rule.compete_keep[0], placed = 0, beyond = 0;
    struct rivals group[3] = {{.rows = 0},
                              {fabs((double)s->background), s->features - entries},
                              {1, r->spec.net.bias}};
    struct cut cut = {.score = -1, .smallest = smallest};
    while (placed < keep) {
        if (group[0].rows == 0 && i < entries) {
            uint64_t place = smallest ? entries - 1 - i : i;
            group[0] = (struct rivals){entry_size(s, step->t, place), 1};
            i++;
        }
        struct rivals *next = next_rivals(group, smallest);
        if (next == NULL)
            break;
        if (next->size != cut.score)
            beyond = placed;
        cut.score = next->size;
        placed += next->rows;
        next->rows = 0;
    }
    cut.ties = keep - beyond;
    return cut;
}

struct source winning_features(const struct learner *r, const struct step *step)
{
    double background = fabs((double)step->samples->background);
    struct cut cut = cut_features(r, step);
    if (!cut.smallest && (cut.score > background || background == 0))
        return entries_beyond(r, step, cut);
    return features_beyond(r, step, cut);
}

struct source active_features(const struct learner *r, const struct step *step)
{
    return features_beyond(r, step, (struct cut){.score = -1});
}

struct source winning_units(const struct learner *r, uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    const struct kernels *k = r->net.kernels;
    const float *y = r->y[l - 1];
    uint32_t n = plastic_sources(r, l);
    bool bias = r->spec.net.bias;
    size_t padded = ((size_t)n + bias + LANES - 1) / LANES * LANES;
    float *size = r->scratch->row_size;
    float most = k->sizes(size, y, NULL, ((size_t)n + LANES - 1) / LANES * LANES);
    for (size_t i = n; i < padded; i++)
        size[i] = -1;
    if (bias)
        size[n] = 1;
    struct threshold threshold =
        select_threshold(k, size, padded, most > 1 ? most : 1, rule->compete_keep[l],
                         rule->compete_smallest);
    struct source from = list_new(r);
    for (uint32_t i = 0; i < n; i++) { /* no branches: who wins is hard to foretell */
        bool wins = threshold_takes(&threshold, size[i], i) & (y[i] != 0);
        r->scratch->index[from.n] = i;
        r->scratch->x[from.n] = y[i];
        from.sum_abs += wins ? (double)size[i] : 0;
        from.n += wins;
    }
    from.active = from.n;
    if (bias && threshold_takes(&threshold, 1, n))
        list_bias(r, &from, l);
    return from;
}
