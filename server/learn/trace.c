#include "learn/trace.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const single[] = {"samples", "epoch", "train_accuracy",
                                     "test_accuracy", "test_loss"};
static const char *const layered[] = {"m0",          "m1",      "m0_direct",  "m1_direct",
                                      "maintenance", "changed", "weight_norm"};

enum {
    SINGLE = sizeof single / sizeof single[0],
    LAYERED = sizeof layered / sizeof layered[0],
};

/* Columns of a layer, or of the totals. */
static uint32_t columns_of_layer(uint32_t exponents)
{
    return LAYERED + 2 * exponents;
}

uint32_t trace_columns(uint32_t layers, uint32_t exponents)
{
    return SINGLE + columns_of_layer(exponents) * (1 + layers);
}

/* "m0.5": the exponent with as few digits as tell it from its neighbours. */
static int name_power(double exponent, char ret[static TRACE_NAME_MAX])
{
    enum { ENOUGH = 17 };
    int length = 0;
    for (int digits = 1; digits <= ENOUGH; digits++) {
        length = snprintf(ret, TRACE_NAME_MAX, "m%.*g", digits, exponent);
        if (strtod(ret + 1, NULL) == exponent)
            break;
    }
    return length;
}

void trace_column_name(const struct exponents *e, uint32_t column,
                       char ret[static TRACE_NAME_MAX])
{
    if (column < SINGLE) {
        snprintf(ret, TRACE_NAME_MAX, "%s", single[column]);
        return;
    }
    uint32_t layer = (column - SINGLE) / columns_of_layer(e->count);
    uint32_t which = (column - SINGLE) % columns_of_layer(e->count);
    bool direct = which >= LAYERED + e->count;
    int length;
    if (which < LAYERED)
        length = snprintf(ret, TRACE_NAME_MAX, "%s", layered[which]);
    else
        length = name_power(e->value[(which - LAYERED) % e->count], ret);
    size_t room = TRACE_NAME_MAX - (size_t)length;
    if (layer == 0)
        snprintf(ret + length, room, "%s", direct ? "_direct" : "");
    else
        snprintf(ret + length, room, "%s_layer%u", direct ? "_direct" : "", layer);
}

static void put_layer(const struct layer_row *layer, uint32_t exponents, double *ret)
{
    ret[0] = (double)layer->spent.m0;
    ret[1] = layer->spent.m1;
    ret[2] = (double)layer->direct.m0;
    ret[3] = layer->direct.m1;
    ret[4] = layer->spent.maintenance;
    ret[5] = layer->changed;
    ret[6] = layer->weight_norm;
    for (uint32_t k = 0; k < exponents; k++) {
        ret[LAYERED + k] = layer->spent.power[k];
        ret[LAYERED + exponents + k] = layer->direct.power[k];
    }
}

void trace_values(const struct trace_row *row, double *ret)
{
    ret[0] = (double)row->samples;
    ret[1] = row->epoch;
    ret[2] = row->train_accuracy;
    ret[3] = row->test_accuracy;
    ret[4] = row->test_loss;
    ret += SINGLE;
    put_layer(&row->total, row->exponents, ret);
    for (uint32_t l = 0; l < row->layers; l++) {
        ret += columns_of_layer(row->exponents);
        put_layer(&row->layer[l], row->exponents, ret);
    }
}

void trace_read_totals(const double *value, struct trace_row *ret)
{
    const double *total = value + SINGLE;
    *ret = (struct trace_row){
        .samples = (uint64_t)value[0],
        .epoch = value[1],
        .train_accuracy = value[2],
        .test_accuracy = value[3],
        .test_loss = value[4],
        .total = {.spent = {.m0 = (uint64_t)total[0],
                            .m1 = total[1],
                            .maintenance = total[4]},
                  .direct = {.m0 = (uint64_t)total[2], .m1 = total[3]},
                  .changed = total[5],
                  .weight_norm = total[6]},
    };
}
