#include "learn/trace.h"

#include <stdio.h>

static const char *const single[] = {"samples", "epoch", "train_accuracy",
                                     "test_accuracy", "test_loss"};
static const char *const energies[] = {"m0", "m1", "m0_direct", "m1_direct"};

enum {
    SINGLE = sizeof single / sizeof single[0],
    ENERGIES = sizeof energies / sizeof energies[0],
};

uint32_t trace_columns(uint32_t layers)
{
    return SINGLE + ENERGIES * (1 + layers);
}

void trace_column_name(uint32_t column, char ret[static TRACE_NAME_MAX])
{
    if (column < SINGLE) {
        snprintf(ret, TRACE_NAME_MAX, "%s", single[column]);
        return;
    }
    uint32_t layer = (column - SINGLE) / ENERGIES;
    const char *energy = energies[(column - SINGLE) % ENERGIES];
    if (layer == 0)
        snprintf(ret, TRACE_NAME_MAX, "%s", energy);
    else
        snprintf(ret, TRACE_NAME_MAX, "%s_layer%u", energy, layer);
}

void trace_values(const struct trace_row *row, double *ret)
{
    ret[0] = (double)row->samples;
    ret[1] = row->epoch;
    ret[2] = row->train_accuracy;
    ret[3] = row->test_accuracy;
    ret[4] = row->test_loss;
    double *total = ret + SINGLE;
    for (int e = 0; e < ENERGIES; e++)
        total[e] = 0;
    for (uint32_t l = 0; l < row->layers; l++) {
        double *layer = total + ENERGIES * (l + 1);
        layer[0] = (double)row->energy[l].spent.m0;
        layer[1] = row->energy[l].spent.m1;
        layer[2] = (double)row->energy[l].direct.m0;
        layer[3] = row->energy[l].direct.m1;
        for (int e = 0; e < ENERGIES; e++)
            total[e] += layer[e];
    }
}
