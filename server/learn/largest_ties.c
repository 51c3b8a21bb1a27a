/* The synapses at the threshold of a competition, when not all of them win: of those the
 * first ones in flat order change, row by row, and within a row by column, as the
 * rankings keep the order of equals. */
#include <math.h>

#include "learn/largest.h"

static void change_synapse(struct largest *u, uint32_t row, uint32_t column, float x)
{
    float change = x * u->change[column];
    u->layer->w[row * u->layer->stride + column] += change;
    if (u->r->spec.exponents.count > 0)
        exponents_add(&u->r->spec.exponents, (double)change, 1, u->r->energy[u->l].power);
    if (u->changes != NULL)
        changes_of_synapse(u->changes, row, column);
    if (u->samples != NULL && row < u->layer->sources)
        u->r->net.column_sum[column] += change;
}

/* Moves the groups that hold the threshold to the front; mostly it is one. */
static size_t gather_tied(struct product_group *group, size_t groups)
{
    size_t n = 0;
    for (size_t i = 0; i < groups; i++)
        if (group[i].above < group[i].equal)
            group[n++] = group[i];
    return n;
}

/* Columns from .. to - 1, of those of a row with activity x, equal the threshold. Within
 * a row they are all of one size. */
struct tie {
    uint32_t from, to;
};

static struct tie tie_of_row(const struct largest *u, size_t tied, float x)
{
    double size = (double)fabsf(x);
    for (const struct product_group *g = u->products.group; g < u->products.group + tied;
         g++)
        if (u->by_row && (double)g->size == size)
            return (struct tie){g->above, g->equal};
        else if (!u->by_row && (double)g->size * size == u->products.threshold)
            return (struct tie){g->first, g->first + g->listed};
    return (struct tie){0, 0};
}

/* One row's share of the synapses that equal the threshold. */
static void change_ties_of_row(struct largest *u, struct tie tie, uint32_t row, float x,
                               uint64_t *winners)
{
    double sum = 0;
    for (uint32_t p = tie.from; p<tie.to && * winners> 0; p++, --*winners) {
        change_synapse(u, row, u->column[p].index, x);
        sum += (double)fabsf(u->change[u->column[p].index]);
    }
    u->r->energy[u->l].m1 += sum * (double)fabsf(x);
}

/* One group alone holds the threshold, and all its rows are listed. */
static void change_listed_ties(struct largest *u, uint64_t winners)
{
    const struct product_group *g = u->products.group;
    struct tie rows = {g->above, g->equal}, columns = {g->first, g->first + g->listed};
    if (u->by_row) {
        struct tie kept = rows;
        rows = columns;
        columns = kept;
    }
    for (uint32_t k = rows.from; k < rows.to && winners > 0; k++)
        change_ties_of_row(u, columns, u->row[k].index, u->x[u->row[k].index], &winners);
}

static void change_any_ties(struct largest *u, size_t tied, uint64_t winners)
{
    const struct samples *s = u->samples;
    uint64_t entry = s != NULL ? s->start[u->step->t] : 0;
    uint64_t end = s != NULL ? s->start[u->step->t + 1] : 0;
    for (uint32_t i = 0; i < plastic_sources(u->r, u->l) && winners > 0; i++) {
        bool at_background = s != NULL && (entry == end || s->index[entry] != i);
        float x = at_background ? s->background : u->x[i];
        if (s != NULL && !at_background)
            x = s->value[entry++] + s->background;
        struct tie tie = tie_of_row(u, tied, x);
        if (at_background && tie.from < tie.to)
            background_catch_up(u->r->background, &i, 1);
        change_ties_of_row(u, tie, i, x, &winners);
    }
    if (u->r->spec.net.bias && winners > 0)
        change_ties_of_row(u, tie_of_row(u, tied, 1), u->layer->sources, 1, &winners);
}

void largest_change_ties(struct largest *u, uint64_t winners)
{
    if (winners == 0)
        return;
    struct product_group *group = u->products.group;
    size_t tied = gather_tied(group, u->products.groups);
    u->r->energy[u->l].m0 += winners;
    if (tied == 1 && group[0].members == group[0].listed)
        change_listed_ties(u, winners);
    else
        change_any_ties(u, tied, winners);
}
