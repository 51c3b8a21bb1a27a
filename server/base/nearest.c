#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 64 };

void nearest_init(struct nearest *n, const char *word)
{
    *n = (struct nearest){.word = word, .distance = WORD_MAX};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance: three rows of the table are enough. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= nb; j++)
        last[j] = j;
    for (size_t i = 1; i <= na; i++) {
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(replaced, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[nb];
}

void nearest_consider(struct nearest *n, const char *candidate)
{
    size_t na = strlen(n->word), nb = strlen(candidate);
    if (na > WORD_MAX || nb > WORD_MAX)
        return;
    size_t longer = na > nb ? na : nb;
    size_t d = distance(n->word, na, candidate, nb);
    if (d * 3 <= longer && d < n->distance) {
        n->best = candidate;
        n->distance = d;
    }
}
