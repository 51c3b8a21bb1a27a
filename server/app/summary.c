/* In: runs, cell by cell and seed by seed. Out: statistics over the seeds of each cell,
 * which do not depend on other cells. */
#include "app/summary.h"

#include <stdlib.h>
#include <string.h>

#include "app/cells.h"
#include "app/pool.h"
#include "app/sample.h"

struct gathering {
    struct conn *reader;
    const struct question *question;
    struct summary *summary; /* NULL while the baseline is read */
    size_t room;             /* for cells */
    struct sample sample;    /* of the cell that is being read */
    struct sample baseline;
    const struct pooled_cell *pooled,
        *open; /* of the run that is being read, and before */
    enum status status;
    struct buf *why;
};

/* The cell that was being read is complete. */
static void close_cell(struct gathering *g)
{
    if (g->summary == NULL || g->summary->cells == 0 || g->sample.n == 0)
        return;
    struct cell_summary *cell = &g->summary->cell[g->summary->cells - 1];
    bool pairs = g->question->baseline_job != 0;
    g->status = sample_conclude(&g->sample, pairs ? &g->baseline : NULL, cell);
    g->sample.n = 0;
}

/* After the one before it. */
static void open_cell(struct gathering *g, int64_t job, int64_t number,
                      const char *params)
{
    struct summary *s = g->summary;
    close_cell(g);
    if (s->cells == g->room) {
        size_t room = g->room == 0 ? 16 : g->room * 2;
        struct cell_summary *cell = realloc(s->cell, room * sizeof *cell);
        if (cell == NULL) {
            g->status = STATUS_NO_MEMORY;
            return;
        }
        s->cell = cell;
        g->room = room;
    }
    char *own = strdup(params);
    if (own == NULL)
        g->status = STATUS_NO_MEMORY;
    else
        s->cell[s->cells++] =
            (struct cell_summary){.job = job, .cell = number, .params = own};
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
    if (halt_is_asked(g->question->halt)) {
        g->status = STATUS_STOPPED;
        return false;
    }
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

/* Of a seed that is there already, the first run with a result counts. */
static bool is_repeated(struct gathering *g, struct cell_summary *cell, int64_t seed)
{
    struct sample *s = &g->sample;
    if (s->n == 0 || s->result[s->n - 1].seed != seed)
        return false;
    cell->repeated++;
    s->n -= s->result[s->n - 1].kind == RESULT_OPEN;
    return s->n > 0 && s->result[s->n - 1].seed == seed;
}

/* Into the cell that is open. */
static bool gather(void *arg, const struct run *r)
{
    struct gathering *g = arg;
    struct cell_summary *cell = &g->summary->cell[g->summary->cells - 1];
    cell->runs++;
    if (run_state_is_final(r->state)) {
        cell->finished++;
        count_outcome(cell, r->outcome != NULL ? r->outcome : run_state_name(r->state));
    }
    return is_repeated(g, cell, r->seed) || add_result(g, r);
}

static bool gather_of_job(void *arg, const struct run *r)
{
    struct gathering *g = arg;
    const struct summary *s = g->summary;
    if (s->cells == 0 || s->cell[s->cells - 1].cell != r->cell)
        open_cell(g, r->job, r->cell, r->params);
    return g->status == STATUS_OK && gather(g, r);
}

static bool gather_of_pool(void *arg, const struct run *r)
{
    struct gathering *g = arg;
    const struct pooled_cell *cell = g->pooled;
    if (g->open != cell)
        open_cell(g, cell->job, cell->cell, cell->params);
    g->open = cell;
    return g->status == STATUS_OK && gather(g, r);
}

static void gather_pool(struct gathering *g, const struct pool *p)
{
    for (size_t i = 0; i < p->runs && g->status == STATUS_OK; i++) {
        g->pooled = &p->cell[p->run[i].of];
        enum status status = store_run_get(g->reader, p->run[i].id, gather_of_pool, g);
        if (g->status == STATUS_OK && status != STATUS_NOT_FOUND) /* it has gone */
            g->status = status;
    }
}

static void gather_listing(struct gathering *g)
{
    struct pool pool;
    g->status =
        pool_gather(g->reader, g->question->runs, g->question->halt, &pool, g->why);
    if (g->status != STATUS_OK)
        return;
    gather_pool(g, &pool);
    pool_release(&pool);
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
    if (g.status == STATUS_OK && q->job != 0)
        read_runs(&g, q->job, 0, gather_of_job);
    else if (g.status == STATUS_OK)
        gather_listing(&g);
    if (g.status == STATUS_OK)
        close_cell(&g);
    free(g.sample.result);
    free(g.baseline.result);
    if (g.status == STATUS_OK && ret->cells == 0 && q->job != 0) {
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
