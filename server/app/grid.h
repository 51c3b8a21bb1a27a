/* The trace of one run at the points of a grid. Private to the floor. */
#ifndef FRUGAL_APP_GRID_H
#define FRUGAL_APP_GRID_H

#include "app/curves.h"

enum { GRID_POINTS_MAX = 10000 };

struct grid_line {
    int64_t first; /* number of its first point in the grid */
    size_t points; /* 0: the run has none */
    double *y;     /* [points], owned; NaN where the trace has no value */
};

/* Where point number k of the grid is. */
double grid_at(const struct axis *axis, int64_t k);

/* Distance between the first evaluations of a run along x; 0: it has no two. */
enum status grid_step(struct conn *reader, const struct run *run, const struct axis *axis,
                      double *ret);

/* NOT_FOUND: the trace has no such column; BAD_REQUEST: more than GRID_POINTS_MAX points;
 * NO_MEMORY. */
enum status grid_line_of(struct conn *reader, const struct run *run,
                         const struct axis *axis, struct grid_line *ret);

#endif
