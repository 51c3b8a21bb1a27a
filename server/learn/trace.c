#include "learn/trace.h"

#include <stdio.h>

static const char *const single[] = {"samples", "epoch", "train_accuracy",
                                     "test_accuracy", "test_loss"};
static const char *const layered[] = {"m0",          "m1",      "m0_direct",  "m1_direct",
                                      "maintenance", "changed", "weight_norm"};

enum {
    SINGLE = sizeof single / sizeof single[0],
    LAYERED = sizeof layered / sizeof layered[0],
};

uint32_t trace_columns(uint32_t layers)
{
    return SINGLE + LAYERED * (1 + layers);
}

void trace_column_name(uint32_t column, char ret[static TRACE_NAME_MAX])
{
    if (column < SINGLE) {
        snprintf(ret, TRACE_NAME_MAX, "%s", single[column]);
        return;
    }
    uint32_t layer = (column - SINGLE) / LAYERED;
    const char *name = layered[(column - SINGLE) % LAYERED];
    if (layer == 0)
        snprintf(ret, TRACE_NAME_MAX, "%s", name);
    else
        snprintf(ret, TRACE_NAME_MAX, "%s_layer%u", name, layer);
}

static void put_layer(const struct layer_row *layer, double *ret)
{
    ret[0] = (double)layer->spent.m0;
    ret[1] = layer->spent.m1;
    ret[2] = (double)layer->direct.m0;
    ret[3] = layer->direct.m1;
    ret[4] = layer->spent.maintenance;
    ret[5] = layer->changed;
    ret[6] = layer->weight_norm;
}

void trace_values(const struct trace_row *row, double *ret)
{
    ret[0] = (double)row->samples;
    ret[1] = row->epoch;
    ret[2] = row->train_accuracy;
    ret[3] = row->test_accuracy;
    ret[4] = row->test_loss;
    put_layer(&row->total, ret + SINGLE);
    for (uint32_t l = 0; l < row->layers; l++)
        put_layer(&row->layer[l], ret + SINGLE + LAYERED * (l + 1));
}
