/* The changes of one sample, layer by layer, under each rule. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "dense.h"

/* The plastic block of a layer: its first sources (and the bias), its first targets. */
struct block {
    struct layer *layer;
    const float *x;         /* [layer->rows] */
    uint32_t rows, columns; /* rows: sources and the bias */
    bool whole;
};

static uint32_t row_of(const struct block *b, uint32_t i)
{
    return i + 1 < b->rows ? i : b->layer->rows - 1;
}

/* The k-th largest (k from 0) of x [n]: Floyd and Rivest, CACM 18(3):173 (1975). */
static float select_largest(float *x, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k)
{
    while (right > left) {
        if (right - left > 600) {
            double n = (double)(right - left + 1), i = (double)(k - left + 1);
            double z = log(n), s = 0.5 * exp(2 * z / 3);
            double sd = 0.5 * sqrt(z * s * (n - s) / n) * (i < n / 2 ? -1 : 1);
            ptrdiff_t from = (ptrdiff_t)((double)k - i * s / n + sd);
            ptrdiff_t to = (ptrdiff_t)((double)k + (n - i) * s / n + sd);
            select_largest(x, from > left ? from : left, to < right ? to : right, k);
        }
        float pivot = x[k], kept;
        ptrdiff_t i = left, j = right;
#define SWAP(a, b) (kept = x[a], x[a] = x[b], x[b] = kept)
        SWAP(left, k);
        if (x[right] < pivot)
            SWAP(right, left);
        while (i < j) {
            SWAP(i, j);
            for (i++, j--; x[i] > pivot; i++)
                ;
            for (; x[j] < pivot; j--)
                ;
        }
        if (x[left] == pivot)
            SWAP(left, j);
        else {
            j++;
            SWAP(j, right);
        }
#undef SWAP
        if (j <= k)
            left = j + 1;
        if (k <= j)
            right = j - 1;
    }
    return x[k];
}

/* What wins: scores above `limit`, and the first `ties` that equal it. */
struct cut {
    float limit;
    size_t ties;
};

static struct cut cut_at(const float *score, float *ordered, size_t n, size_t k)
{
    if (k >= n)
        return (struct cut){-1, 0};
    memcpy(ordered, score, n * sizeof *score);
    float limit = select_largest(ordered, 0, (ptrdiff_t)n - 1, (ptrdiff_t)k - 1);
    size_t above = 0;
    for (size_t i = 0; i < n; i++)
        above += score[i] > limit;
    return (struct cut){limit, k - above};
}

static size_t count_of(double fraction, size_t size)
{
    size_t k = (size_t)(fraction * (double)size + 0.5);
    return k > 0 ? k : 1;
}

/* One competition among all synapses of the block. */
static void compete_in_layer(struct net *n, const struct block *b, uint32_t l)
{
    struct layer *layer = b->layer;
    const float *d = layer->change;
    size_t size = (size_t)b->rows * b->columns;
    for (uint32_t i = 0; i < b->rows; i++) {
        float *score = n->score + (size_t)i * b->columns;
        const float *w = layer->w + (size_t)row_of(b, i) * layer->targets;
        float x = b->x[row_of(b, i)];
        if (n->rule.by == BY_WEIGHT)
            for (uint32_t j = 0; j < b->columns; j++)
                score[j] = fabsf(w[j]);
        else
            for (uint32_t j = 0; j < b->columns; j++)
                score[j] = fabsf(x * d[j]);
    }
    struct cut cut =
        cut_at(n->score, n->ordered, size,
               count_of(n->rule.fraction[l], (size_t)layer->rows * layer->targets));
    for (uint32_t i = 0; i < b->rows; i++) {
        const float *score = n->score + (size_t)i * b->columns;
        float *w = layer->w + (size_t)row_of(b, i) * layer->targets;
        float x = b->x[row_of(b, i)], sum = 0;
        uint32_t count = 0;
        for (uint32_t j = 0; j < b->columns; j++) {
            float dw = score[j] > cut.limit ? x * d[j] : 0;
            w[j] += dw;
            sum += fabsf(dw);
            count += dw != 0;
        }
        for (uint32_t j = 0; j < b->columns && cut.ties > 0; j++)
            if (score[j] == cut.limit) {
                w[j] += x * d[j];
                sum += fabsf(x * d[j]);
                count += x * d[j] != 0;
                cut.ties--;
            }
        layer->m0 += count;
        layer->m1 += (double)sum;
    }
}

/* One competition among the incoming synapses of each target. */
static void compete_in_units(struct net *n, const struct block *b, uint32_t l)
{
    struct layer *layer = b->layer;
    size_t k = count_of(n->rule.fraction[l], layer->rows);
    for (uint32_t j = 0; j < b->columns; j++) {
        float d = layer->change[j], sum = 0;
        for (uint32_t i = 0; i < b->rows; i++) {
            float w = layer->w[(size_t)row_of(b, i) * layer->targets + j];
            n->score[i] = fabsf(n->rule.by == BY_WEIGHT ? w : b->x[row_of(b, i)] * d);
        }
        struct cut cut = cut_at(n->score, n->ordered, b->rows, k);
        uint32_t count = 0;
        for (uint32_t i = 0; i < b->rows; i++) {
            bool tie = n->score[i] == cut.limit && cut.ties > 0;
            if (!tie && !(n->score[i] > cut.limit))
                continue;
            cut.ties -= tie;
            float dw = b->x[row_of(b, i)] * d;
            layer->w[(size_t)row_of(b, i) * layer->targets + j] += dw;
            sum += fabsf(dw);
            count += dw != 0;
        }
        layer->m0 += count;
        layer->m1 += (double)sum;
    }
}

static void change_masked(const struct block *b)
{
    struct layer *layer = b->layer;
    for (uint32_t i = 0; i < b->rows; i++) {
        size_t row = (size_t)row_of(b, i) * layer->targets;
        float x = b->x[row_of(b, i)], sum = 0;
        uint32_t count = 0;
        for (uint32_t j = 0; j < b->columns; j++) {
            float dw = layer->mask[row + j] * x * layer->change[j];
            layer->w[row + j] += dw;
            sum += fabsf(dw);
            count += dw != 0;
        }
        layer->m0 += count;
        layer->m1 += (double)sum;
    }
}

static double nonzero(const float *x, size_t n)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += x[i] != 0;
    return count;
}

static void change_outer(const struct block *b)
{
    struct layer *layer = b->layer;
    int rows = (int)(b->whole ? b->rows : b->rows - 1), columns = (int)b->columns;
    cblas_sger(CblasRowMajor, rows, columns, 1, b->x, 1, layer->change, 1, layer->w,
               (int)layer->targets);
    if (!b->whole)
        cblas_saxpy(columns, 1, layer->change, 1,
                    layer->w + (size_t)layer->sources * layer->targets, 1);
    double bias = b->whole ? 0 : 1;
    layer->m0 += (nonzero(b->x, (size_t)rows) + bias) * nonzero(layer->change, b->columns);
    layer->m1 += ((double)cblas_sasum(rows, b->x, 1) + bias) *
                 (double)cblas_sasum(columns, layer->change, 1);
}

/* Into the transient part; returns its largest size, adds up the sizes. */
static float change_transient(const struct block *b, const struct rule *rule, double *sum)
{
    struct layer *layer = b->layer;
    float largest = 0, decay = (float)rule->decay;
    for (uint32_t i = 0; i < layer->rows; i++) {
        size_t row = (size_t)i * layer->targets;
        float *w = layer->w + row, *transient = layer->transient + row;
        float x = b->x[i], most = 0, total = 0;
        for (uint32_t j = 0; j < layer->targets; j++) {
            float dw = x * layer->change[j];
            w[j] += dw - decay * transient[j];
            transient[j] = transient[j] * (1 - decay) + dw;
            float size = fabsf(transient[j]);
            most = size > most ? size : most;
            total += size;
        }
        largest = most > largest ? most : largest;
        *sum += (double)total;
    }
    return largest;
}

static void consolidate(struct layer *layer, float threshold)
{
    size_t size = (size_t)layer->rows * layer->targets;
    for (size_t at = 0; at < size; at++) {
        float s = fabsf(layer->transient[at]);
        if (s > threshold) {
            layer->m0 += 1;
            layer->m1 += (double)s;
            layer->maintenance -= (double)s;
            layer->transient[at] = 0;
        }
    }
}

/* Silences targets that are masked or lose a competition among units. */
static void silence(struct net *n, const struct block *b, uint32_t l)
{
    struct layer *layer = b->layer;
    for (uint32_t j = 0; j < b->columns && layer->unit_mask != NULL; j++)
        layer->change[j] *= layer->unit_mask[j];
    if ((n->rule.by != BY_ERROR && n->rule.by != BY_ACTIVITY) || n->rule.fraction[l] >= 1)
        return;
    const float *by = n->rule.by == BY_ERROR ? layer->delta : layer->y;
    for (uint32_t j = 0; j < b->columns; j++)
        n->score[j] = fabsf(by[j]);
    struct cut cut = cut_at(n->score, n->ordered, b->columns,
                            count_of(n->rule.fraction[l], layer->targets));
    for (uint32_t j = 0; j < b->columns; j++)
        if (!(n->score[j] > cut.limit) && (n->score[j] < cut.limit || cut.ties-- == 0))
            layer->change[j] = 0;
}

static void change(struct net *n, const struct block *b, uint32_t l)
{
    bool competes = (n->rule.by == BY_UPDATE || n->rule.by == BY_WEIGHT) &&
                    n->rule.fraction[l] < 1;
    if (competes && n->rule.per_unit)
        compete_in_units(n, b, l);
    else if (competes)
        compete_in_layer(n, b, l);
    else if (b->layer->mask != NULL)
        change_masked(b);
    else
        change_outer(b);
}

void net_update(struct net *n)
{
    const struct rule *rule = &n->rule;
    float largest = 0;
    for (uint32_t l = 0; l < n->layers; l++) {
        struct layer *layer = &n->layer[l];
        uint32_t from = l > 0 ? rule->subnet[l - 1] : 0, to = rule->subnet[l];
        struct block b = {.layer = layer,
                          .x = l > 0 ? n->layer[l - 1].y : n->x,
                          .rows = (from > 0 ? from : layer->sources) + 1,
                          .columns = to > 0 && l + 1 < n->layers ? to : layer->targets};
        b.whole = b.rows == layer->rows;
        if (rule->rate[l] == 0)
            continue;
        for (uint32_t j = 0; j < b.columns; j++)
            layer->change[j] = rule->rate[l] * layer->delta[j];
        silence(n, &b, l);
        if (rule->threshold > 0) {
            float most = change_transient(&b, rule, &layer->maintenance);
            largest = most > largest ? most : largest;
        } else {
            change(n, &b, l);
        }
    }
    if (rule->threshold > 0 && largest > (float)rule->threshold)
        for (uint32_t l = 0; l < n->layers; l++)
            consolidate(&n->layer[l], rule->network ? 0 : (float)rule->threshold);
}
