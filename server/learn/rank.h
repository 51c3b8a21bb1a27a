/* Magnitudes ranked, the largest first. Private to the core. */
#ifndef FRUGAL_LEARN_RANK_H
#define FRUGAL_LEARN_RANK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"

struct ranked {
    float size; /* a magnitude, not negative */
    uint32_t index;
};

/* The items fall into buckets by the leading bits of their size, some to each factor of two;
 * what is smaller than the largest by more than BUCKET_OCTAVES of them, the rest, shares the
 * last one. Buckets of up to RANKING_FEW items, and the rest, keep the order of the list until
 * they are settled, which few of them ever need. */
enum { BUCKET_OCTAVES = 8, RANKING_FEW = 24 };

struct ranking {
    struct ranked *item; /* [n], bucket by bucket, the largest first */
    uint32_t n;
    uint32_t *before; /* [buckets + 1]: items in buckets of larger sizes; the last one is n */
    uint32_t buckets;
    uint32_t top; /* the leading bits of the largest */
    int shift;    /* that leaves the leading bits */
    bool rest_is_settled;
    struct ranked *room;
};

/* Room for `most` items. NO_MEMORY: nothing is left to release. */
enum status ranking_init(struct ranking *r, size_t most);
void ranking_release(struct ranking *r);

/* Where to list n items before ranking_fill puts them into their buckets. */
static inline struct ranked *ranking_list(struct ranking *r)
{
    return r->room;
}

void ranking_fill(struct ranking *r, uint32_t n);

/* Sorts a bucket, largest first; of equal sizes the one that was listed first stays first. */
void ranking_settle(struct ranking *r, uint32_t bucket);
void ranking_settle_rest(struct ranking *r);
void ranking_settle_all(struct ranking *r);

static inline uint32_t float_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* The bucket of a size, from its bits; 0 also for what is larger than all. */
static inline uint32_t ranking_bucket(const struct ranking *r, uint32_t bits)
{
    uint32_t key = bits >> r->shift;
    uint32_t bucket = key < r->top ? r->top - key : 0;
    return bucket < r->buckets ? bucket : r->buckets - 1;
}

#endif
