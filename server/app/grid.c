/* In: a run and an axis. Out: its curve at the points of the grid. Of a long trace only
 * the rows around those points are read: they are looked for, as the column never falls.
 */
#include "app/grid.h"

#include <math.h>
#include <stdlib.h>

double grid_at(const struct axis *axis, int64_t k)
{
    return axis->per_decade > 0 ? pow(10, (double)k / (double)axis->per_decade)
                                : (double)k * axis->step;
}

/* A measure of x in which the points of the grid are 1 apart. */
static double in_points(const struct axis *axis, double x)
{
    return axis->per_decade > 0 ? log10(x) * (double)axis->per_decade : x / axis->step;
}

/* The first point that is not below x, and the last that is not above. */
static int64_t grid_from(const struct axis *axis, double x)
{
    int64_t k = (int64_t)floor(in_points(axis, x));
    return grid_at(axis, k) < x ? k + 1 : k;
}

static int64_t grid_to(const struct axis *axis, double x)
{
    int64_t k = (int64_t)ceil(in_points(axis, x));
    return grid_at(axis, k) > x ? k - 1 : k;
}

struct evaluation {
    int64_t seq;
    double x, y;
};

struct walk {
    struct conn *reader;
    int64_t run;
    int place_x, place_y;
    struct evaluation low, high, last; /* the point looked for is between low and high */
    struct evaluation read;            /* by read_evaluation */
    enum status status;
};

static bool read_evaluation(void *arg, const struct trace_stored *row)
{
    struct walk *w = arg;
    w->read = (struct evaluation){.seq = row->seq,
                                  .x = store_trace_value(row, w->place_x),
                                  .y = store_trace_value(row, w->place_y)};
    return false;
}

static struct evaluation evaluation_at(struct walk *w, int64_t seq)
{
    w->read = (struct evaluation){.seq = seq, .x = NAN, .y = NAN};
    if (w->status == STATUS_OK)
        w->status = store_trace_get(w->reader, w->run, seq, read_evaluation, w);
    return w->read;
}

/* Where x should be between low and high if the column grows evenly. */
static int64_t guess(const struct walk *w, double x)
{
    int64_t gap = w->high.seq - w->low.seq;
    double share = (x - w->low.x) / (w->high.x - w->low.x);
    int64_t step = share > 0 && share < 1 ? (int64_t)(share * (double)gap) : gap / 2;
    step = step < 1 ? 1 : step;
    return w->low.seq + (step < gap ? step : gap - 1);
}

/* Makes low and high neighbours with low.x <= x < high.x, or high the last evaluation.
 * Asked with growing x. From the guess on the steps double, so that a good one costs two
 * reads and a bad one not many more. */
static void walk_to(struct walk *w, double x)
{
    if (w->high.x <= x) {
        w->low = w->high;
        w->high = w->last;
    }
    int64_t gap, at = guess(w, x);
    for (int64_t step = 1; (gap = w->high.seq - w->low.seq) > 1 && w->status == STATUS_OK;
         step *= 2) {
        struct evaluation e = evaluation_at(w, at);
        bool is_low = e.x <= x;
        *(is_low ? &w->low : &w->high) = e;
        int64_t half = (w->high.seq - w->low.seq) / 2;
        int64_t next = step < half ? step : half;
        at = is_low ? w->low.seq + next : w->high.seq - next;
    }
}

static double height_at(const struct walk *w, const struct axis *axis, double x)
{
    const struct evaluation *a = &w->low, *b = &w->high;
    if (x <= a->x)
        return a->y;
    if (x >= b->x)
        return b->y;
    double from = in_points(axis, a->x), to = in_points(axis, b->x);
    return a->y + (in_points(axis, x) - from) / (to - from) * (b->y - a->y);
}

/* NOT_FOUND: there is no such column. A run without evaluations gives OK and last.seq -1.
 */
static enum status begin_walk(struct conn *reader, const struct run *run,
                              const struct axis *axis, struct walk *ret)
{
    struct walk w = {.reader = reader,
                     .run = run->id,
                     .place_x = store_trace_place(run->columns, axis->x),
                     .place_y = store_trace_place(run->columns, axis->y),
                     .last = {.seq = -1}};
    if (run->last >= 0) {
        if (w.place_x < 0 || w.place_y < 0)
            return STATUS_NOT_FOUND;
        w.low = evaluation_at(&w, 0);
        w.high = w.last = evaluation_at(&w, run->last);
    }
    *ret = w;
    return w.status;
}

enum status grid_step(struct conn *reader, const struct run *run, const struct axis *axis,
                      double *ret)
{
    struct walk w;
    enum status status = begin_walk(reader, run, axis, &w);
    if (status != STATUS_OK || w.last.seq < 1)
        return status;
    *ret = evaluation_at(&w, 1).x - w.low.x;
    return w.status;
}

enum status grid_line_of(struct conn *reader, const struct run *run,
                         const struct axis *axis, struct grid_line *ret)
{
    struct walk w;
    *ret = (struct grid_line){.points = 0};
    enum status status = begin_walk(reader, run, axis, &w);
    if (status != STATUS_OK || w.last.seq < 0)
        return status;
    if (axis->per_decade > 0) { /* which has no 0 */
        walk_to(&w, 0);
        w.low = w.low.x > 0 ? w.low : w.high;
        w.high = w.last;
    }
    if (!(w.low.x <= w.last.x) || (axis->per_decade > 0 && !(w.low.x > 0)))
        return w.status;
    if (!(in_points(axis, w.last.x) - in_points(axis, w.low.x) < GRID_POINTS_MAX))
        return STATUS_BAD_REQUEST;
    int64_t first = grid_from(axis, w.low.x), last = grid_to(axis, w.last.x);
    if (last < first)
        return w.status;
    size_t points = (size_t)(last - first + 1);
    double *y = calloc(points, sizeof *y);
    if (y == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < points; i++) {
        double x = grid_at(axis, first + (int64_t)i);
        walk_to(&w, x);
        y[i] = height_at(&w, axis, x);
    }
    *ret = (struct grid_line){.first = first, .points = points, .y = y};
    return w.status;
}
