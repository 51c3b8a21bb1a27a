/* In: the results of a cell, and of its baseline. Out: the statistics over its seeds. */
#include "app/sample.h"

#include <math.h>
#include <stdlib.h>

/* The values of one metric, apart by what is known of them: [sample.n] each. */
struct values {
    double *known, *floor;
    size_t n, missed;
};

static void split(const struct sample *s, enum metric m, struct values *v)
{
    v->n = v->missed = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct result *r = &s->result[i];
        double x = r->value[m];
        if (r->kind == RESULT_MISSED)
            v->floor[v->missed++] = isfinite(x) ? x : (double)NAN;
        else if (r->kind == RESULT_REACHED && isfinite(x))
            v->known[v->n++] = x;
    }
}

/* Where a run has missed the goal, only what it cost to try says anything. */
static struct statistics statistics_of_metric(enum metric m, const struct values *v)
{
    if (v->missed == 0 || metric_is_cost(m))
        return statistics_with_missed(v->known, v->n, v->floor, v->missed);
    struct statistics nothing = statistics_of(NULL, 0);
    nothing.n = v->n;
    nothing.missed = v->missed;
    return nothing;
}

static const struct result *partner_of(const struct sample *baseline, int64_t seed)
{
    size_t low = 0, high = baseline->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (baseline->result[middle].seed < seed)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < baseline->n && baseline->result[low].seed == seed;
    return found && baseline->result[low].kind != RESULT_OPEN ? &baseline->result[low]
                                                              : NULL;
}

static struct statistics savings_of(const struct sample *s, const struct sample *baseline,
                                    enum metric m, struct values *v)
{
    v->n = v->missed = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct result *own = &s->result[i];
        const struct result *other = partner_of(baseline, own->seed);
        if (own->kind == RESULT_OPEN || other == NULL)
            continue;
        double factor = other->value[m] / own->value[m];
        if (own->kind == RESULT_MISSED || other->kind == RESULT_MISSED)
            v->missed++;
        else if (isfinite(factor))
            v->known[v->n++] = factor;
    }
    struct statistics found = statistics_of(v->known, v->missed == 0 ? v->n : 0);
    found.n = v->n;
    found.missed = v->missed;
    return found;
}

static void count_kinds(const struct sample *s, const struct sample *baseline,
                        struct cell_summary *cell)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct result *r = &s->result[i];
        cell->reached += r->kind == RESULT_REACHED;
        cell->missed += r->kind == RESULT_MISSED;
        cell->open += r->kind == RESULT_OPEN;
        cell->unpaired += baseline != NULL && r->kind != RESULT_OPEN &&
                          partner_of(baseline, r->seed) == NULL;
    }
}

enum status sample_conclude(const struct sample *s, const struct sample *baseline,
                            struct cell_summary *cell)
{
    double *room = calloc(s->n * 2 + 1, sizeof *room);
    if (room == NULL)
        return STATUS_NO_MEMORY;
    struct values v = {.known = room, .floor = room + s->n};
    count_kinds(s, baseline, cell);
    for (int m = 0; m < METRICS; m++) {
        split(s, (enum metric)m, &v);
        cell->metric[m] = statistics_of_metric((enum metric)m, &v);
        if (baseline != NULL && metric_is_cost((enum metric)m))
            cell->saving[m] = savings_of(s, baseline, (enum metric)m, &v);
    }
    free(room);
    return STATUS_OK;
}
