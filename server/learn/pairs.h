/* Samples two by two, each with one that lights much the same features: a row of weights
 * is then read once for both, which is what the first layer of an evaluation spends its
 * time on. Private to the core. */
#ifndef FRUGAL_LEARN_PAIRS_H
#define FRUGAL_LEARN_PAIRS_H

#include "learn/kernels.h"
#include "learn/samples.h"

struct pairs {
    uint32_t count;
    const uint32_t *sample; /* [count][2]; one that is alone makes a pair with itself */
    const uint64_t *start; /* [count + 1]: pair p owns entries start[p] .. start[p+1]-1 */
    const uint32_t *index; /* [start[count]]: features of either sample, ascending */
    const float *value;    /* [start[count]][2]: s of both */
};

/* Pairs the samples first .. first + count - 1 within their classes. Any thread may read
 * the result; free with pairs_free. NO_MEMORY. */
enum status pairs_new(const struct samples *s, uint32_t first, uint32_t count,
                      const struct kernels *k, struct pairs **ret);
void pairs_free(struct pairs *p);

#endif
