#include <stdlib.h>

#include "learn/update.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

struct scratch *scratch_new(const struct learner *r)
{
    size_t rows = 0, stride = 0, scores = 0, dense = 0, ranked = 0;
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        const struct layer *layer = &r->net.layer[l];
        rows = larger(rows, layer->rows + LANES);
        stride = larger(stride, layer->stride);
        if (r->path[l] == UPDATE_LARGEST)
            ranked = larger(ranked, larger(layer->rows, layer->stride));
        else if (r->spec.rule.compete_keep[l] > 0)
            scores = larger(scores, rule_competitors(&r->spec.rule, &r->spec.net, l));
        bool rivals = r->spec.rule.compete_keep[l] > 0;
        if (r->path[l] == UPDATE_DENSE)
            dense = larger(dense, (rivals ? layer->rows : 1) * layer->stride);
    }
    struct scratch *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->x = net_vector(rows);
    s->index = calloc(rows, sizeof *s->index);
    s->change = net_vector(stride);
    s->unused = net_vector(stride);
    s->column = calloc(stride, 1);
    s->column_bits = calloc(stride / LANES, sizeof *s->column_bits);
    s->mask_bits = calloc(stride / LANES, sizeof *s->mask_bits);
    s->score = calloc(scores + 1, sizeof *s->score);
    s->dense = net_vector(dense);
    uint32_t powers = r->spec.exponents.count;
    s->row_power = calloc(powers * rows + 1, sizeof *s->row_power);
    s->column_power = calloc(powers * stride + 1, sizeof *s->column_power);
    s->power_rows = rows;
    s->power_columns = stride;
    s->groups = calloc(ranked + 2, sizeof *s->groups);
    s->sum = calloc(ranked + 2, sizeof *s->sum);
    s->winners = calloc(ranked + 2, sizeof *s->winners);
    s->size = net_vector(stride);
    s->row_size = net_vector(rows);
    bool rankings = ranking_init(&s->rows, ranked + 1) == STATUS_OK &&
                    ranking_init(&s->columns, ranked + 1) == STATUS_OK;
    if (rankings && s->groups && s->sum && s->winners && s->size && s->row_size && s->x &&
        s->index && s->unused && s->change && s->column && s->column_bits &&
        s->mask_bits && s->score && s->dense && s->row_power && s->column_power)
        return s;
    scratch_free(s);
    return NULL;
}

void scratch_free(struct scratch *s)
{
    if (s == NULL)
        return;
    free(s->x);
    free(s->index);
    free(s->change);
    free(s->unused);
    free(s->column);
    free(s->column_bits);
    free(s->mask_bits);
    free(s->score);
    free(s->dense);
    free(s->row_power);
    free(s->column_power);
    ranking_release(&s->rows);
    ranking_release(&s->columns);
    free(s->groups);
    free(s->sum);
    free(s->winners);
    free(s->size);
    free(s->row_size);
    free(s);
}
