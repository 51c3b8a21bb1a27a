/* Forward and backward passes and the evaluation: sgemv and sgemm. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "dense.h"

static uint64_t dice_next(struct net *n)
{
    n->dice ^= n->dice << 13;
    n->dice ^= n->dice >> 7;
    n->dice ^= n->dice << 17;
    return n->dice;
}

uint32_t dice_below(struct net *n, uint32_t limit)
{
    return (uint32_t)((dice_next(n) >> 32) * limit >> 32);
}

static double dice_normal(struct net *n)
{
    double u = ((double)(dice_next(n) >> 11) + 0.5) * 0x1p-53;
    double v = (double)(dice_next(n) >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void choose(struct net *n, uint8_t *mask, size_t size, double fraction)
{
    size_t left = size, need = (size_t)(fraction * (double)size + 0.5);
    for (size_t i = 0; i < size; i++, left--)
        if (dice_below(n, (uint32_t)left) < need) {
            mask[i] = 1;
            need--;
        }
}

static void draw_masks(struct net *n, struct layer *layer, double fraction)
{
    size_t size = (size_t)layer->rows * layer->targets;
    if (fraction >= 1 || n->rule.mask == NO_MASK)
        return;
    uint8_t *mask = room(size);
    if (n->rule.mask == UNIT_MASK) {
        choose(n, mask, layer->targets, fraction);
        layer->unit_mask = mask;
        return;
    }
    choose(n, mask, size, fraction);
    layer->mask = room(size * sizeof(float));
    for (size_t i = 0; i < size; i++)
        layer->mask[i] = mask[i];
}

void net_start(struct net *n, const uint32_t *units, uint32_t layers)
{
    size_t largest = 0;
    n->layers = layers;
    n->dice = 0x9e3779b97f4a7c15;
    n->x = room((units[0] + 1) * sizeof(float));
    n->x[units[0]] = 1;
    for (uint32_t l = 0; l < layers; l++) {
        struct layer *layer = &n->layer[l];
        *layer = (struct layer){
            .sources = units[l], .targets = units[l + 1], .rows = units[l] + 1};
        size_t size = (size_t)layer->rows * layer->targets;
        largest = size > largest ? size : largest;
        layer->w = room(size * sizeof(float));
        layer->start = room(size * sizeof(float));
        layer->y = room((layer->targets + 1) * sizeof(float));
        layer->delta = room((layer->targets + 1) * sizeof(float));
        layer->change = room((layer->targets + 1) * sizeof(float));
        layer->y[layer->targets] = 1;
        if (n->rule.threshold > 0)
            layer->transient = room(size * sizeof(float));
        for (size_t i = 0; i < size; i++)
            layer->w[i] = (float)(0.03 * dice_normal(n));
        memcpy(layer->start, layer->w, size * sizeof(float));
        draw_masks(n, layer, n->rule.mask_fraction[l]);
    }
    if (n->rule.by == BY_NONE)
        return;
    n->score = room(largest * sizeof(float));
    n->ordered = room(largest * sizeof(float));
}

static void leak(float *y, size_t n)
{
    for (size_t j = 0; j < n; j++)
        y[j] = y[j] > 0 ? y[j] : 0.1f * y[j];
}

static void forward(struct net *n)
{
    const float *y = n->x;
    for (uint32_t l = 0; l < n->layers; l++) {
        struct layer *layer = &n->layer[l];
        cblas_sgemv(CblasRowMajor, CblasTrans, (int)layer->rows, (int)layer->targets, 1,
                    layer->w, (int)layer->targets, y, 1, 0, layer->y, 1);
        if (l + 1 < n->layers)
            leak(layer->y, layer->targets);
        y = layer->y;
    }
}

static void backward(struct net *n, uint32_t first)
{
    for (uint32_t l = n->layers - 1; l > first; l--) {
        struct layer *layer = &n->layer[l], *below = &n->layer[l - 1];
        cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)layer->sources, (int)layer->targets,
                    1, layer->w, (int)layer->targets, layer->delta, 1, 0, below->delta, 1);
        for (uint32_t j = 0; j < below->targets; j++)
            below->delta[j] *= below->y[j] > 0 ? 1 : 0.1f;
    }
}

static uint32_t largest_of(const float *y, uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t j = 1; j < n; j++)
        if (y[j] > y[best])
            best = j;
    return best;
}

void net_step(struct net *n, const struct images *s, uint32_t t, float mean)
{
    const uint8_t *pixel = s->pixel + (size_t)t * s->features;
    struct layer *out = &n->layer[n->layers - 1];
    for (uint32_t i = 0; i < s->features; i++)
        n->x[i] = (float)pixel[i] * (1 / 255.0f) - mean;
    forward(n);
    if (n->rule.gate_wrong && largest_of(out->y, out->targets) == s->label[t])
        return;
    for (uint32_t j = 0; j < out->targets; j++)
        out->delta[j] = (float)(j == s->label[t]) - out->y[j];
    uint32_t first = 0; /* layers below the first that learns need no error */
    while (first + 1 < n->layers && n->rule.rate[first] == 0)
        first++;
    backward(n, first);
    net_update(n);
}

static double direct(const struct net *n)
{
    double sum = 0;
    for (uint32_t l = 0; l < n->layers; l++) {
        const struct layer *layer = &n->layer[l];
        for (uint32_t i = 0; i < layer->rows; i++) {
            size_t row = (size_t)i * layer->targets;
            float s = 0;
            for (uint32_t j = 0; j < layer->targets; j++)
                s += fabsf(layer->w[row + j] - layer->start[row + j]);
            sum += (double)s;
        }
    }
    return sum;
}

double net_accuracy(struct net *n, const float *x, const uint8_t *label, uint32_t count,
                    double *ret_direct)
{
    enum { BATCH = 1000 };
    static float *y[LAYERS_MAX]; /* [BATCH][targets + 1] */
    uint32_t correct = 0;
    for (uint32_t first = 0; first < count; first += BATCH) {
        const float *in = x + (size_t)first * n->layer[0].rows;
        for (uint32_t l = 0; l < n->layers; l++) {
            const struct layer *layer = &n->layer[l];
            size_t width = layer->targets + 1;
            if (y[l] == NULL)
                y[l] = room(BATCH * width * sizeof(float));
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH,
                        (int)layer->targets, (int)layer->rows, 1, in, (int)layer->rows,
                        layer->w, (int)layer->targets, 0, y[l], (int)width);
            if (l + 1 < n->layers)
                leak(y[l], BATCH * width);
            for (uint32_t t = 0; t < BATCH; t++)
                y[l][t * width + layer->targets] = 1;
            in = y[l];
        }
        uint32_t classes = n->layer[n->layers - 1].targets;
        for (uint32_t t = 0; t < BATCH; t++)
            correct += largest_of(in + t * (classes + 1), classes) == label[first + t];
    }
    *ret_direct = direct(n);
    return correct / (double)count;
}
