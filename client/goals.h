/* Energy against the accuracy asked for: the same cells at many goals. */
#ifndef FRUGAL_CLIENT_GOALS_H
#define FRUGAL_CLIENT_GOALS_H

#include "base/opts.h"
#include "figure.h"
#include "http.h"
#include "metric.h"

#define GOALS_FROM 0.8
#define GOALS_TO   0.97

/* Fills the figure with a point for each per cent from `from` to `to`, and each cell that
 * the words (JOB, JOB:CELL) name. Goals that no seed reaches have none. */
enum ending goals_figure(struct figure *f, struct http *http,
                         const struct opts_words *words, double from, double to,
                         const struct metric *y);

#endif
