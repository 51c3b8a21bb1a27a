/* Figures from the server's statistics; the caller closes and draws them. */
#ifndef FRUGAL_CLIENT_FIGURE_ROWS_H
#define FRUGAL_CLIENT_FIGURE_ROWS_H

#include "figure.h"
#include "rows.h"

/* The pointer that the cells sweep and that `word` names: whole ("/network/hidden/0"), or
 * as tables do ("hidden.0"). Borrowed from the cells; NULL: there is none. */
const char *figure_pointer(const json_t *cells, const char *word);

/* A result against the swept value at `pointer`; a line for each combination of all else
 * that is swept. Values that are no numbers stand side by side. */
void figure_of_rows(struct figure *f, const struct rows *r, const char *pointer,
                    const struct metric *y);

/* The same rows at a further goal, as points at x of a line for each cell. */
void figure_add_goal(struct figure *f, const struct rows *r, double x,
                     const struct metric *y);

/* Names the axes of a figure made with figure_add_goal. */
void figure_name_goals(struct figure *f, const struct metric *y);

/* The curve of a cell, one of the rows, from those of its job as GET /v1/jobs/ID/curves
 * gives them; its end from the statistics of the row. `job` goes before the label of the
 * line unless NULL. */
void figure_of_curves(struct figure *f, const json_t *curves, const json_t *row,
                      const char *job);

#endif
