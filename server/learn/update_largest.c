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
        w[u->winner[p].index] += x * u->winner[p].change;
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
    while (groups > 0 && group[groups - 1].above == 0)
        groups--; /* how many of these are listed is up to a guess */
    for (size_t g = 0; g < groups; g++)
        sum += group[g].sum;
    for (uint32_t p = 0; groups > 0 && p < group[0].above; p++) {
        while (group[groups - 1].above <= p)
            sum -= group[--groups].sum;
        u->r->net.column_sum[u->winner[p].index] += (float)sum * u->winner[p].change;
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
    largest_change_ties(&u, ties);
}
