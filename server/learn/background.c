#include "learn/background.h"

#include <stdlib.h>
#include <string.h>

enum {
    WAITING_MAX = 32,     /* samples whose changes may wait */
    BLOCK_COLUMNS = 1024, /* of all of them, so many stay in the L2 cache */
};

struct background {
    const struct layer *input;
    const struct kernels *kernels;
    uint32_t waiting;
    float *change;          /* [WAITING_MAX][stride] */
    float one[WAITING_MAX]; /* 1 each */
    uint32_t *taken; /* [sources] how many of the waiting ones a row has behind it */
};

struct background *background_new(const struct layer *input, const struct kernels *k)
{
    struct background *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->input = input;
    b->kernels = k;
    b->change = net_vector(WAITING_MAX * input->stride);
    b->taken = calloc((size_t)input->sources + 1, sizeof *b->taken);
    for (int i = 0; i < WAITING_MAX; i++)
        b->one[i] = 1;
    if (b->change != NULL && b->taken != NULL)
        return b;
    background_free(b);
    return NULL;
}

void background_free(struct background *b)
{
    if (b == NULL)
        return;
    free(b->change);
    free(b->taken);
    free(b);
}

/* Columns first .. first + columns - 1 of row i take what is waiting. */
static void take(struct background *b, size_t i, size_t first, size_t columns)
{
    size_t stride = b->input->stride, taken = b->taken[i];
    if (taken < b->waiting)
        b->kernels->accumulate(b->input->w + i * stride + first,
                               b->change + taken * stride + first, stride, NULL, b->one,
                               b->waiting - taken, columns);
}

void background_catch_up(struct background *b, const uint32_t *row, size_t rows)
{
    size_t stride = b->input->stride;
    for (size_t first = 0; first < stride && b->waiting > 0; first += BLOCK_COLUMNS) {
        size_t columns = stride - first < BLOCK_COLUMNS ? stride - first : BLOCK_COLUMNS;
        for (size_t k = 0; k < rows; k++)
            take(b, row != NULL ? row[k] : k, first, columns);
    }
    for (size_t k = 0; k < rows; k++)
        b->taken[row != NULL ? row[k] : k] = b->waiting;
}

void background_settle(struct background *b)
{
    background_catch_up(b, NULL, b->input->sources);
    memset(b->taken, 0, b->input->sources * sizeof *b->taken);
    b->waiting = 0;
}

float *background_next(struct background *b)
{
    if (b->waiting == WAITING_MAX)
        background_settle(b);
    float *change = b->change + b->waiting++ * b->input->stride;
    memset(change, 0, b->input->stride * sizeof *change);
    return change;
}

void background_pass(struct background *b, size_t i)
{
    b->taken[i] = b->waiting;
}
