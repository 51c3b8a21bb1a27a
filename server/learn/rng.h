/* The random numbers of a run: xoshiro256++ (Blackman & Vigna 2019, "Scrambled linear
 * pseudorandom number generators"), seeded through splitmix64. Each use has a stream of its
 * own, so that drawing more masks never changes the order of the samples. A struct rng is
 * plain data: copying it copies the state. One thread at a time. */
#ifndef FRUGAL_LEARN_RNG_H
#define FRUGAL_LEARN_RNG_H

#include <stdint.h>

enum rng_stream { RNG_WEIGHTS = 1, RNG_ORDER, RNG_MASKS };

struct rng {
    uint64_t state[4];
    double spare; /* the second normal number of a pair */
    uint64_t has_spare;
};

/* `number` tells apart generators of one stream, e.g. the epochs of a shuffled order. */
void rng_init(struct rng *r, uint64_t seed, enum rng_stream stream, uint64_t number);

uint64_t rng_next(struct rng *r);

/* Uniform over 0 .. n - 1, without bias; n > 0. */
uint64_t rng_below(struct rng *r, uint64_t n);

/* Uniform over [0, 1) with 53 random bits. */
double rng_uniform(struct rng *r);

/* Normal with mean 0 and standard deviation 1 (Marsaglia's polar method). */
double rng_normal(struct rng *r);

#endif
