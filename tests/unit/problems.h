/* Random learning problems for the tests of the core. */
#ifndef FRUGAL_TESTS_PROBLEMS_H
#define FRUGAL_TESTS_PROBLEMS_H

#include "helpers.h"

#include "learn/learner.h"

/* Images with zeros and ties over a random background: samples and the dense inputs. */
struct inputs {
    struct samples *raw, *view;
    double *x; /* [count][features] */
};

/* In `blank` of 10 pixels there is nothing. `kind` 0: background 0; 1: one at random; 2:
 * one that makes many inputs exactly zero. */
static inline void inputs_init(struct inputs *in, struct rng *r, uint32_t count,
                               uint32_t features, uint32_t classes, uint32_t kind)
{
    size_t size = (size_t)count * features;
    uint8_t *pixel = calloc(size + 1, 1), *label = calloc(count + 1, 1);
    for (size_t i = 0; i < size; i++)
        if (dice_below(r, 10) < 3)
            pixel[i] = (uint8_t)(dice_below(r, 2) ? 102 : dice_below(r, 256));
    for (uint32_t t = 0; t < count; t++)
        label[t] = (uint8_t)dice_below(r, classes);
    float background = 0;
    if (kind == 1)
        background = (float)(rng_uniform(r) - 0.5);
    if (kind == 2)
        background = -102.0f / 255.0f;
    in->x = calloc(size + 1, sizeof *in->x);
    if (samples_from_pixels(pixel, label, count, features, classes, &in->raw) !=
            STATUS_OK ||
        samples_with_background(in->raw, background, &in->view) != STATUS_OK)
        abort();
    for (size_t i = 0; i < size; i++)
        in->x[i] = (double)((float)pixel[i] / 255.0f) + (double)background;
    free(pixel);
    free(label);
}

static inline void inputs_release(struct inputs *in)
{
    samples_free(in->view);
    samples_free(in->raw);
    free(in->x);
}

/* A learner with random weights; spec.init_std is filled in. */
static inline void learner_draw(struct learner *r, struct learner_spec *spec,
                                uint64_t seed)
{
    struct rng weights;
    for (uint32_t l = 0; l < spec->net.layers; l++)
        spec->net.init_std[l] = 0.8 / sqrt((double)spec->net.units[l] + 1);
    if (learner_init(r, spec, kernels_for(NULL)) != STATUS_OK)
        abort();
    rng_init(&weights, seed, RNG_WEIGHTS, 0);
    net_draw_weights(&r->net, &weights);
    if (learner_start(r) != STATUS_OK)
        abort();
}

#endif
