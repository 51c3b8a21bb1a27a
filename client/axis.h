/* An axis: where values lie on it, and its ticks. */
#ifndef FRUGAL_CLIENT_AXIS_H
#define FRUGAL_CLIENT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_TICKS_MAX = 400, AXIS_LABEL = 32 };

struct tick {
    double value;
    char label[AXIS_LABEL]; /* "": a small one without */
};

struct axis {
    bool is_log;
    double low, high; /* the ends; above zero on a logarithmic axis */
    struct tick tick[AXIS_TICKS_MAX];
    size_t ticks;
};

/* Fits it to the values from low to high, with some air at the ends; from_zero: a linear
 * one begins at zero if all values are above. */
void axis_fit(struct axis *a, bool is_log, double low, double high, bool from_zero);

/* 0 at the low end, 1 at the high one. */
double axis_place(const struct axis *a, double value);

#endif
