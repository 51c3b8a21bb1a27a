/* In: which synapses change on a sample. Out: how often each has, and how uneven that is.
 */
#include "learn/changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/checkpoint.h"

struct changes *changes_new(const struct layer *layer, uint32_t plastic_sources,
                            uint32_t plastic_targets, const struct kernels *k)
{
    struct changes *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct changes){.sources = layer->sources,
                          .plastic_sources = plastic_sources,
                          .plastic_targets = plastic_targets,
                          .rows = layer->rows,
                          .stride = layer->stride,
                          .kernels = k,
                          .row = calloc(layer->rows, sizeof *c->row),
                          .column = (uint32_t *)net_vector(layer->stride)};
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
    free(c->own_mask);
    free(c->single);
    free(c->size);
    free(c->line);
    free(c->line_row);
    free(c->sorted);
    free(c->row_end);
    free(c);
}

uint64_t changes_rows(const struct changes *c)
{
    return (uint64_t)c->plastic_sources + (c->rows - c->sources);
}

/* The counts of row i in the matrix; NULL without memory. */
static uint32_t *singles(struct changes *c, size_t i)
{
    if (c->single == NULL && !c->failed) {
        c->single = (uint32_t *)net_vector(c->rows * c->stride);
        c->failed = c->single == NULL;
    }
    return c->failed ? NULL : c->single + i * c->stride;
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
    uint32_t *n = change != NULL ? singles(c, i) : NULL;
    if (change == NULL)
        c->row[i]++;
    else if (n != NULL)
        count(n, change, c->stride);
}

/* Room for what is pending, once it is needed. */
static bool has_room(struct changes *c)
{
    if (c->size == NULL && !c->failed) {
        size_t most = CHANGES_SAMPLES * c->rows;
        c->size = net_vector(CHANGES_SAMPLES * c->stride);
        c->line = calloc(most, sizeof *c->line);
        c->line_row = calloc(most, sizeof *c->line_row);
        c->sorted = calloc(most, sizeof *c->sorted);
        c->row_end = calloc(c->rows, sizeof *c->row_end);
        c->failed = c->size == NULL || c->line == NULL || c->line_row == NULL ||
                    c->sorted == NULL || c->row_end == NULL || singles(c, 0) == NULL;
    }
    return !c->failed;
}

/* A counting sort. */
static void sort_by_row(struct changes *c)
{
    size_t *end = c->row_end, at = 0;
    memset(end, 0, c->rows * sizeof *end);
    for (size_t k = 0; k < c->lines; k++)
        end[c->line_row[k]]++;
    for (size_t i = 0; i < c->rows; i++) {
        size_t here = end[i];
        end[i] = at;
        at += here;
    }
    for (size_t k = 0; k < c->lines; k++)
        c->sorted[end[c->line_row[k]]++] = c->line[k];
}

/* Adds what is pending to the counts. */
static void settle(struct changes *c)
{
    enum { COLUMNS = 512 }; /* of all samples' sizes, so many stay in the cache */
    if (c->lines > 0)
        sort_by_row(c);
    for (size_t j = 0; j < c->stride && c->lines > 0; j += COLUMNS) {
        size_t columns = c->stride - j < COLUMNS ? c->stride - j : COLUMNS, begin = 0;
        for (size_t i = 0; i < c->rows; begin = c->row_end[i++])
            if (c->row_end[i] > begin)
                c->kernels->count_above(c->single + i * c->stride + j, c->size + j,
                                        c->stride, c->sorted + begin,
                                        c->row_end[i] - begin, columns);
    }
    c->lines = c->samples = 0;
}

void changes_begin(struct changes *c, const float *size)
{
    if (!has_room(c))
        return;
    if (c->samples == CHANGES_SAMPLES)
        settle(c);
    memcpy(c->size + c->samples++ * c->stride, size, c->stride * sizeof *size);
}

void changes_above(struct changes *c, size_t i, float least, float less)
{
    if (c->failed)
        return;
    c->line_row[c->lines] = (uint32_t)i;
    c->line[c->lines++] = (struct line){c->samples - 1, least, less};
}

void changes_above_everywhere(struct changes *c, float least)
{
    const struct line line = {c->samples - 1, least, INFINITY};
    if (!c->failed)
        c->kernels->count_above(c->column, c->size, c->stride, &line, 1, c->stride);
}

void changes_copy_mask(struct changes *c, const uint8_t *mask, size_t targets)
{
    size_t words = c->stride / LANES;
    free(c->own_mask);
    c->mask = c->own_mask = calloc(c->rows * words, sizeof *c->own_mask);
    c->failed = c->failed || c->own_mask == NULL;
    for (size_t i = 0; i < c->rows && mask != NULL && !c->failed; i++)
        c->kernels->pack(c->own_mask + i * words, mask + i * targets, c->stride);
}

void changes_borrow_mask(struct changes *c, const uint16_t *mask)
{
    c->mask = mask;
}

static bool is_in_mask(const struct changes *c, size_t i, size_t j)
{
    return c->mask == NULL ||
           (c->mask[i * (c->stride / LANES) + j / LANES] >> j % LANES & 1);
}

static uint32_t factorised(const struct changes *c, size_t i, size_t j)
{
    return c->every + c->row[i] + c->column[j];
}

void changes_join(struct changes *c, size_t i, size_t j)
{
    uint32_t *n = singles(c, i);
    if (n != NULL)
        n[j] -= factorised(c, i, j);
}

void changes_leave(struct changes *c, size_t i, size_t j)
{
    uint32_t *n = singles(c, i);
    if (n != NULL)
        n[j] += factorised(c, i, j);
}

/* Row i changed where change[j] is not 0, and in the mask. */
static void count_in_mask(struct changes *c, size_t i, const float *change)
{
    uint32_t *n = singles(c, i);
    for (size_t j = 0; j < c->plastic_targets && n != NULL; j++)
        n[j] += change[j] != 0 && is_in_mask(c, i, j);
}

void changes_of_products(struct changes *c, const float *x, const float *change)
{
    size_t padded = (c->rows + LANES - 1) / LANES * LANES;
    bool all_rows = c->kernels->magnitude(x, padded).count == changes_rows(c);
    bool all_columns =
        c->kernels->magnitude(change, c->stride).count == c->plastic_targets;
    if (all_rows && all_columns)
        c->every++;
    else if (all_rows)
        changes_of_columns(c, change);
    for (size_t i = 0; i < c->rows && !all_rows; i++)
        if (x[i] != 0 && all_columns)
            c->row[i]++;
        else if (x[i] != 0)
            count_in_mask(c, i, change);
}

void changes_of_synapse(struct changes *c, size_t i, size_t j)
{
    uint32_t *n = singles(c, i);
    if (n != NULL)
        n[j]++;
}

void changes_get(struct changes *c, size_t i, size_t targets, uint32_t *ret)
{
    bool plastic = i < c->plastic_sources || i >= c->sources;
    settle(c);
    memset(ret, 0, targets * sizeof *ret);
    for (size_t j = 0; plastic && j < c->plastic_targets; j++)
        ret[j] = is_in_mask(c, i, j) ? factorised(c, i, j) : 0;
    for (size_t j = 0; c->single != NULL && j < c->plastic_targets; j++)
        ret[j] += c->single[i * c->stride + j];
}

void checkpoint_changes(struct checkpoint_walk *walk, struct changes *c)
{
    if (walk->way == CHECKPOINT_READ)
        c->lines = c->samples = 0;
    else
        settle(c);
    bool has_single = c->single != NULL;
    checkpoint_bytes(walk, &c->every, sizeof c->every);
    checkpoint_bytes(walk, c->row, c->rows * sizeof *c->row);
    checkpoint_bytes(walk, c->column, c->stride * sizeof *c->column);
    checkpoint_flag(walk, &has_single);
    if (has_single && !walk->failed && singles(c, 0) != NULL)
        checkpoint_bytes(walk, c->single, c->rows * c->stride * sizeof *c->single);
    walk->no_memory = walk->no_memory || c->failed;
    walk->failed = walk->failed || c->failed;
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
