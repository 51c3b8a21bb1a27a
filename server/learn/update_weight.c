/* In: the winners of a competition by |w|. Out: their changes, and the winners of the
 * next sample. */
#include <math.h>
#include <stdlib.h>

#include "learn/checkpoint.h"
#include "learn/contest.h"

struct contender {
    uint32_t row, column;
};

struct contest {
    const struct layer *layer;
    float sign;                     /* -1: the smallest win */
    size_t groups, winners, losers; /* the last two per group */
    struct contender *winner;       /* [groups][winners] */
    struct contender *loser;        /* [groups][losers], each a heap, the best on top */
    uint32_t *weak;                 /* [winners]: those that fell behind */
    uint16_t *wins; /* [rows][stride / LANES] a bit for each winner, for the counts of
                       changes */
};

static float strength(const struct contest *c, struct contender a)
{
    return c->sign * fabsf(c->layer->w[a.row * c->layer->stride + a.column]);
}

/* Makes a winner of a loser and the other way round. */
static void flip(struct contest *c, struct contender a)
{
    size_t words = c->layer->stride / LANES;
    c->wins[a.row * words + a.column / LANES] ^= (uint16_t)(1 << a.column % LANES);
}

/* Of equal weights the one that comes first in the matrix wins. */
static bool beats(const struct contest *c, struct contender a, struct contender b)
{
    float x = strength(c, a), y = strength(c, b);
    if (x != y)
        return x > y;
    return a.row != b.row ? a.row < b.row : a.column < b.column;
}

static void sift_down(const struct contest *c, struct contender *heap, size_t n,
                      size_t at)
{
    struct contender moving = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= n)
            break;
        if (child + 1 < n && beats(c, heap[child + 1], heap[child]))
            child++;
        if (!beats(c, heap[child], moving))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

static void make_heap(const struct contest *c, struct contender *heap, size_t n)
{
    for (size_t at = n / 2; at-- > 0;)
        sift_down(c, heap, n, at);
}

/* Divides the contenders of a group, n = winners + losers in the order of the matrix. */
static void divide(struct contest *c, size_t group, const struct contender *all,
                   double *score)
{
    size_t n = c->winners + c->losers, w = group * c->winners, l = group * c->losers;
    for (size_t i = 0; i < n; i++)
        score[i] = (double)strength(c, all[i]);
    struct cut cut = select_cut(score, n, c->winners, false);
    for (size_t i = 0; i < n; i++) {
        if (!cut_takes(&cut, (double)strength(c, all[i]))) {
            c->loser[l++] = all[i];
            continue;
        }
        c->winner[w++] = all[i];
        flip(c, all[i]);
    }
    make_heap(c, c->loser + group * c->losers, c->losers);
}

/* The plastic synapses of columns j0 .. j1-1, in the order of the matrix. */
static size_t list_plastic(const struct learner *r, uint32_t l, uint32_t j0, uint32_t j1,
                           struct contender *ret)
{
    const struct layer *layer = &r->net.layer[l];
    const uint8_t *mask = masks_of(&r->masks, &r->spec.rule, l, 0, 0);
    size_t n = 0;
    for (uint32_t i = 0; i < layer->rows; i++)
        for (uint32_t j = j0; j < j1; j++)
            if ((i < plastic_sources(r, l) || i == layer->sources) &&
                (mask == NULL || mask[j]))
                ret[n++] = (struct contender){i, j};
    return n;
}

static bool allocate(struct contest *c, size_t keep, size_t contenders)
{
    c->winners = keep < contenders ? keep : contenders;
    c->losers = contenders - c->winners;
    c->winner = calloc(c->groups * c->winners + 1, sizeof *c->winner);
    c->loser = calloc(c->groups * c->losers + 1, sizeof *c->loser);
    c->weak = calloc(c->winners + 1, sizeof *c->weak);
    return c->winner != NULL && c->loser != NULL && c->weak != NULL;
}

struct contest *contest_new(const struct learner *r, uint32_t l)
{
    const struct rule *rule = &r->spec.rule;
    const struct layer *layer = &r->net.layer[l];
    uint32_t targets = plastic_targets(r, l);
    uint32_t width = rule->compete_per_unit ? 1 : targets;
    size_t most = layer->rows * width;
    struct contest *c = calloc(1, sizeof *c);
    struct contender *all = calloc(most + 1, sizeof *all);
    double *score = calloc(most + 1, sizeof *score);
    bool ok = c != NULL && all != NULL && score != NULL;
    uint32_t group = 0;
    if (ok) {
        c->layer = layer;
        c->sign = rule->compete_smallest ? -1 : 1;
        c->wins = calloc(layer->rows * layer->stride / LANES, sizeof *c->wins);
        ok = c->wins != NULL;
    }
    /* A masked target has no contenders and is no group. */
    for (uint32_t j = 0; ok && j < targets; j += width)
        c->groups += list_plastic(r, l, j, j + width, all) > 0;
    for (uint32_t j = 0; ok && j < targets; j += width) {
        size_t n = list_plastic(r, l, j, j + width, all);
        if (n > 0 && c->winner == NULL)
            ok = allocate(c, rule->compete_keep[l], n);
        if (n > 0 && ok)
            divide(c, group++, all, score);
    }
    free(all);
    free(score);
    if (ok)
        return c;
    contest_free(c);
    return NULL;
}

void contest_free(struct contest *c)
{
    if (c == NULL)
        return;
    free(c->winner);
    free(c->loser);
    free(c->weak);
    free(c->wins);
    free(c);
}

static void walk_contenders(struct checkpoint_walk *walk, const struct layer *layer,
                            struct contender *a, size_t n)
{
    checkpoint_bytes(walk, a, n * sizeof *a);
    for (size_t i = 0; i < n && walk->way == CHECKPOINT_READ && !walk->failed; i++)
        walk->failed = a[i].row >= layer->rows || a[i].column >= layer->targets;
}

void checkpoint_contest(struct checkpoint_walk *walk, struct contest *c)
{
    size_t words = c->layer->rows * c->layer->stride / LANES;
    walk_contenders(walk, c->layer, c->winner, c->groups * c->winners);
    walk_contenders(walk, c->layer, c->loser, c->groups * c->losers);
    checkpoint_bytes(walk, c->wins, words * sizeof *c->wins);
}

const uint16_t *contest_winners(const struct contest *c)
{
    return c->wins;
}

/* The energies with other exponents of the changes that are about to be made. */
static void add_powers(struct learner *r, const struct contest *c, uint32_t l)
{
    const struct scratch *s = r->scratch;
    product_powers(r, l);
    for (uint32_t k = 0; k < r->spec.exponents.count; k++) {
        const double *row = s->row_power + k * s->power_rows;
        const double *column = s->column_power + k * s->power_columns;
        double sum = 0;
        for (size_t i = 0; i < c->groups * c->winners; i++)
            sum += row[c->winner[i].row] * column[c->winner[i].column];
        r->energy[l].power[k] += sum;
    }
}

/* The winners of a group change; returns how many fell behind the best loser. */
static size_t change_winners(struct learner *r, struct contest *c, uint32_t l,
                             size_t group)
{
    const struct contender *winner = c->winner + group * c->winners;
    const struct contender *best = c->losers > 0 ? c->loser + group * c->losers : NULL;
    const float *x = r->scratch->x, *change = r->scratch->change;
    float *w = c->layer->w, bar = best != NULL ? strength(c, *best) : -INFINITY;
    float *features_sum = l == 0 ? r->net.column_sum : r->scratch->unused;
    float sign = c->sign;
    uint32_t sources = c->layer->sources;
    size_t stride = c->layer->stride, weak = 0;
    double sum = 0,
           other_sum = 0; /* in turn, since each addition waits for the one before */
    uint64_t count = 0;
    for (size_t i = 0; i < c->winners; i++) {
        struct contender a = winner[i];
        float dw = x[a.row] * change[a.column];
        float now = w[a.row * stride + a.column] + dw;
        w[a.row * stride + a.column] = now;
        float *column_sum = a.row < sources ? features_sum : r->scratch->unused;
        column_sum[a.column] += dw;
        count += dw != 0;
        double next = other_sum + (double)fabsf(dw);
        other_sum = sum;
        sum = next;
        if (sign * fabsf(now) <= bar && beats(c, *best, a))
            c->weak[weak++] = (uint32_t)i;
    }
    r->energy[l].m0 += count;
    r->energy[l].m1 += sum + other_sum;
    return weak;
}

/* The same as sift_down for the weak winners, the weakest on top. */
static void sift_weak_down(struct contest *c, const struct contender *winner, size_t n,
                           size_t at)
{
    uint32_t moving = c->weak[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= n)
            break;
        if (child + 1 < n && beats(c, winner[c->weak[child]], winner[c->weak[child + 1]]))
            child++;
        if (!beats(c, winner[moving], winner[c->weak[child]]))
            break;
        c->weak[at] = c->weak[child];
        at = child;
    }
    c->weak[at] = moving;
}

/* The winner in a slot and the best loser of its group change sides. */
static void change_side(struct contest *c, struct changes *changes,
                        struct contender *slot, struct contender *loser)
{
    struct contender up = loser[0], down = *slot;
    if (changes != NULL) {
        changes_leave(changes, down.row, down.column);
        changes_join(changes, up.row, up.column);
    }
    flip(c, up);
    flip(c, down);
    loser[0] = down;
    *slot = up;
    sift_down(c, loser, c->losers, 0);
}

/* The weak winners go among the losers, the weakest first, as long as a loser beats them.
 */
static void change_sides(struct contest *c, struct changes *changes, size_t group,
                         size_t weak)
{
    struct contender *winner = c->winner + group * c->winners;
    struct contender *loser = c->loser + group * c->losers;
    for (size_t at = weak / 2; at-- > 0;)
        sift_weak_down(c, winner, weak, at);
    while (weak > 0 && beats(c, loser[0], winner[c->weak[0]])) {
        change_side(c, changes, &winner[c->weak[0]], loser);
        c->weak[0] = c->weak[--weak];
        if (weak > 0)
            sift_weak_down(c, winner, weak, 0);
    }
}

void update_weight(struct learner *r, const struct step *step, uint32_t l)
{
    struct contest *c = r->contest[l];
    plastic_columns(r, step, l);
    presynaptic(r, step, l, r->scratch->x);
    if (r->changes[l] != NULL)
        changes_of_products(r->changes[l], r->scratch->x, r->scratch->change);
    add_powers(r, c, l);
    for (size_t group = 0; group < c->groups; group++)
        change_sides(c, r->changes[l], group, change_winners(r, c, l, group));
    r->diverged = r->diverged || !isfinite(r->energy[l].m1);
}
