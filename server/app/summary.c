/* In: the runs of a job, cell by cell and seed by seed. Out: statistics over the seeds of
 * each cell, which do not depend on other cells. */
#include "app/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/cells.h"

/* The results of one cell, seeds ascending. */
struct sample {
    struct result *result; /* [n] */
    size_t n, room;
};

/* The values of one metric, apart by what is known of them: [sample.n] each. */
struct values {
    double *known, *floor;
    size_t n, missed;
};

struct gathering {
    struct conn *reader;
    const struct question *question;
    struct summary *summary; /* NULL while the baseline is read */
    size_t room;             /* for cells */
    struct sample sample;    /* of the cell that is being read */
    struct sample baseline;
    enum status status;
    struct buf *why;
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

static struct statistics savings_of(const struct gathering *g, enum metric m,
                                    struct values *v)
{
    v->n = v->missed = 0;
    for (size_t i = 0; i < g->sample.n; i++) {
        const struct result *own = &g->sample.result[i];
        const struct result *other = partner_of(&g->baseline, own->seed);
        if (own->kind == RESULT_OPEN || other == NULL)
            continue;
        double factor = other->value[m] / own->value[m];
        if (own->kind == RESULT_MISSED || other->kind == RESULT_MISSED)
            v->missed++;
        else if (isfinite(factor))
            v->known[v->n++] = factor;
    }
    struct statistics s = statistics_of(v->known, v->missed == 0 ? v->n : 0);
    s.n = v->n;
    s.missed = v->missed;
    return s;
}

static void count_kinds(const struct gathering *g, struct cell_summary *cell)
{
    for (size_t i = 0; i < g->sample.n; i++) {
        const struct result *r = &g->sample.result[i];
        cell->reached += r->kind == RESULT_REACHED;
        cell->missed += r->kind == RESULT_MISSED;
        cell->open += r->kind == RESULT_OPEN;
        cell->unpaired +=
            r->kind != RESULT_OPEN && partner_of(&g->baseline, r->seed) == NULL;
    }
}

/* The cell that was being read is complete. */
static void close_cell(struct gathering *g)
{
    if (g->summary == NULL || g->summary->cells == 0 || g->sample.n == 0)
        return;
    struct cell_summary *cell = &g->summary->cell[g->summary->cells - 1];
    double *room = calloc(g->sample.n * 2, sizeof *room);
    if (room == NULL) {
        g->status = STATUS_NO_MEMORY;
        return;
    }
    struct values v = {.known = room, .floor = room + g->sample.n};
    count_kinds(g, cell);
    for (int m = 0; m < METRICS; m++) {
        split(&g->sample, (enum metric)m, &v);
        cell->metric[m] = statistics_of_metric((enum metric)m, &v);
        if (g->question->baseline_job != 0 && metric_is_cost((enum metric)m))
            cell->saving[m] = savings_of(g, (enum metric)m, &v);
    }
    free(room);
    g->sample.n = 0;
}

static bool open_cell(struct gathering *g, const struct run *r)
{
    struct summary *s = g->summary;
    if (s->cells == g->room) {
        size_t room = g->room == 0 ? 16 : g->room * 2;
        struct cell_summary *cell = realloc(s->cell, room * sizeof *cell);
        if (cell == NULL)
            return false;
        s->cell = cell;
        g->room = room;
    }
    char *params = strdup(r->params);
    if (params == NULL)
        return false;
    s->cell[s->cells++] = (struct cell_summary){.cell = r->cell, .params = params};
    return true;
}

static void count_outcome(struct cell_summary *cell, const char *name)
{
    struct outcome_count *o = cell->outcome;
    while (o->name[0] != '\0' && strcmp(o->name, name) != 0)
        o++;
    if (o == &cell->outcome[OUTCOMES_MAX - 1] || strlen(name) >= sizeof o->name)
        return;
    strcpy(o->name, name);
    o->runs++;
}

static bool add_result(struct gathering *g, const struct run *r)
{
    struct sample *s = &g->sample;
    if (s->n == s->room) {
        size_t room = s->room == 0 ? 16 : s->room * 2;
        struct result *result = realloc(s->result, room * sizeof *result);
        if (result == NULL) {
            g->status = STATUS_NO_MEMORY;
            return false;
        }
        s->result = result;
        s->room = room;
    }
    const struct goal *goal = g->question->goal;
    g->status = result_of(g->reader, r, goal, &s->result[s->n++]);
    if (g->status == STATUS_NOT_FOUND)
        buf_addf(g->why, "the trace of run %lld has no column \"%s\"", (long long)r->id,
                 goal->column);
    return g->status == STATUS_OK;
}

static bool gather(void *arg, const struct run *r)
{
    struct gathering *g = arg;
    struct summary *s = g->summary;
    if (s->cells == 0 || s->cell[s->cells - 1].cell != r->cell) {
        close_cell(g);
        if (g->status == STATUS_OK && !open_cell(g, r))
            g->status = STATUS_NO_MEMORY;
    }
    if (g->status != STATUS_OK)
        return false;
    struct cell_summary *cell = &s->cell[s->cells - 1];
    cell->runs++;
    if (run_state_is_final(r->state)) {
        cell->finished++;
        count_outcome(cell, r->outcome != NULL ? r->outcome : run_state_name(r->state));
    }
    return add_result(g, r);
}

static bool gather_baseline(void *arg, const struct run *r)
{
    struct gathering *g = arg;
    return r->cell == g->question->baseline_cell && add_result(g, r);
}

static void read_runs(struct gathering *g, int64_t job, int64_t cell, run_visit *visit)
{
    enum status status = visit_cells(g->reader, job, cell, visit, g);
    g->status = g->status == STATUS_OK ? status : g->status;
}

static void read_baseline(struct gathering *g)
{
    const struct question *q = g->question;
    read_runs(g, q->baseline_job, q->baseline_cell, gather_baseline);
    if (g->status == STATUS_OK && g->sample.n == 0) {
        buf_addf(g->why, "job %lld has no cell %lld to be the baseline",
                 (long long)q->baseline_job, (long long)q->baseline_cell);
        g->status = STATUS_NOT_FOUND;
    }
    g->baseline = g->sample;
    g->sample = (struct sample){.n = 0};
}

enum status summarise(struct conn *reader, const struct question *q, struct summary *ret,
                      struct buf *why)
{
    struct gathering g = {.reader = reader, .question = q, .why = why};
    *ret = (struct summary){.cells = 0};
    if (q->baseline_job != 0)
        read_baseline(&g);
    g.summary = ret;
    if (g.status == STATUS_OK)
        read_runs(&g, q->job, 0, gather);
    if (g.status == STATUS_OK)
        close_cell(&g);
    free(g.sample.result);
    free(g.baseline.result);
    if (g.status == STATUS_OK && ret->cells == 0) {
        buf_adds(why, "there is no such job");
        g.status = STATUS_NOT_FOUND;
    }
    if (g.status != STATUS_OK)
        summary_release(ret);
    return g.status;
}

void summary_release(struct summary *s)
{
    for (size_t i = 0; i < s->cells; i++)
        free(s->cell[i].params);
    free(s->cell);
    *s = (struct summary){.cells = 0};
}
