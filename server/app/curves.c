/* In: the runs of a job as lines on a grid. Out: statistics over the seeds of each cell,
 * which do not depend on other cells. */
#include "app/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/cells.h"
#include "app/grid.h"

struct gathering {
    struct conn *reader;
    const struct halt *halt;
    struct axis axis; /* with the step of the cell that is being read */
    bool own_step;    /* each cell brings its step */
    struct curves *curves;
    size_t room;            /* for curves */
    struct grid_line *line; /* of that cell: [lines] */
    size_t lines, line_room;
    enum status status;
    struct buf *why;
};

static void forget_lines(struct gathering *g)
{
    for (size_t i = 0; i < g->lines; i++)
        free(g->line[i].y);
    g->lines = 0;
}

/* Over the lines that have a value there; value [lines] is room for them. */
static struct statistics statistics_at(const struct gathering *g, int64_t k,
                                       double *value)
{
    size_t n = 0;
    for (size_t i = 0; i < g->lines; i++) {
        const struct grid_line *l = &g->line[i];
        int64_t at = k - l->first;
        if (at >= 0 && at < (int64_t)l->points && isfinite(l->y[at]))
            value[n++] = l->y[at];
    }
    return statistics_of(value, n);
}

/* The stretch of the grid that any line covers. */
static size_t measure(const struct gathering *g, int64_t *ret_first)
{
    int64_t first = INT64_MAX, end = INT64_MIN;
    for (size_t i = 0; i < g->lines; i++) {
        const struct grid_line *l = &g->line[i];
        if (l->points == 0)
            continue;
        first = l->first < first ? l->first : first;
        end = l->first + (int64_t)l->points > end ? l->first + (int64_t)l->points : end;
    }
    *ret_first = first;
    return first < end ? (size_t)(end - first) : 0;
}

static enum status draw(struct gathering *g, struct curve *curve)
{
    int64_t first;
    size_t points = measure(g, &first);
    if (points == 0)
        return STATUS_OK;
    double *value = calloc(g->lines, sizeof *value);
    curve->x = calloc(points, sizeof *curve->x);
    curve->at = calloc(points, sizeof *curve->at);
    bool ok = value != NULL && curve->x != NULL && curve->at != NULL;
    curve->points = ok ? points : 0;
    for (size_t i = 0; i < curve->points; i++) {
        curve->x[i] = grid_at(&g->axis, first + (int64_t)i);
        curve->at[i] = statistics_at(g, first + (int64_t)i, value);
    }
    free(value);
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

/* The cell that was being read is complete. */
static void close_cell(struct gathering *g)
{
    if (g->status == STATUS_OK && g->curves->count > 0)
        g->status = draw(g, &g->curves->curve[g->curves->count - 1]);
    forget_lines(g);
    if (g->own_step)
        g->axis.step = 0;
}

static bool open_cell(struct gathering *g, const struct run *r)
{
    struct curves *c = g->curves;
    if (c->count == g->room) {
        size_t room = g->room == 0 ? 16 : g->room * 2;
        struct curve *curve = realloc(c->curve, room * sizeof *curve);
        if (curve == NULL)
            return false;
        c->curve = curve;
        g->room = room;
    }
    char *params = strdup(r->params);
    if (params == NULL)
        return false;
    c->curve[c->count++] = (struct curve){.cell = r->cell, .params = params};
    return true;
}

static bool make_room(struct gathering *g)
{
    if (g->lines < g->line_room)
        return true;
    size_t room = g->line_room == 0 ? 16 : g->line_room * 2;
    struct grid_line *line = realloc(g->line, room * sizeof *line);
    if (line == NULL)
        return false;
    g->line = line;
    g->line_room = room;
    return true;
}

static void explain(struct gathering *g, const struct run *r)
{
    if (g->status == STATUS_NOT_FOUND)
        buf_addf(g->why, "the trace of run %lld has no column \"%s\" or no \"%s\"",
                 (long long)r->id, g->axis.x, g->axis.y);
    if (g->status == STATUS_BAD_REQUEST)
        buf_addf(g->why,
                 "the curve of run %lld would have more than %d points: ask for a "
                 "coarser grid",
                 (long long)r->id, GRID_POINTS_MAX);
}

static enum status add_line(struct gathering *g, const struct run *r)
{
    if (!make_room(g))
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    if (g->axis.per_decade == 0 && g->axis.step == 0)
        status = grid_step(g->reader, r, &g->axis, &g->axis.step);
    if (status != STATUS_OK || (g->axis.per_decade == 0 && !(g->axis.step > 0)))
        return status; /* it has not begun */
    struct grid_line *line = &g->line[g->lines];
    status = grid_line_of(g->reader, r, &g->axis, line);
    g->lines += status == STATUS_OK;
    return status;
}

static bool gather(void *arg, const struct run *r)
{
    struct gathering *g = arg;
    struct curves *c = g->curves;
    if (c->count == 0 || c->curve[c->count - 1].cell != r->cell) {
        close_cell(g);
        if (g->status == STATUS_OK && !open_cell(g, r))
            g->status = STATUS_NO_MEMORY;
    }
    if (g->status == STATUS_OK && halt_is_asked(g->halt))
        g->status = STATUS_STOPPED;
    if (g->status != STATUS_OK)
        return false;
    c->curve[c->count - 1].runs++;
    g->status = add_line(g, r);
    explain(g, r);
    return g->status == STATUS_OK;
}

enum status curves_of(struct conn *reader, int64_t job, const struct axis *axis,
                      const struct halt *halt, struct curves *ret, struct buf *why)
{
    struct gathering g = {.reader = reader,
                          .halt = halt,
                          .axis = *axis,
                          .own_step = axis->step == 0,
                          .curves = ret,
                          .why = why};
    *ret = (struct curves){.count = 0};
    enum status status = visit_cells(reader, job, 0, gather, &g);
    g.status = g.status == STATUS_OK ? status : g.status;
    close_cell(&g);
    free(g.line);
    if (g.status == STATUS_OK && ret->count == 0) {
        buf_adds(why, "there is no such job");
        g.status = STATUS_NOT_FOUND;
    }
    if (g.status != STATUS_OK)
        curves_release(ret);
    return g.status;
}

void curves_release(struct curves *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->curve[i].params);
        free(c->curve[i].x);
        free(c->curve[i].at);
    }
    free(c->curve);
    *c = (struct curves){.count = 0};
}
