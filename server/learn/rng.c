#include "learn/rng.h"

#include <math.h>

#include <sleef.h>

static uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void rng_init(struct rng *r, uint64_t seed, enum rng_stream stream, uint64_t number)
{
    uint64_t mix = seed;
    mix = splitmix(&mix) ^ (uint64_t)stream;
    mix = splitmix(&mix) ^ number;
    *r = (struct rng){.spare = 0};
    for (int i = 0; i < 4; i++)
        r->state[i] = splitmix(&mix);
}

uint64_t rng_next(struct rng *r)
{
    uint64_t *s = r->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
    uint64_t too_small = -n % n; /* 2^64 mod n: results below it would be favoured */
    for (;;) {
        __extension__ unsigned __int128 product = (unsigned __int128)rng_next(r) * n;
        if ((uint64_t)product >= too_small)
            return (uint64_t)(product >> 64);
    }
}

double rng_uniform(struct rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *r)
{
    if (r->has_spare) {
        r->has_spare = 0;
        return r->spare;
    }
    double x, y, square;
    do {
        x = 2 * rng_uniform(r) - 1;
        y = 2 * rng_uniform(r) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double scale = sqrt(-2 * Sleef_cinz_logd1_u10purec(square) / square);
    r->spare = y * scale;
    r->has_spare = 1;
    return x * scale;
}
