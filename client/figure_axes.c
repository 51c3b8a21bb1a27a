/* In: a figure. Out: axes that have room for its points and their errors. */
#include <math.h>

#include "figure_draw.h"

/* Widens the ranges so that the point and its errors are within them. */
static void take_in(const struct figure *f, const struct point *q, double x_sem,
                    double x[static 2], double y[static 2])
{
    double sem = isnan(q->sem) ? 0 : q->sem, x_error = isnan(x_sem) ? 0 : x_sem;
    double low = q->y - sem;
    x[0] = fmin(x[0], f->x_log && x_error >= q->x ? q->x : q->x - x_error);
    x[1] = fmax(x[1], q->x + x_error);
    y[0] = fmin(y[0], f->y_log && low < 0.3 * q->y ? 0.3 * q->y : low);
    y[1] = fmax(y[1], q->y + sem);
}

void figure_axes(const struct figure *f, struct axis *ret_x, struct axis *ret_y)
{
    double x[2] = {INFINITY, -INFINITY}, y[2] = {INFINITY, -INFINITY};
    for (size_t i = 0; i < f->lines; i++) {
        const struct line *line = &f->line[i];
        for (size_t p = 0; p < line->points; p++)
            take_in(f, &line->point[p], NAN, x, y);
        if (line->end.n > 0)
            take_in(f, &line->end, line->end_x_sem, x, y);
    }
    if (f->categories > 0)
        axis_fit(ret_x, false, -0.4, (double)f->categories - 0.6, false);
    else
        axis_fit(ret_x, f->x_log, x[0], x[1], false);
    axis_fit(ret_y, f->y_log, y[0], y[1], f->y_from_zero);
}
