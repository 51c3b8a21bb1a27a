/* Competition by |dw| within a layer: of all products |y| * |delta| the k largest change. Only
 * the winners are touched, and the energies follow from how many columns each row wins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/products.h"
#include "learn/update.h"

/* Above this share of the columns, a row is changed by a masked pass over all columns, which
 * is faster than going from winner to winner. */
enum { DENSE_SHARE = 8 };

struct largest {
    struct learner *r;
    struct layer *layer;
    struct energy *energy;
    struct changes *changes; /* NULL: not counted */
    const struct step *step;
    const struct samples *samples; /* of the input layer, else NULL */
    struct products products;
    struct ranked *row;      /* [rows listed], largest |x| first */
    struct ranked *column;   /* [columns with a change], largest |delta| first */
    double *sum;             /* [columns + 1] sum of |change| over the first columns */
    float *x;                /* [rows] activities of the listed rows, by row */
    size_t rows;
    size_t background;       /* group of the rows at the background; SIZE_MAX: none */
};

static float size_of(float x)
{
    return x < 0 ? -x : x;
}

static void rank_columns(struct largest *u, uint32_t l)
{
    const struct scratch *s = u->r->scratch;
    const float *delta = u->r->delta[l];
    size_t n = 0;
    for (uint32_t j = 0; j < u->layer->targets; j++)
        if (s->column[j])
            s->columns[n++] = (struct ranked){size_of(delta[j]), j};
    u->column = s->columns;
    rank(u->column, s->ranking, n);
    while (n > 0 && u->column[n - 1].size == 0)
        n--; /* they change by nothing */
    u->products.column = u->column;
    u->products.columns = n;
    u->sum = s->sum;
    u->sum[0] = 0;
    for (size_t p = 0; p < n; p++)
        u->sum[p + 1] = u->sum[p] + (double)size_of(s->change[u->column[p].index]);
}

/* Rows of the input layer that stand for themselves, all but those at the background. Their
 * order is known; only the bias has to find its place. */
static size_t list_features(struct largest *u, struct ranked *row, float *x)
{
    const struct samples *s = u->samples;
    uint64_t first = s->start[u->step->t], entries = s->start[u->step->t + 1] - first;
    bool bias = u->r->spec.net.bias;
    size_t n = 0;
    for (uint64_t i = 0; i < entries; i++) {
        uint64_t e = first + s->by_size[first + i];
        float activity = s->value[e] + s->background;
        if (bias && size_of(activity) < 1) {
            row[n++] = (struct ranked){1, u->layer->sources};
            bias = false;
        }
        x[s->index[e]] = activity;
        row[n++] = (struct ranked){size_of(activity), s->index[e]};
    }
    if (bias)
        row[n++] = (struct ranked){1, u->layer->sources};
    return n;
}

static size_t list_units(struct largest *u, uint32_t l, struct ranked *row, float *x)
{
    size_t n = 0;
    for (uint32_t i = 0; i < plastic_sources(u->r, l); i++) {
        x[i] = u->r->y[l - 1][i];
        row[n++] = (struct ranked){size_of(x[i]), i};
    }
    if (u->r->spec.net.bias)
        row[n++] = (struct ranked){1, u->layer->sources};
    rank(row, u->r->scratch->ranking, n);
    return n;
}

static void list_rows(struct largest *u, uint32_t l)
{
    u->row = u->r->scratch->rows;
    u->x = u->r->scratch->x;
    u->x[u->layer->sources] = 1;
    u->rows = l == 0 ? list_features(u, u->row, u->x) : list_units(u, l, u->row, u->x);
}

/* Rows of equal size become one group; the unlisted ones of the background join theirs. */
static void group_rows(struct largest *u)
{
    const struct samples *s = u->samples;
    struct product_group *group = u->r->scratch->groups;
    uint64_t listed = u->rows - u->r->spec.net.bias;
    uint32_t unlisted = s != NULL ? s->features - (uint32_t)listed : 0;
    float size = s != NULL ? size_of(s->background) : 0;
    size_t n = 0;
    u->background = SIZE_MAX;
    for (size_t i = 0; i <= u->rows; i++) {
        bool place = unlisted > 0 && u->background == SIZE_MAX && size > 0 &&
                     (i == u->rows || u->row[i].size <= size);
        if (place) {
            u->background = n;
            group[n++] = (struct product_group){
                .size = size,
                .first = (uint32_t)i,
                .members = unlisted,
                .sum = (double)s->background * unlisted};
        }
        if (i == u->rows || u->row[i].size == 0)
            continue;
        if (n == 0 || group[n - 1].size != u->row[i].size)
            group[n++] = (struct product_group){.size = u->row[i].size,
                                                .first = (uint32_t)i};
        group[n - 1].rows++;
        group[n - 1].members++;
        if (u->row[i].index < u->layer->sources)
            group[n - 1].sum += (double)u->x[u->row[i].index];
    }
    u->products.group = group;
    u->products.groups = n;
}

static void change_synapse(struct largest *u, uint32_t row, uint32_t column, float x)
{
    float change = x * u->r->scratch->change[column];
    u->layer->w[row * u->layer->stride + column] += change;
    exponents_add(&u->r->spec.exponents, (double)change, 1, u->energy->power);
    uint32_t *n = u->changes != NULL ? changes_singles(u->changes, row) : NULL;
    if (n != NULL)
        n[column]++;
    if (u->samples != NULL && row < u->layer->sources)
        u->r->net.column_sum[column] += change;
}

/* Adds x * change to the first `winners` columns of a row. */
static void change_row(struct largest *u, uint32_t row, uint32_t winners, float x)
{
    const float *change = u->r->scratch->change;
    float *w = u->layer->w + row * u->layer->stride;
    if (winners * DENSE_SHARE > u->layer->targets) {
        float least = u->column[winners - 1].size;
        u->r->net.kernels->add_above(w, x, change, u->r->scratch->size, least,
                                     u->layer->stride);
        if (u->changes != NULL)
            changes_above(u->changes, row, u->r->scratch->size, least);
        return;
    }
    for (uint32_t p = 0; p < winners; p++)
        w[u->column[p].index] += x * change[u->column[p].index];
    uint32_t *n = u->changes != NULL ? changes_singles(u->changes, row) : NULL;
    for (uint32_t p = 0; p < winners && n != NULL; p++)
        n[u->column[p].index]++;
}

/* The rows at the background have no entries; they are what lies between. They are changed one
 * by one, not through the offset, so that a synapse that loses keeps every bit. */
static void change_background(struct largest *u)
{
    const struct samples *s = u->samples;
    const struct product_group *g = &u->products.group[u->background];
    uint64_t entry = s->start[u->step->t], end = s->start[u->step->t + 1];
    for (uint32_t i = 0; i < s->features && g->above > 0; i++) {
        if (entry < end && s->index[entry] == i)
            entry++;
        else
            change_row(u, i, g->above, s->background);
    }
}

/* The column sums follow: column p has won with the rows of all groups with above > p. */
static void follow_column_sums(struct largest *u)
{
    const struct product_group *group = u->products.group;
    const float *change = u->r->scratch->change;
    size_t groups = u->products.groups;
    double sum = 0;
    for (size_t g = 0; g < groups; g++)
        sum += group[g].sum;
    for (uint32_t p = 0; groups > 0 && p < group[0].above; p++) {
        while (group[groups - 1].above <= p)
            sum -= group[--groups].sum;
        uint32_t column = u->column[p].index;
        u->r->net.column_sum[column] += (float)sum * change[column];
    }
}

/* Moves the groups that have columns at the threshold to the front; mostly it is one. */
static size_t gather_tied(struct product_group *group, size_t groups)
{
    size_t n = 0;
    for (size_t i = 0; i < groups; i++)
        if (group[i].above < group[i].equal)
            group[n++] = group[i];
    return n;
}

/* One row's share of the synapses that equal the threshold. Returns the sum of changes. */
static double change_ties_of_row(struct largest *u, size_t tied, uint32_t row, float x,
                                 uint64_t *winners)
{
    const struct product_group *g = u->products.group;
    const struct product_group *end = g + tied;
    double sum = 0;
    while (g < end && g->size != size_of(x))
        g++;
    for (uint32_t p = g < end ? g->above : 0; g < end && p < g->equal && *winners > 0;
         p++, --*winners) {
        uint32_t column = u->column[p].index;
        change_synapse(u, row, column, x);
        sum += (double)size_of(x) * (double)size_of(u->r->scratch->change[column]);
    }
    return sum;
}

/* Of the synapses that equal the threshold the first ones in flat order win: row by row, and
 * within a row by column, as the ranking keeps the order of equal columns. Returns the sum of
 * their changes. The groups are used up. */
static double change_ties(struct largest *u, uint32_t sources, uint64_t winners)
{
    const struct samples *s = u->samples;
    uint64_t entry = s != NULL ? s->start[u->step->t] : 0;
    uint64_t end = s != NULL ? s->start[u->step->t + 1] : 0;
    size_t tied = winners > 0 ? gather_tied(u->products.group, u->products.groups) : 0;
    double sum = 0;
    for (uint32_t i = 0; i < sources && winners > 0; i++) {
        bool at_background = s != NULL && (entry == end || s->index[entry] != i);
        if (s != NULL && !at_background)
            entry++;
        sum += change_ties_of_row(u, tied, i, at_background ? s->background : u->x[i],
                                  &winners);
    }
    if (u->r->spec.net.bias && winners > 0)
        sum += change_ties_of_row(u, tied, u->layer->sources, 1, &winners);
    return sum;
}

/* The powers of the groups' winners: group by group from the one with the fewest columns,
 * so that each column's power is taken once. */
static void add_powers(const struct largest *u)
{
    const struct exponents *e = &u->r->spec.exponents;
    double columns[EXPONENTS_MAX] = {0};
    uint32_t p = 0;
    for (size_t g = u->products.groups; g-- > 0;) {
        const struct product_group *group = &u->products.group[g];
        double rows[EXPONENTS_MAX] = {0};
        for (; p < group->above; p++)
            exponents_add(e, (double)u->r->scratch->change[u->column[p].index], 1,
                          columns);
        if (p > 0)
            exponents_add(e, (double)group->size, group->members, rows);
        for (uint32_t k = 0; k < e->count; k++)
            u->energy->power[k] += rows[k] * columns[k];
    }
}

static void change_winners(struct largest *u)
{
    for (size_t i = 0; i < u->products.groups; i++) {
        const struct product_group *g = &u->products.group[i];
        for (uint32_t k = 0; k < g->rows && g->above > 0; k++) {
            uint32_t row = u->row[g->first + k].index;
            change_row(u, row, g->above, u->x[row]);
        }
    }
    if (u->background < u->products.groups)
        change_background(u);
    if (u->samples != NULL)
        follow_column_sums(u);
}

void update_largest(struct learner *r, const struct step *step, uint32_t l)
{
    struct largest u = {.r = r,
                        .layer = &r->net.layer[l],
                        .energy = &r->energy[l],
                        .changes = r->changes[l],
                        .step = step};
    u.samples = l == 0 ? step->samples : NULL;
    plastic_columns(r, step, l);
    for (size_t j = 0; j < u.layer->stride; j++)
        r->scratch->size[j] = r->scratch->column[j] ? size_of(r->delta[l][j]) : -1;
    if (!isfinite(r->net.kernels->magnitude(r->delta[l], u.layer->stride).sum)) {
        r->diverged = true;
        return;
    }
    rank_columns(&u, l);
    list_rows(&u, l);
    group_rows(&u);
    u.products.hint = r->scratch->hint[l];
    uint64_t ties = products_cut(&u.products, r->spec.rule.compete_keep[l]);
    r->scratch->hint[l] = u.products.hint;
    for (size_t i = 0; i < u.products.groups; i++) {
        const struct product_group *g = &u.products.group[i];
        r->energy[l].m0 += (uint64_t)g->above * g->members;
        r->energy[l].m1 += (double)g->size * u.sum[g->above] * g->members;
    }
    if (r->spec.exponents.count > 0)
        add_powers(&u);
    change_winners(&u);
    r->energy[l].m0 += ties;
    r->energy[l].m1 += change_ties(&u, plastic_sources(r, l), ties);
}
