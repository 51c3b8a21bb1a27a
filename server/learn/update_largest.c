/* Competition by |dw| within a layer: of all products |y| * |delta| the k largest change.
 * Only the winners are touched, and the energies follow from how many each row or column
 * has. */
#include <math.h>

#include "learn/largest.h"

/* Above this share of the columns, a row is changed by a masked pass over all columns,
 * which is faster than going from winner to winner. */
enum { DENSE_SHARE = 16 };

/* The threshold may fall to this share of what the last sample's makes expect. */
static const double CAUTION = 0.5;

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

/* Adds x * change to the first `winners` columns of a row. */
static void change_row(struct largest *u, uint32_t row, uint32_t winners, float x)
{
    float *w = u->layer->w + row * u->layer->stride;
    float least = u->column[winners - 1].size;
    if (winners * DENSE_SHARE > u->layer->targets) {
        u->r->net.kernels->add_above(w, x, u->change, u->r->scratch->size, least,
                                     u->layer->stride);
        return;
    }
    for (uint32_t p = 0; p < winners; p++)
        w[u->column[p].index] += x * u->change[u->column[p].index];
}

/* The rows at the background have no entries. They are not changed through the offset, so
 * that a synapse that loses keeps every bit. */
static void change_background(struct largest *u)
{
    const struct samples *s = u->samples;
    const struct product_group *g = &u->products.group[u->background];
    struct background *later = u->r->background;
    if (g->above == 0)
        return;
    u->r->net.kernels->add_above(background_next(later), s->background, u->change,
                                 u->r->scratch->size, u->column[g->above - 1].size,
                                 u->layer->stride);
    for (uint64_t e = s->start[u->step->t]; e < s->start[u->step->t + 1]; e++)
        background_pass(later, s->index[e]);
}

/* The column sums follow: column p has won with the rows of all groups with above > p. */
static void follow_column_sums(struct largest *u)
{
    const struct product_group *group = u->products.group;
    size_t groups = u->products.groups;
    double sum = 0;
    for (size_t g = 0; g < groups; g++)
        sum += group[g].sum;
    for (uint32_t p = 0; groups > 0 && p < group[0].above; p++) {
        while (group[groups - 1].above <= p)
            sum -= group[--groups].sum;
        uint32_t column = u->column[p].index;
        u->r->net.column_sum[column] += (float)sum * u->change[column];
    }
}

/* The smallest change of column that a group wins with; INFINITY: with none. */
static float least_of(const struct largest *u, const struct product_group *g)
{
    return g->above > 0 ? u->column[g->above - 1].size : INFINITY;
}

/* Counts the changes of rows. Those at the background change alike and are most, so all
 * rows are counted like them, and those that stand for themselves are put right. */
static void count_rows(struct largest *u)
{
    const struct product_group *group = u->products.group;
    float everywhere = INFINITY;
    if (u->background < u->products.groups)
        everywhere = least_of(u, &group[u->background]);
    for (size_t i = 0; i < u->products.groups; i++)
        for (uint32_t k = 0; k < group[i].listed; k++)
            if (group[i].above > 0 || everywhere < INFINITY)
                changes_above(u->changes, u->row[group[i].first + k].index,
                              least_of(u, &group[i]), everywhere);
    if (everywhere == INFINITY)
        return;
    changes_above_everywhere(u->changes, everywhere);
    const struct samples *s = u->samples;
    uint64_t first = s->start[u->step->t], end = s->start[u->step->t + 1];
    uint64_t listed = u->rows - u->r->spec.net.bias;
    for (uint64_t e = first + listed; e < end; e++)
        changes_above(u->changes, s->index[first + s->by_size[e]], INFINITY, everywhere);
}

static void change_by_row(struct largest *u)
{
    if (u->changes != NULL)
        count_rows(u);
    for (size_t i = 0; i < u->products.groups; i++) {
        const struct product_group *g = &u->products.group[i];
        for (uint32_t k = g->first; k < g->first + g->listed && g->above > 0; k++)
            change_row(u, u->row[k].index, g->above, u->x[u->row[k].index]);
    }
    if (u->background < u->products.groups)
        change_background(u);
    if (u->samples != NULL)
        follow_column_sums(u);
}

/* The groups are columns: a row wins with those whose prefix of rows reaches it. */
static void change_by_column(struct largest *u)
{
    const struct product_group *group = u->products.group;
    size_t groups = u->products.groups;
    for (uint32_t p = 0; groups > 0 && p < group[0].above; p++) {
        while (group[groups - 1].above <= p)
            groups--;
        uint32_t winners = group[groups - 1].first + group[groups - 1].listed;
        if (u->changes != NULL)
            changes_above(u->changes, u->row[p].index, u->column[winners - 1].size,
                          INFINITY);
        change_row(u, u->row[p].index, winners, u->x[u->row[p].index]);
    }
}

static void count_winners(struct largest *u)
{
    struct energy *energy = &u->r->energy[u->l];
    for (size_t i = 0; i < u->products.groups; i++) {
        const struct product_group *g = &u->products.group[i];
        double weight = u->by_row ? (double)g->size * g->members : g->sum;
        energy->m0 += (uint64_t)g->above * g->members;
        energy->m1 += weight * u->sum[g->above];
    }
}

/* Sum of |x|^alpha, or of |change|^alpha, over items first .. end - 1 of one side. */
static void add_side(const struct largest *u, bool rows, uint32_t first, uint32_t end,
                     double *sum)
{
    const struct exponents *e = &u->r->spec.exponents;
    for (uint32_t p = first; p < end; p++) {
        float x = rows ? u->row[p].size : u->change[u->column[p].index];
        exponents_add(e, (double)x, 1, sum);
    }
}

/* The powers of products are products of powers. Group by group from the one that wins
 * with the fewest, so that each power of the other side is taken once. */
static void add_powers(struct largest *u)
{
    const struct exponents *e = &u->r->spec.exponents;
    double ranked[EXPONENTS_MAX] = {0};
    uint32_t p = 0;
    for (size_t i = u->products.groups; i-- > 0;) {
        const struct product_group *g = &u->products.group[i];
        double members[EXPONENTS_MAX] = {0};
        add_side(u, !u->by_row, p, g->above, ranked);
        p = g->above;
        if (p > 0 && u->by_row)
            exponents_add(e, (double)g->size, g->members, members);
        else if (p > 0)
            add_side(u, false, g->first, g->first + g->listed, members);
        for (uint32_t k = 0; k < e->count; k++)
            u->r->energy[u->l].power[k] += members[k] * ranked[k];
    }
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

/* Of the synapses that equal the threshold the first ones in flat order win: row by row,
 * and within a row by column, as the rankings keep the order of equals. The groups are
 * used up. */
static void change_ties(struct largest *u, uint64_t winners)
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

/* Finds the winners. What can be left out is guessed from the last sample; when the guess
 * was too bold, everything is ranked. Returns how many winners equal the threshold, if
 * not all that do are among them. */
static uint64_t find_winners(struct largest *u)
{
    double *expected = &u->r->scratch->expected[u->l];
    double most = (double)u->most_row * (double)u->most_column;
    size_t keep = u->r->spec.rule.compete_keep[u->l];
    u->products.expected = *expected * most;
    largest_rank(u, *expected * CAUTION);
    uint64_t ties = products_cut(&u->products, keep);
    if (!largest_is_complete(u)) {
        largest_rank(u, 0);
        ties = products_cut(&u->products, keep);
    }
    *expected = most > 0 ? u->products.threshold / most : 0;
    return ties;
}

void update_largest(struct learner *r, const struct step *step, uint32_t l)
{
    struct largest u = {.r = r, .layer = &r->net.layer[l], .step = step, .l = l};
    u.samples = l == 0 ? step->samples : NULL;
    u.changes = r->changes[l];
    plastic_columns(r, step, l);
    if (!largest_look(&u)) {
        r->diverged = true;
        return;
    }
    uint64_t ties = find_winners(&u);
    largest_sum(&u);
    count_winners(&u);
    if (r->spec.exponents.count > 0)
        add_powers(&u);
    if (u.changes != NULL)
        changes_begin(u.changes, r->scratch->size);
    if (u.by_row)
        change_by_row(&u);
    else
        change_by_column(&u);
    change_ties(&u, ties);
}
