/* In: samples. Out: an order in which neighbours are alike, so that what one pair has
 * read is still at hand for the next, and the entries of each pair. Greedy: each sample
 * is followed by the one of those left that differs from it in the fewest features. */
#include "learn/pairs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 1024,         /* samples of a class among which a partner is looked for, */
    WINDOW_WORK = 1 << 24, /* and less if so many words would have to be compared */
    WORD = 64,
};

struct builder {
    struct pairs view; /* first, so that pairs_free gets the builder's address */
    uint32_t *sample;
    uint64_t *start;
    uint32_t *index;
    float *value;
};

/* What is needed while partners are looked for. */
struct search {
    const struct samples *samples;
    const struct kernels *kernels;
    uint32_t *order; /* [count] samples, class by class */
    uint64_t *lit;   /* [WINDOW][words] a bit for each feature of a sample */
    size_t words;
    uint32_t window; /* samples that are compared with each other */
};

void pairs_free(struct pairs *p)
{
    struct builder *b = (struct builder *)p;
    if (b == NULL)
        return;
    free(b->sample);
    free(b->start);
    free(b->index);
    free(b->value);
    free(b);
}

static uint32_t entries_of(const struct samples *s, uint32_t t)
{
    return (uint32_t)(s->start[t + 1] - s->start[t]);
}

static void order_by_class(struct search *q, uint32_t first, uint32_t count)
{
    uint32_t n = 0;
    for (uint32_t class = 0; class < q->samples->classes; class ++)
        for (uint32_t t = first; t < first + count; t++)
            if (q->samples->label[t] == class)
                q->order[n++] = t;
}

static void light(struct search *q, const uint32_t *window, uint32_t n)
{
    const struct samples *s = q->samples;
    memset(q->lit, 0, n * q->words * sizeof *q->lit);
    for (uint32_t i = 0; i < n; i++)
        for (uint64_t e = s->start[window[i]]; e < s->start[window[i] + 1]; e++)
            q->lit[i * q->words + s->index[e] / WORD] |= (uint64_t)1
                                                         << s->index[e] % WORD;
}

/* Moves the nearest to window[0] to window[1], where it may be the next to look from. */
static void find_next(struct search *q, uint32_t *window, uint64_t *lit, uint32_t n)
{
    uint32_t best = 1, least = UINT32_MAX;
    for (uint32_t i = 1; i < n; i++) {
        uint32_t both = q->kernels->overlap(lit, lit + i * q->words, q->words);
        /* Entries that only one of the two has, up to what is the same for all. */
        uint32_t apart =
            entries_of(q->samples, window[i]) + q->samples->features - 2 * both;
        if (apart < least) {
            least = apart;
            best = i;
        }
    }
    uint32_t kept = window[1];
    window[1] = window[best];
    window[best] = kept;
    for (size_t i = 0; i < q->words; i++) {
        uint64_t word = lit[q->words + i];
        lit[q->words + i] = lit[best * q->words + i];
        lit[best * q->words + i] = word;
    }
}

static void add_pair(struct builder *b, const struct samples *s, uint32_t a, uint32_t c)
{
    uint32_t p = b->view.count++;
    uint64_t at = b->start[p];
    uint64_t i = s->start[a], j = s->start[c];
    b->sample[2 * (size_t)p] = a;
    b->sample[2 * (size_t)p + 1] = c;
    while (i < s->start[a + 1] || j < s->start[c + 1]) {
        bool left =
            j == s->start[c + 1] || (i < s->start[a + 1] && s->index[i] <= s->index[j]);
        bool right =
            i == s->start[a + 1] || (j < s->start[c + 1] && s->index[j] <= s->index[i]);
        b->index[at] = left ? s->index[i] : s->index[j];
        b->value[2 * at] = left ? s->value[i++] : 0;
        b->value[2 * at + 1] = right ? s->value[j++] : 0;
        at++;
    }
    b->start[p + 1] = at;
}

static void pair_window(struct builder *b, struct search *q, uint32_t *window, uint32_t n)
{
    light(q, window, n);
    for (uint32_t i = 0; i + 1 < n; i++)
        find_next(q, window + i, q->lit + i * q->words, n - i);
    for (uint32_t i = 0; i < n; i += 2)
        add_pair(b, q->samples, window[i], window[i + 1 < n ? i + 1 : i]);
}

static void pair_all(struct builder *b, struct search *q, uint32_t first, uint32_t count)
{
    const uint8_t *label = q->samples->label;
    order_by_class(q, first, count);
    for (uint32_t i = 0, n; i < count; i += n) {
        for (n = 1; n < q->window && i + n < count; n++)
            if (label[q->order[i + n]] != label[q->order[i]])
                break;
        pair_window(b, q, q->order + i, n);
    }
}

/* Room for at most so many pairs and entries. */
static struct builder *builder_new(size_t pairs, uint64_t entries)
{
    struct builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->view.sample = b->sample = calloc(2 * pairs + 1, sizeof *b->sample);
    b->view.start = b->start = calloc(pairs + 1, sizeof *b->start);
    b->view.index = b->index = malloc((entries + 1) * sizeof *b->index);
    b->view.value = b->value = malloc((2 * entries + 1) * sizeof *b->value);
    if (b->sample != NULL && b->start != NULL && b->index != NULL && b->value != NULL)
        return b;
    pairs_free(&b->view);
    return NULL;
}

/* Gives back what partners have in common. */
static void shrink(struct builder *b)
{
    uint64_t entries = b->start[b->view.count];
    uint32_t *index = realloc(b->index, (entries + 1) * sizeof *index);
    float *value = realloc(b->value, (2 * entries + 1) * sizeof *value);
    b->view.index = b->index = index != NULL ? index : b->index;
    b->view.value = b->value = value != NULL ? value : b->value;
}

enum status pairs_new(const struct samples *s, uint32_t first, uint32_t count,
                      const struct kernels *k, struct pairs **ret)
{
    struct search q = {.samples = s, .kernels = k};
    q.words = ((size_t)s->features + WORD - 1) / WORD;
    for (q.window = WINDOW; (size_t)q.window * q.window * q.words > WINDOW_WORK;)
        q.window /= 2;
    q.order = calloc((size_t)count + 1, sizeof *q.order);
    q.lit = calloc(WINDOW * q.words + 1, sizeof *q.lit);
    /* A class has at most one sample that stays alone in each window. */
    size_t most = count / 2 + count / q.window + s->classes + 1;
    struct builder *b = builder_new(most, s->start[first + count] - s->start[first]);
    enum status status = STATUS_NO_MEMORY;
    if (q.order != NULL && q.lit != NULL && b != NULL) {
        pair_all(b, &q, first, count);
        shrink(b);
        *ret = &b->view;
        status = STATUS_OK;
    } else {
        pairs_free(b != NULL ? &b->view : NULL);
    }
    free(q.order);
    free(q.lit);
    return status;
}
