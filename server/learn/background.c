#include "learn/background.h"

#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 32 }; /* samples whose changes may wait */

struct background {
    const struct layer *input;
    const struct kernels *kernels;
    uint32_t waiting;
    float *change;          /* [WAITING_MAX][stride] */
    float one[WAITING_MAX]; /* 1 each */
    uint32_t *taken;        /* [sources] how many of the waiting ones a row has behind it */
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

void background_catch_up(struct background *b, size_t i)
{
    size_t stride = b->input->stride, taken = b->taken[i];
    if (taken < b->waiting)
        b->kernels->accumulate(b->input->w + i * stride, b->change + taken * stride, stride,
                               NULL, b->one, b->waiting - taken, stride);
    b->taken[i] = b->waiting;
}

void background_settle(struct background *b)
{
    for (size_t i = 0; i < b->input->sources; i++) {
        background_catch_up(b, i);
        b->taken[i] = 0;
    }
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
