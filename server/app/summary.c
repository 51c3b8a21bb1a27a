/* In: the runs of a job, cell by cell and seed by seed. Out: statistics
 * over the seeds of each cell. */
#include "app/summary.h"

#include <stdlib.h>
#include <string.h>

#include "store/jobs.h"

static const char *const names[METRICS] = {
    "samples", "test_accuracy", "m0", "m1", "inefficiency_m0", "inefficiency_m1",
    "seconds"};

const char *metric_name(enum metric m)
{
    return names[m];
}

static double value_of(const struct run *r, enum metric m)
{
    switch (m) {
    case METRIC_SAMPLES:
        return (double)r->samples;
    case METRIC_TEST_ACCURACY:
        return r->test_accuracy;
    case METRIC_M0:
        return r->m0;
    case METRIC_M1:
        return r->m1;
    case METRIC_INEFFICIENCY_M0:
        return r->m0 / r->m0_direct;
    case METRIC_INEFFICIENCY_M1:
        return r->m1 / r->m1_direct;
    case METRIC_SECONDS:
    case METRICS:
        break;
    }
    return r->seconds;
}

/* The values of the cell that is being read. */
struct gathering {
    struct summary *summary;
    size_t room; /* for cells */
    int64_t last_cell, last_seed;
    double *value[METRICS]; /* [n] */
    size_t n, value_room;
    size_t rows; /* of this page */
    enum status status;
};

static void close_cell(struct gathering *g)
{
    if (g->summary->cells == 0)
        return;
    struct cell_summary *cell = &g->summary->cell[g->summary->cells - 1];
    for (int m = 0; m < METRICS; m++)
        cell->metric[m] = statistics_of(g->value[m], g->n);
    g->n = 0;
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

static bool make_room(struct gathering *g)
{
    if (g->n < g->value_room)
        return true;
    size_t room = g->value_room == 0 ? 16 : g->value_room * 2;
    for (int m = 0; m < METRICS; m++) {
        double *value = realloc(g->value[m], room * sizeof *value);
        if (value == NULL)
            return false;
        g->value[m] = value;
    }
    g->value_room = room;
    return true;
}

static bool gather(void *arg, const struct run *r)
{
    struct gathering *g = arg;
    struct summary *s = g->summary;
    g->last_cell = r->cell;
    g->last_seed = r->seed;
    g->rows++;
    if (s->cells == 0 || s->cell[s->cells - 1].cell != r->cell) {
        close_cell(g);
        if (!open_cell(g, r))
            g->status = STATUS_NO_MEMORY;
    }
    if (g->status != STATUS_OK)
        return false;
    struct cell_summary *cell = &s->cell[s->cells - 1];
    cell->runs++;
    cell->finished += run_state_is_final(r->state);
    if (r->state != RUN_SUCCEEDED)
        return true;
    if (!make_room(g)) {
        g->status = STATUS_NO_MEMORY;
        return false;
    }
    for (int m = 0; m < METRICS; m++)
        g->value[m][g->n] = value_of(r, (enum metric)m);
    g->n++;
    return true;
}

enum status summarise_job(struct conn *reader, int64_t job, struct summary *ret)
{
    enum { PAGE = 500 };
    *ret = (struct summary){.cells = 0};
    struct gathering g = {.summary = ret, .last_cell = -1, .rows = PAGE};
    while (g.status == STATUS_OK && g.rows == PAGE) {
        g.rows = 0;
        enum status status = store_run_list_cells(reader, job, g.last_cell, g.last_seed,
                                                  PAGE, gather, &g);
        g.status = g.status == STATUS_OK ? status : g.status;
    }
    close_cell(&g);
    for (int m = 0; m < METRICS; m++)
        free(g.value[m]);
    if (g.status == STATUS_OK && ret->cells == 0)
        g.status = STATUS_NOT_FOUND;
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
