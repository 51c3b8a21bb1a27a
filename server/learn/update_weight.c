/* In: the winners of a competition by |w|. Out: their changes, and the winners of the next
 * sample. */
#include <math.h>
#include <stdlib.h>

#include "learn/contest.h"

struct contender {
    uint32_t row, column;
};

struct contest {
    const struct layer *layer;
    float sign; /* -1: the smallest win */
    size_t groups, winners, losers; /* the last two per group */
    struct contender *winner;       /* [groups][winners] */
    struct contender *loser;        /* [groups][losers], each a heap, the best on top */
    uint32_t *weak;                 /* [winners]: those that fell behind */
};

static float strength(const struct contest *c, struct contender a)
{
    return c->sign * fabsf(c->layer->w[a.row * c->layer->stride + a.column]);
}

/* Of equal weights the one that comes first in the matrix wins. */
static bool beats(const struct contest *c, struct contender a, struct contender b)
{
    float x = strength(c, a), y = strength(c, b);
    if (x != y)
        return x > y;
    return a.row != b.row ? a.row < b.row : a.column < b.column;
}

static void sift_down(const struct contest *c, struct contender *heap, size_t n, size_t at)
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
        if (cut_takes(&cut, (double)strength(c, all[i])))
            c->winner[w++] = all[i];
        else
            c->loser[l++] = all[i];
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
    free(c);
}

/* The winners of a group change; returns how many fell behind the best loser. */
static size_t change_winners(struct learner *r, struct contest *c, uint32_t l, size_t group)
{
    struct contender *winner = c->winner + group * c->winners;
    const struct contender *best = c->losers > 0 ? c->loser + group * c->losers : NULL;
    float *w = c->layer->w, bar = best != NULL ? strength(c, *best) : -INFINITY;
    float *column_sum = l == 0 ? r->net.column_sum : NULL;
    const float *x = r->scratch->x, *change = r->scratch->change;
    size_t weak = 0;
    for (size_t i = 0; i < c->winners; i++) {
        struct contender a = winner[i];
        float dw = x[a.row] * change[a.column];
        float *at = &w[a.row * c->layer->stride + a.column];
        *at += dw;
        if (column_sum != NULL && a.row < c->layer->sources)
            column_sum[a.column] += dw;
        r->energy[l].m0 += dw != 0;
        r->energy[l].m1 += (double)fabsf(dw);
        float now = c->sign * fabsf(*at);
        if (now <= bar && beats(c, *best, a))
            c->weak[weak++] = (uint32_t)i;
    }
    return weak;
}

static void count_winners(struct learner *r, const struct contest *c, uint32_t l)
{
    const float *x = r->scratch->x, *change = r->scratch->change;
    for (size_t i = 0; i < c->groups * c->winners; i++) {
        struct contender a = c->winner[i];
        uint32_t *n = changes_singles(r->changes[l], a.row);
        if (n != NULL)
            n[a.column] += x[a.row] * change[a.column] != 0;
    }
}

static void add_powers(struct learner *r, const struct contest *c, uint32_t l)
{
    const struct scratch *s = r->scratch;
    for (uint32_t k = 0; k < r->spec.exponents.count; k++) {
        double sum = 0;
        product_powers(r, l, k);
        for (size_t i = 0; i < c->groups * c->winners; i++)
            sum += s->row_power[c->winner[i].row] * s->column_power[c->winner[i].column];
        r->energy[l].power[k] += sum;
    }
}

/* The weak winners go among the losers, and as many of the best come from there. */
static void change_sides(struct contest *c, size_t group, size_t weak)
{
    struct contender *winner = c->winner + group * c->winners;
    struct contender *loser = c->loser + group * c->losers;
    for (size_t turn = 0; turn < weak; turn++) {
        size_t weakest = turn;
        for (size_t i = turn + 1; i < weak; i++)
            if (beats(c, winner[c->weak[weakest]], winner[c->weak[i]]))
                weakest = i;
        uint32_t slot = c->weak[weakest];
        c->weak[weakest] = c->weak[turn];
        if (!beats(c, loser[0], winner[slot]))
            return;
        struct contender up = loser[0];
        loser[0] = winner[slot];
        winner[slot] = up;
        sift_down(c, loser, c->losers, 0);
    }
}

void update_weight(struct learner *r, const struct step *step, uint32_t l)
{
    struct contest *c = r->contest[l];
    plastic_columns(r, step, l);
    presynaptic(r, step, l, r->scratch->x);
    if (r->changes[l] != NULL)
        count_winners(r, c, l);
    add_powers(r, c, l);
    for (size_t group = 0; group < c->groups; group++)
        change_sides(c, group, change_winners(r, c, l, group));
    r->diverged = r->diverged || !isfinite(r->energy[l].m1);
}
