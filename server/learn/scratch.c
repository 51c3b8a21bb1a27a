#include <stdlib.h>

#include "learn/update.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

struct scratch *scratch_new(const struct learner *r)
{
    size_t rows = 0, stride = 0, scores = 0, dense = 0;
    for (uint32_t l = 0; l < r->spec.net.layers; l++) {
        const struct layer *layer = &r->net.layer[l];
        rows = larger(rows, layer->rows + LANES);
        stride = larger(stride, layer->stride);
        if (r->spec.rule.compete_keep[l] > 0)
            scores = larger(scores, rule_competitors(&r->spec.rule, &r->spec.net, l));
        if (r->path[l] == UPDATE_DENSE)
            dense = larger(dense, layer->rows * layer->stride);
    }
    struct scratch *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->x = net_vector(rows);
    s->change = net_vector(stride);
    s->column = calloc(stride, 1);
    s->score = calloc(scores + 1, sizeof *s->score);
    s->dense = net_vector(dense);
    if (s->x && s->change && s->column && s->score && s->dense)
        return s;
    scratch_free(s);
    return NULL;
}

void scratch_free(struct scratch *s)
{
    if (s == NULL)
        return;
    free(s->x);
    free(s->change);
    free(s->column);
    free(s->score);
    free(s->dense);
    free(s);
}
