/* Radix sort, a byte at a time: the bits of floats that are not negative are ordered like the
 * floats. Passes over a byte that all entries share are left out. */
#include "learn/rank.h"

#include <string.h>

enum { BYTES = 4, VALUES = 256 };

static uint32_t key_of(const struct ranked *x)
{
    uint32_t bits;
    memcpy(&bits, &x->size, sizeof bits);
    return ~bits; /* largest first */
}

void rank(struct ranked *x, struct ranked *room, size_t n)
{
    uint32_t count[BYTES][VALUES] = {{0}};
    struct ranked *from = x, *to = room;
    for (size_t i = 0; i < n; i++) {
        uint32_t key = key_of(&x[i]);
        for (int b = 0; b < BYTES; b++)
            count[b][key >> (8 * b) & 0xff]++;
    }
    for (int b = 0; b < BYTES && n > 0; b++) {
        if (count[b][key_of(&x[0]) >> (8 * b) & 0xff] == n)
            continue;
        uint32_t place = 0;
        for (int v = 0; v < VALUES; v++) {
            uint32_t here = count[b][v];
            count[b][v] = place;
            place += here;
        }
        for (size_t i = 0; i < n; i++)
            to[count[b][key_of(&from[i]) >> (8 * b) & 0xff]++] = from[i];
        struct ranked *kept = from;
        from = to;
        to = kept;
    }
    if (from != x)
        memcpy(x, from, n * sizeof *x);
}
