/* Figures (figure.h, closed) for paper and page, and for a terminal. */
#ifndef FRUGAL_CLIENT_FIGURE_DRAW_H
#define FRUGAL_CLIENT_FIGURE_DRAW_H

#include "axis.h"
#include "figure.h"

/* Both axes, fitted to points and errors. */
void figure_axes(const struct figure *f, struct axis *ret_x, struct axis *ret_y);

/* Appends an <svg> element. Lines differ in colour (fit for colour-blind readers), dash
 * and marker; error bars, or bands, are the s.e.m.; a lower bound is an open marker with
 * an arrow. Every marker has its numbers in full: data-x, data-y, data-sem, data-n. */
void figure_svg(const struct figure *f, struct buf *b);

/* Appends lines of text with a drawing of that many columns, in colours or without. */
void figure_text(const struct figure *f, size_t columns, bool colours, struct buf *b);

#endif
