/* In: which synapses change on a sample. Out: how often each has, and how uneven that is.
 */
#include "learn/changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct changes *changes_new(const struct layer *layer, uint32_t plastic_sources,
                            uint32_t plastic_targets)
{
    struct changes *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct changes){.sources = layer->sources,
                          .plastic_sources = plastic_sources,
                          .plastic_targets = plastic_targets,
                          .rows = layer->rows,
                          .stride = layer->stride,
                          .row = calloc(layer->rows, sizeof *c->row),
                          .column = calloc(layer->stride, sizeof *c->column)};
    if (c->row != NULL && c->column != NULL)
        return c;
    changes_free(c);
    return NULL;
}

void changes_free(struct changes *c)
{
    if (c == NULL)
        return;
    free(c->row);
    free(c->column);
    free(c->single);
    free(c);
}

uint64_t changes_rows(const struct changes *c)
{
    return (uint64_t)c->plastic_sources + (c->rows - c->sources);
}

bool changes_make_single(struct changes *c)
{
    if (c->single == NULL && !c->failed)
        c->single = calloc(c->rows * c->stride, sizeof *c->single);
    c->failed = c->single == NULL;
    return !c->failed;
}

static void count(uint32_t *restrict n, const float *restrict change, size_t columns)
{
    for (size_t j = 0; j < columns; j++)
        n[j] += change[j] != 0;
}

void changes_of_columns(struct changes *c, const float *change)
{
    count(c->column, change, c->stride);
}

void changes_of_row(struct changes *c, size_t i, const float *change)
{
    uint32_t *n = change != NULL ? changes_singles(c, i) : NULL;
    if (change == NULL)
        c->row[i]++;
    else if (n != NULL)
        count(n, change, c->stride);
}

void changes_above(struct changes *c, size_t i, const float *size, float least)
{
    uint32_t *restrict n = changes_singles(c, i);
    for (size_t j = 0; n != NULL && j < c->stride; j++)
        n[j] += size[j] >= least;
}

void changes_get(const struct changes *c, size_t i, size_t targets, uint32_t *ret)
{
    bool plastic = i < c->plastic_sources || i >= c->sources;
    memset(ret, 0, targets * sizeof *ret);
    for (size_t j = 0; plastic && j < c->plastic_targets; j++)
        ret[j] = c->every + c->row[i] + c->column[j];
    for (size_t j = 0; c->single != NULL && j < c->plastic_targets; j++)
        ret[j] += c->single[i * c->stride + j];
}

static int bin_of(uint32_t n)
{
    enum { BITS = 32 };
    return n <= 1 ? (int)n : 1 + BITS - __builtin_clz(n - 1);
}

uint64_t change_bin_most(int bin)
{
    return bin == 0 ? 0 : (uint64_t)1 << (bin - 1);
}

void change_tally_add(struct change_tally *t, const uint32_t *n, size_t synapses)
{
    for (size_t i = 0; i < synapses; i++) {
        t->synapses[bin_of(n[i])]++;
        t->sum += n[i];
        t->squares += (double)n[i] * (double)n[i];
    }
}

void change_tally_join(struct change_tally *t, const struct change_tally *other)
{
    for (int bin = 0; bin < CHANGE_BINS; bin++)
        t->synapses[bin] += other->synapses[bin];
    t->sum += other->sum;
    t->squares += other->squares;
}

double change_tally_simpson(const struct change_tally *t)
{
    double sum = (double)t->sum;
    return t->sum > 0 ? t->squares / (sum * sum) : (double)NAN;
}
