/* In: cells, and what is expected of them. Out: findings. It knows no preset. */
#include "judges.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "groups.h"

static const double rise_min = 1.1;

enum verdict judges_verdict(bool agrees)
{
    return agrees ? VERDICT_AGREES : VERDICT_DIFFERS;
}

/* The words of a cell, in one of a few rooms that are used in turn. */
const char *judges_words(const json_t *cell)
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
const char *judges_amount(const json_t *cell, const char *key)
{
    static char room[6][METRIC_TEXT];
    static size_t next;
    char *text = room[next++ % 6];
    double least = groups_at_least(cell, key);
    metric_text(text, metric_find(key),
                json_object_get(json_object_get(cell, "metrics"), key));
    if (strcmp(text, "-") == 0 && !isnan(least))
        snprintf(text, METRIC_TEXT, "at least %.3g", least);
    return text;
}

static const char *before(const char *label)
{
    return label[0] != '\0' ? ": " : "";
}

/* It falls from the first value to an inner minimum, and grows from there. */
void judges_valley(struct findings *f, const json_t *cells, const char *label,
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
    findings_add(f, judges_verdict(fall >= rise_min && rise >= rise_min),
                 "%s%s%s is lowest at %g (%s); at %g it is %s (%.3g times that), at %g "
                 "%s (%.3g times).",
                 label, before(label), name, groups_number(lowest, pointer),
                 judges_amount(lowest, metric), groups_number(first, pointer),
                 judges_amount(first, metric), fall, groups_number(last, pointer),
                 judges_amount(last, metric), rise);
}

/* How far the lowest lies below the plain one. */
void judges_saving(struct findings *f, const char *label, const json_t *plain,
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
        findings_add(f, judges_verdict(saving > least),
                     "%s%slowest %s with %s: %s, %s%.3g times less than plain (%s).",
                     label, before(label), name, judges_words(lowest),
                     judges_amount(lowest, metric),
                     isnan(groups_mean(plain, metric)) ? "at least " : "", saving,
                     judges_amount(plain, metric));
}

/* The largest s.e.m. tells how much of a difference may be chance. */
void judges_flat(struct findings *f, const char *label, const json_t *cells,
                 const char *pointer, double lowest, double most_share)
{
    double least = INFINITY, most = 0, sum = 0, sem = 0, n = 0;
    bool whole = true;
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        double y = groups_at_least(cell, "m0");
        if (groups_number(cell, pointer) < lowest)
            continue;
        whole = whole && !isnan(groups_mean(cell, "m0"));
        least = fmin(least, y);
        most = fmax(most, y);
        sem = fmax(sem, groups_sem(cell, "m0"));
        sum += y;
        n++;
    }
    double share = (most - least) / (sum / n);
    number_energy(low, least, (double)NAN);
    number_energy(high, most, (double)NAN);
    findings_add(f,
                 share > most_share ? VERDICT_DIFFERS
                 : whole            ? VERDICT_AGREES
                                    : VERDICT_OPEN,
                 "%s: from %g on, M0 lies between %s and %s%s, a range of %.1f %% of its "
                 "mean; the largest s.e.m. is %.1f %%.",
                 label, lowest, low, high,
                 whole ? "" : " or more, as some seeds did not reach the goal",
                 100 * share, 100 * sem / (sum / n));
}

void judges_both(struct findings *f, const json_t *cells, const char *pointer_k,
                 const char *pointer_p, const char *metric)
{
    json_t *whole = groups_at_top(cells, pointer_k),
           *all = groups_at_top(cells, pointer_p);
    const json_t *best = groups_lowest(cells, metric),
                 *compete = groups_lowest(whole, metric),
                 *subnet = groups_lowest(all, metric);
    const char *name = metric_find(metric)->title;
    if (best == NULL || compete == NULL || subnet == NULL)
        findings_add(f, VERDICT_OPEN, "%s: too few seeds reached the goal.", name);
    else
        findings_add(f, judges_verdict(best != compete && best != subnet),
                     "%s is lowest with %s: %s. Lowest of competition alone (k = N): %s "
                     "(%s), %.2f times that; of the subnet alone (p = 1): %s (%s), %.2f "
                     "times.",
                     name, judges_words(best), judges_amount(best, metric),
                     judges_amount(compete, metric), judges_words(compete),
                     groups_mean(compete, metric) / groups_mean(best, metric),
                     judges_amount(subnet, metric), judges_words(subnet),
                     groups_mean(subnet, metric) / groups_mean(best, metric));
    json_decref(whole);
    json_decref(all);
}
