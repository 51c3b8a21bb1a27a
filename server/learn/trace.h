/* A trace row as named numbers: the columns under which it is stored and published. */
#ifndef FRUGAL_LEARN_TRACE_H
#define FRUGAL_LEARN_TRACE_H

#include "learn/train.h"

enum {
    TRACE_COLUMNS_MAX = 8 + (8 + 2 * EXPONENTS_MAX) * (NET_LAYERS_MAX + 1),
    TRACE_NAME_MAX = 48,
};

/* How many columns the trace of a network with so many layers of synapses has, when so
 * many further energies are kept. */
uint32_t trace_columns(uint32_t layers, uint32_t exponents);

/* "samples", "m0", "m0_layer1" ...: totals first, then layer by layer. The exponents
 * follow as "m0.5", "m2", "m0.5_direct", "m2_direct". */
void trace_column_name(const struct exponents *e, uint32_t column,
                       char ret[static TRACE_NAME_MAX]);

/* ret [trace_columns(row->layers, row->exponents)]. NaN where there is no value. */
void trace_values(const struct trace_row *row, double *ret);

/* The other way round, for all that precedes the layers. */
void trace_read_totals(const double *value, struct trace_row *ret);

#endif
