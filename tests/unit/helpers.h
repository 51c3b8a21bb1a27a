/* What several unit tests need: cmocka with all it includes, failures that name the seed,
 * and folders of their own. */
#ifndef FRUGAL_TESTS_HELPERS_H
#define FRUGAL_TESTS_HELPERS_H

#include <ftw.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "learn/rng.h"

/* For checks inside loops over random cases. */
#define CHECK(seed, condition)                                                           \
    do {                                                                                 \
        if (!(condition))                                                                \
            fail_msg("seed %" PRIu64 ": %s", (uint64_t)(seed), #condition);              \
    } while (0)

/* The random numbers of a test, apart from those of the code under test. */
static inline struct rng dice(uint64_t seed)
{
    struct rng r;
    rng_init(&r, seed, RNG_MASKS, 0x7e57);
    return r;
}

static inline uint32_t dice_below(struct rng *r, uint32_t n)
{
    return (uint32_t)rng_below(r, n);
}

static inline bool is_close(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * (1 + fabs(b));
}

enum { FOLDER_PATH = 200, FILE_PATH = 400 };

/* A fresh folder below $TMPDIR or /tmp. */
static inline void folder_make(char path[FOLDER_PATH])
{
    const char *tmp = getenv("TMPDIR");
    snprintf(path, FOLDER_PATH, "%s/frugal-test-XXXXXX",
             tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
    if (mkdtemp(path) == NULL)
        abort();
}

static inline int folder_remove_entry(const char *path, const struct stat *s, int type,
                                      struct FTW *where)
{
    (void)s;
    (void)type;
    (void)where;
    return remove(path);
}

static inline void folder_remove(const char *path)
{
    nftw(path, folder_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
