/* A labelled set of inputs in the form in which the core reads them: sparse on top of a
 * constant background, x = s + background, with s zero for most features. After centring,
 * the background of an image is minus the mean, and s holds its non-black pixels. */
#ifndef FRUGAL_LEARN_SAMPLES_H
#define FRUGAL_LEARN_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { SAMPLES_FEATURES_MAX = 65535 };

struct samples {
    uint32_t count, features, classes;
    float background;
    const uint64_t
        *start; /* [count + 1]: sample t owns entries start[t] .. start[t+1]-1 */
    const uint32_t *index;   /* [start[count]]: features, ascending within a sample */
    const float *value;      /* [start[count]]: s, never 0 */
    const uint8_t *label;    /* [count]: 0 .. classes - 1 */
    const uint16_t *by_size; /* [start[count]]: the entries of a sample, counted from its
                                first, in the order of |x|, largest first */
    const float *sum_s;      /* [count]: sum of s */
    const double *sum_abs;   /* [count]: sum of |x| over all features */
    const uint32_t *active;  /* [count]: features with x != 0 */
    const struct pairs *pairs; /* for evaluations; NULL: not made, see samples_pair */
};

/* Sum of x over all features of sample t. */
static inline float samples_sum(const struct samples *s, uint32_t t)
{
    return s->sum_s[t] + s->background * (float)s->features;
}

/* Makes samples out of `count` images of `features` bytes: s = pixel / 255, background 0.
 * Any thread may read the result. At most SAMPLES_FEATURES_MAX features. Free with
 * samples_free. NO_MEMORY. */
enum status samples_from_pixels(const uint8_t *pixels, const uint8_t *labels,
                                uint32_t count, uint32_t features, uint32_t classes,
                                struct samples **ret);

/* The same for real-valued inputs, row major [count][features]; the background is the
 * most frequent value. NO_MEMORY. */
enum status samples_from_values(const float *x, const uint8_t *labels, uint32_t count,
                                uint32_t features, uint32_t classes,
                                struct samples **ret);

/* The same samples with another background. Shares the entries with `s`, which must live
 * longer. NO_MEMORY. */
enum status samples_with_background(const struct samples *s, float background,
                                    struct samples **ret);

/* Pairs the samples for the evaluations of many runs, which else pair them for
 * themselves. Before any other thread sees them. NO_MEMORY. */
enum status samples_pair(struct samples *s);

void samples_free(struct samples *s);

#endif
