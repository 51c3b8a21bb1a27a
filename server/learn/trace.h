/* A trace row as named numbers: the columns under which it is stored and published. */
#ifndef FRUGAL_LEARN_TRACE_H
#define FRUGAL_LEARN_TRACE_H

#include "learn/train.h"

enum {
    TRACE_COLUMNS_MAX = 16 + 8 * NET_LAYERS_MAX,
    TRACE_NAME_MAX = 32,
};

/* How many columns the trace of a network with so many layers of synapses has. */
uint32_t trace_columns(uint32_t layers);

/* "samples", "m0", "m0_layer1" ...: totals first, then layer by layer. */
void trace_column_name(uint32_t column, char ret[static TRACE_NAME_MAX]);

/* ret [trace_columns(row->layers)]. NaN where there is no value. */
void trace_values(const struct trace_row *row, double *ret);

#endif
