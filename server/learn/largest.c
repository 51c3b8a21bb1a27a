/* In: activities, errors and what is plastic of them. Out: rows and columns in the order
 * of their size. */
#include "learn/largest.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Rows of the input layer that stand for themselves, all but those at the background.
 * Their order is known; only the bias has to find its place. */
static uint32_t list_features(struct largest *u, struct ranked *row)
{
    const struct samples *s = u->samples;
    uint64_t first = s->start[u->step->t], entries = s->start[u->step->t + 1] - first;
    const struct ranked bias = {1, u->layer->sources};
    bool has_bias = u->r->spec.net.bias;
    uint32_t n = 0;
    u->at_background = s->features - (uint32_t)entries;
    for (uint64_t i = 0; i < entries; i++) {
        uint64_t e = first + s->by_size[first + i];
        float x = s->value[e] + s->background, size = fabsf(x);
        if (has_bias && size < 1) {
            row[n++] = bias;
            has_bias = false;
        }
        if (size < u->least_row)
            break;
        u->x[s->index[e]] = x;
        row[n++] = (struct ranked){size, s->index[e]};
    }
    if (has_bias)
        row[n++] = bias;
    return n;
}

static uint32_t list_units(struct largest *u, struct ranked *row)
{
    const float *size = u->r->scratch->row_size;
    uint32_t n = 0, sources = plastic_sources(u->r, u->l);
    memcpy(u->x, u->r->y[u->l - 1], sources * sizeof *u->x);
    for (uint32_t i = 0; i < sources; i++) {
        row[n] = (struct ranked){size[i], i};
        n += size[i] >= u->least_row;
    }
    if (u->r->spec.net.bias)
        row[n++] = (struct ranked){1, u->layer->sources};
    return n;
}

static void rank_rows(struct largest *u)
{
    struct ranking *rows = &u->r->scratch->rows;
    u->x = u->r->scratch->x;
    u->x[u->layer->sources] = 1;
    if (u->samples != NULL)
        rows->n = list_features(u, rows->item);
    else
        ranking_sort(rows, list_units(u, rows->list));
    u->row = rows->item;
    u->rows = rows->n;
}

static void rank_columns(struct largest *u)
{
    const float *size = u->r->scratch->size;
    struct ranking *columns = &u->r->scratch->columns;
    struct ranked *column = columns->list;
    uint32_t n = 0;
    for (uint32_t j = 0; j < u->layer->targets; j++) {
        column[n] = (struct ranked){size[j], j};
        n += size[j] >= u->least_column;
    }
    ranking_sort(columns, n);
    u->column = columns->item;
    u->columns = n;
}

/* Neighbours of equal size become one group; without branches on sizes. */
static size_t group_equals(struct product_group *group, const struct ranked *item,
                           uint32_t n)
{
    size_t groups = 0;
    float size = 0; /* no item has it */
    uint32_t first = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool is_new = item[i].size != size;
        groups += is_new;
        first = is_new ? i : first;
        size = item[i].size;
        struct product_group *g = &group[groups - 1];
        g->size = size;
        g->first = first;
        g->listed = g->members = i + 1 - first;
    }
    return groups;
}

/* The rows at the background join the group of their size, or become one. */
static void add_background(struct largest *u)
{
    struct product_group *group = u->products.group;
    float background = u->samples->background, size = fabsf(background);
    size_t at = u->products.groups;
    while (at > 0 && group[at - 1].size < size)
        at--;
    if (at == 0 || group[at - 1].size > size) {
        memmove(group + at + 1, group + at, (u->products.groups - at) * sizeof *group);
        group[at] = (struct product_group){.size = size};
        u->products.groups++;
        at++;
    }
    group[at - 1].members += u->at_background;
    group[at - 1].sum += (double)background * u->at_background;
    u->background = at - 1;
}

static void group_rows(struct largest *u)
{
    struct product_group *group = u->products.group;
    u->products.groups = group_equals(group, u->row, u->rows);
    u->products.other = &u->r->scratch->columns;
    for (size_t g = 0; g < u->products.groups; g++) {
        group[g].sum = 0;
        for (uint32_t k = group[g].first; k < group[g].first + group[g].listed; k++)
            if (u->row[k].index < u->layer->sources) /* not the bias */
                group[g].sum += (double)u->x[u->row[k].index];
    }
    if (u->at_background > 0 && fabsf(u->samples->background) >= u->least_row)
        add_background(u);
}

static void group_columns(struct largest *u)
{
    struct product_group *group = u->products.group;
    u->products.groups = group_equals(group, u->column, u->columns);
    u->products.other = &u->r->scratch->rows;
    for (size_t g = 0; g < u->products.groups; g++) {
        group[g].sum = 0;
        for (uint32_t k = group[g].first; k < group[g].first + group[g].listed; k++)
            group[g].sum += (double)fabsf(u->change[u->column[k].index]);
    }
}

/* The largest |y| of the layer's sources. */
static float most_of_rows(const struct largest *u)
{
    float bias = u->r->spec.net.bias ? 1 : 0, most;
    const struct samples *s = u->samples;
    if (s == NULL) {
        uint32_t sources = plastic_sources(u->r, u->l);
        size_t padded = ((size_t)sources + LANES - 1) / LANES * LANES;
        most = u->r->net.kernels->sizes(u->r->scratch->row_size, u->r->y[u->l - 1], NULL,
                                        padded);
    } else {
        uint64_t first = s->start[u->step->t], entries = s->start[u->step->t + 1] - first;
        most = entries < s->features ? fabsf(s->background) : 0;
        if (entries > 0)
            most =
                fmaxf(most, fabsf(s->value[first + s->by_size[first]] + s->background));
    }
    return fmaxf(most, bias);
}

bool largest_look(struct largest *u)
{
    struct scratch *s = u->r->scratch;
    const struct kernels *k = u->r->net.kernels;
    const float *delta = u->r->delta[u->l];
    k->pack(s->column_bits, s->column, u->layer->stride);
    u->most_column = k->sizes(s->size, delta, s->column_bits, u->layer->stride);
    u->most_row = most_of_rows(u);
    return isfinite(k->magnitude(delta, u->layer->stride).sum);
}

void largest_rank(struct largest *u, double share)
{
    struct scratch *s = u->r->scratch;
    u->change = s->change;
    u->sum = s->sum;
    u->winner = s->winners;
    u->products.group = s->groups;
    u->background = SIZE_MAX;
    u->at_background = 0;
    u->least_row = fmaxf((float)(share * (double)u->most_row), FLT_TRUE_MIN);
    u->least_column = fmaxf((float)(share * (double)u->most_column), FLT_TRUE_MIN);
    rank_rows(u);
    rank_columns(u);
    u->by_row = u->samples != NULL || u->layer->rows <= u->layer->targets;
    if (u->by_row)
        group_rows(u);
    else
        group_columns(u);
}

bool largest_is_complete(const struct largest *u)
{
    double t = u->products.threshold;
    return t >= (double)u->least_row * (double)u->most_column &&
           t >= (double)u->least_column * (double)u->most_row;
}

void largest_sum(struct largest *u)
{
    uint32_t winners = u->products.groups > 0 ? u->products.group[0].above : 0;
    uint32_t columns = u->by_row ? winners : u->columns;
    for (uint32_t p = 0; p < columns; p++) {
        uint32_t j = u->column[p].index;
        u->winner[p] = (struct column_change){j, u->change[j]};
    }
    u->sum[0] = 0;
    for (uint32_t p = 0; p < winners; p++) {
        float size = u->by_row ? fabsf(u->winner[p].change) : u->row[p].size;
        u->sum[p + 1] = u->sum[p] + (double)size;
    }
}
