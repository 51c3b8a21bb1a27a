/* The bits of floats that are not negative are ordered like the floats. */
#include "learn/rank.h"

#include <stdlib.h>

enum {
    MANTISSA = 23,
    FINEST = 9, /* bits of the mantissa that tell buckets apart, at most */
    BUCKETS_MAX = (BUCKET_OCTAVES << FINEST) + 1,
    BYTES = 4,
    VALUES = 256,
};

enum status ranking_init(struct ranking *r, size_t most)
{
    *r = (struct ranking){.n = 0};
    r->item = calloc(most + 1, sizeof *r->item);
    r->room = calloc(most + 1, sizeof *r->room);
    r->before = calloc(BUCKETS_MAX + 1, sizeof *r->before);
    if (r->item != NULL && r->room != NULL && r->before != NULL)
        return STATUS_OK;
    ranking_release(r);
    return STATUS_NO_MEMORY;
}

void ranking_release(struct ranking *r)
{
    free(r->item);
    free(r->room);
    free(r->before);
    *r = (struct ranking){.n = 0};
}

/* Stable. */
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

static uint32_t descending_key(const struct ranked *x)
{
    return ~float_bits(x->size);
}

/* A byte at a time; passes over a byte that all items share are left out. */
static void radix_sort(struct ranked *x, struct ranked *room, uint32_t n)
{
    uint32_t count[BYTES][VALUES] = {{0}};
    struct ranked *from = x, *to = room;
    for (uint32_t i = 0; i < n; i++)
        for (int b = 0; b < BYTES; b++)
            count[b][descending_key(&x[i]) >> (8 * b) & 0xff]++;
    for (int b = 0; b < BYTES; b++) {
        if (count[b][descending_key(&x[0]) >> (8 * b) & 0xff] == n)
            continue;
        uint32_t place = 0;
        for (int v = 0; v < VALUES; v++) {
            uint32_t here = count[b][v];
            count[b][v] = place;
            place += here;
        }
        for (uint32_t i = 0; i < n; i++)
            to[count[b][descending_key(&from[i]) >> (8 * b) & 0xff]++] = from[i];
        struct ranked *kept = from;
        from = to;
        to = kept;
    }
    if (from != x)
        memcpy(x, from, n * sizeof *x);
}

/* A few items to each bucket where the largest ones are. */
static void choose_buckets(struct ranking *r, uint32_t n)
{
    int fine = 2;
    while (fine < FINEST && (uint32_t)1 << (fine + 4) <= n)
        fine++;
    uint32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bits = float_bits(r->room[i].size);
        most = bits > most ? bits : most;
    }
    r->n = n;
    r->shift = MANTISSA - fine;
    r->top = most >> r->shift;
    r->buckets = ((uint32_t)BUCKET_OCTAVES << fine) + 1;
}

/* Larger ones were sorted when they were filled, but for the rest. */
void ranking_settle(struct ranking *r, uint32_t bucket)
{
    uint32_t first = r->before[bucket], size = r->before[bucket + 1] - first;
    if (size <= RANKING_FEW)
        insertion_sort(r->item + first, size);
    else if (bucket + 1 == r->buckets)
        ranking_settle_rest(r);
}

void ranking_settle_rest(struct ranking *r)
{
    uint32_t first = r->before[r->buckets - 1];
    if (!r->rest_is_settled && r->n - first > RANKING_FEW)
        radix_sort(r->item + first, r->room, r->n - first);
    r->rest_is_settled = true;
}

void ranking_settle_all(struct ranking *r)
{
    for (uint32_t bucket = 0; bucket < r->buckets; bucket++)
        ranking_settle(r, bucket);
}

void ranking_fill(struct ranking *r, uint32_t n)
{
    choose_buckets(r, n);
    memset(r->before, 0, (r->buckets + 1) * sizeof *r->before);
    for (uint32_t i = 0; i < n; i++)
        r->before[ranking_bucket(r, float_bits(r->room[i].size)) + 1]++;
    uint32_t end = 0, largest = 0;
    for (uint32_t b = 0; b < r->buckets; b++) { /* before[b + 1]: where bucket b begins */
        uint32_t here = r->before[b + 1];
        largest = here > largest ? here : largest;
        r->before[b + 1] = end;
        end += here;
    }
    for (uint32_t i = 0; i < n; i++) { /* and now: where it ends */
        uint32_t bucket = ranking_bucket(r, float_bits(r->room[i].size));
        r->item[r->before[bucket + 1]++] = r->room[i];
    }
    r->rest_is_settled = false;
    for (uint32_t b = 0; b + 1 < r->buckets && largest > RANKING_FEW; b++) {
        uint32_t first = r->before[b], size = r->before[b + 1] - first;
        if (size > RANKING_FEW)
            radix_sort(r->item + first, r->room, size);
    }
}
