/* A pass into buckets by the leading bits of the size, then each bucket by itself: the
 * bits of floats that are not negative are ordered like the floats. */
#include "learn/rank.h"

#include <stdlib.h>
#include <string.h>

enum {
    MANTISSA = 23,
    OCTAVES =
        8, /* what is smaller than the largest by more factors of two shares a bucket */
    FINEST = 9, /* bits of the mantissa that tell buckets apart, at most */
    BUCKETS_MAX = (OCTAVES << FINEST) + 1,
    FEW = 24, /* items that are sorted by insertion */
    BYTES = 4,
    VALUES = 256,
};

/* How sizes fall into buckets. */
struct buckets {
    uint32_t n;
    uint32_t top; /* the leading bits of the largest size */
    int shift;    /* that leaves the leading bits */
};

enum status ranking_init(struct ranking *r, size_t most)
{
    *r = (struct ranking){.n = 0};
    r->item = calloc(most + 1, sizeof *r->item);
    r->list = calloc(most + 1, sizeof *r->list);
    r->count = calloc(BUCKETS_MAX, sizeof *r->count);
    if (r->item != NULL && r->list != NULL && r->count != NULL)
        return STATUS_OK;
    ranking_release(r);
    return STATUS_NO_MEMORY;
}

void ranking_release(struct ranking *r)
{
    free(r->item);
    free(r->list);
    free(r->count);
    *r = (struct ranking){.n = 0};
}

static uint32_t bits_of(const struct ranked *x)
{
    uint32_t bits;
    memcpy(&bits, &x->size, sizeof bits);
    return bits;
}

static void insertion_sort(struct ranked *x, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        struct ranked now = x[i];
        uint32_t at = i;
        for (; at > 0 && x[at - 1].size < now.size; at--)
            x[at] = x[at - 1];
        x[at] = now;
    }
}

/* A byte at a time; passes over a byte that all items share are left out. */
static void radix_sort(struct ranked *x, struct ranked *room, uint32_t n)
{
    uint32_t count[BYTES][VALUES] = {{0}};
    struct ranked *from = x, *to = room;
    for (uint32_t i = 0; i < n; i++)
        for (int b = 0; b < BYTES; b++)
            count[b][~bits_of(&x[i]) >> (8 * b) & 0xff]++;
    for (int b = 0; b < BYTES; b++) {
        if (count[b][~bits_of(&x[0]) >> (8 * b) & 0xff] == n)
            continue;
        uint32_t place = 0;
        for (int v = 0; v < VALUES; v++) {
            uint32_t here = count[b][v];
            count[b][v] = place;
            place += here;
        }
        for (uint32_t i = 0; i < n; i++)
            to[count[b][~bits_of(&from[i]) >> (8 * b) & 0xff]++] = from[i];
        struct ranked *kept = from;
        from = to;
        to = kept;
    }
    if (from != x)
        memcpy(x, from, n * sizeof *x);
}

static uint32_t bucket_of(const struct buckets *b, const struct ranked *x)
{
    uint32_t bucket = b->top - (bits_of(x) >> b->shift);
    return bucket < b->n ? bucket : b->n - 1;
}

/* A few items to each bucket where the largest ones are. */
static struct buckets choose_buckets(const struct ranked *x, uint32_t n)
{
    int fine = 2;
    while (fine < FINEST && (uint32_t)1 << (fine + 3) <= n)
        fine++;
    uint32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bits = bits_of(&x[i]);
        most = bits > most ? bits : most;
    }
    int shift = MANTISSA - fine;
    return (struct buckets){((uint32_t)OCTAVES << fine) + 1, most >> shift, shift};
}

/* Where the items of each bucket begin. */
static void count_items(const struct buckets *b, const struct ranked *x, uint32_t n,
                        uint32_t *count)
{
    memset(count, 0, b->n * sizeof *count);
    for (uint32_t i = 0; i < n; i++)
        count[bucket_of(b, &x[i])]++;
    uint32_t begin = 0;
    for (uint32_t k = 0; k < b->n; k++) {
        uint32_t here = count[k];
        count[k] = begin;
        begin += here;
    }
}

void ranking_sort(struct ranking *r, uint32_t n)
{
    r->n = n;
    if (n <= FEW) {
        memcpy(r->item, r->list, n * sizeof *r->item);
        insertion_sort(r->item, n);
        return;
    }
    struct buckets b = choose_buckets(r->list, n);
    count_items(&b, r->list, n, r->count);
    for (uint32_t i = 0; i < n; i++) /* count[k] moves on to where bucket k ends */
        r->item[r->count[bucket_of(&b, &r->list[i])]++] = r->list[i];
    for (uint32_t k = 0, begin = 0; k < b.n; begin = r->count[k++]) {
        uint32_t size = r->count[k] - begin;
        if (size > FEW)
            radix_sort(r->item + begin, r->list, size);
        else if (size > 1)
            insertion_sort(r->item + begin, size);
    }
}
