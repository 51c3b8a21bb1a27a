/* Why a comparison has no savings. */
#ifndef FRUGAL_CLIENT_BASELINE_H
#define FRUGAL_CLIENT_BASELINE_H

#include "rows.h"

/* Where no cell has any saving against the baseline, "JOB:CELL", says why. */
enum ending baseline_explain(const struct rows *r, struct http *http,
                             const char *baseline);

#endif
