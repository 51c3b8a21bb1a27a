/* A figure as data: lines of points with their standard errors on two axes. It is filled
 * from the server's statistics (figure_rows.h, figure_curves.h) and drawn
 * (figure_draw.h). */
#ifndef FRUGAL_CLIENT_FIGURE_H
#define FRUGAL_CLIENT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { FIGURE_TEXT_MAX = 4096 };

struct point {
    double x, y;
    double sem; /* NaN: none */
    int64_t n;
    bool is_bound; /* y is a lower bound: some seeds never got there */
    bool is_thin;  /* of a curve, where fewer seeds are left than elsewhere: the mean
                    * goes where they are, so it has no band */
};

struct line {
    struct buf label;
    struct point *point; /* [points], owned; x ascending after figure_close */
    size_t points, room;
    struct point end; /* of a curve: where the runs that succeeded ended, n of them */
    double end_x_sem; /* NaN: none */
};

struct figure {
    struct buf title, x_label, y_label;
    bool x_log, y_log;
    bool y_from_zero;     /* a linear y axis that begins at zero */
    bool is_curve;        /* dense points: a band for the errors, no markers */
    struct buf *category; /* [categories], owned: what x = 0, 1, ... stand for */
    size_t categories;
    struct line *line; /* [lines], owned */
    size_t lines, room;
    bool failed; /* no memory; sticky */
};

void figure_init(struct figure *f);
void figure_release(struct figure *f);

/* The line of that label; a new one if there is none. NULL: no memory. */
struct line *figure_line(struct figure *f, const char *label);

void figure_add(struct figure *f, struct line *line, struct point p);

/* The place of a category on the x axis, where it is added if it is new. */
double figure_category(struct figure *f, const char *name);

/* Puts points in order, finds where curves are thin, and chooses a linear y axis where a logarithmic one cannot show
 * the values: less than a factor of four apart, or not all above zero. False: there is
 * nothing to draw. */
bool figure_close(struct figure *f);

/* Appends "n = 3" or "n = 2 to 3"; for a curve "n = 3, thin where fewer". */
void figure_add_n(const struct figure *f, const struct line *line, struct buf *b);

bool figure_has_bounds(const struct figure *f);

#endif
