/* In: dense images or vectors. Out: the sparse form with a background and the sums over
 * each sample that forward pass and energies need. Knows no files. */
#include "learn/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/pairs.h"
#include "learn/rank.h"

/* The arrays of a struct samples while they are filled. */
struct builder {
    struct samples view; /* first, so that samples_free gets the builder's address */
    uint64_t *start;     /* NULL, like index, value and label: shared with another set */
    uint32_t *index;
    float *value;
    uint8_t *label;
    uint16_t *by_size;
    float *sum_s;
    double *sum_abs;
    uint32_t *active;
    struct ranking ranking; /* scratch */
    struct pairs *pairs;
};

void samples_free(struct samples *s)
{
    struct builder *b = (struct builder *)s;
    if (b == NULL)
        return;
    free(b->start);
    free(b->index);
    free(b->value);
    free(b->label);
    free(b->by_size);
    free(b->sum_s);
    free(b->sum_abs);
    free(b->active);
    ranking_release(&b->ranking);
    pairs_free(b->pairs);
    free(b);
}

enum status samples_pair(struct samples *s)
{
    struct builder *b = (struct builder *)s;
    enum status status = pairs_new(s, 0, s->count, kernels_for(NULL), &b->pairs);
    s->pairs = b->pairs;
    return status;
}

/* Room for what each background has for itself. */
static struct builder *builder_new(uint32_t count, uint32_t features, uint64_t entries)
{
    struct builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->view.count = count;
    b->view.by_size = b->by_size = calloc(entries + 1, sizeof *b->by_size);
    b->view.sum_s = b->sum_s = calloc((size_t)count + 1, sizeof *b->sum_s);
    b->view.sum_abs = b->sum_abs = calloc((size_t)count + 1, sizeof *b->sum_abs);
    b->view.active = b->active = calloc((size_t)count + 1, sizeof *b->active);
    if (ranking_init(&b->ranking, features) == STATUS_OK && b->by_size != NULL &&
        b->sum_s != NULL && b->sum_abs != NULL && b->active != NULL)
        return b;
    samples_free(&b->view);
    return NULL;
}

/* The same, and room for entries and labels. */
static struct builder *builder_with_entries(uint32_t count, uint32_t features,
                                            uint32_t classes, uint64_t entries,
                                            const uint8_t *labels)
{
    struct builder *b = builder_new(count, features, entries);
    if (b == NULL)
        return NULL;
    b->view.features = features;
    b->view.classes = classes;
    b->view.start = b->start = calloc((size_t)count + 1, sizeof *b->start);
    b->view.index = b->index = calloc(entries + 1, sizeof *b->index);
    b->view.value = b->value = calloc(entries + 1, sizeof *b->value);
    b->view.label = b->label = calloc((size_t)count + 1, sizeof *b->label);
    if (!b->start || !b->index || !b->value || !b->label) {
        samples_free(&b->view);
        return NULL;
    }
    memcpy(b->label, labels, count);
    return b;
}

static void add_entry(struct builder *b, uint32_t t, uint32_t feature, float s)
{
    uint64_t at = b->start[t + 1]++;
    b->index[at] = feature;
    b->value[at] = s;
}

static void order_by_size(struct builder *b, uint32_t t)
{
    struct ranked *entry = b->ranking.list;
    const struct samples *s = &b->view;
    uint64_t first = s->start[t];
    uint32_t n = (uint32_t)(s->start[t + 1] - first);
    for (uint32_t i = 0; i < n; i++)
        entry[i] = (struct ranked){fabsf(s->value[first + i] + s->background), i};
    ranking_sort(&b->ranking, n);
    for (uint32_t i = 0; i < n; i++)
        b->by_size[first + i] = (uint16_t)b->ranking.item[i].index;
}

/* The sums over sample t, once its entries are there. */
static void sum_up(struct builder *b, uint32_t t)
{
    const struct samples *s = &b->view;
    double background = (double)s->background, sum_s = 0, sum_abs = 0;
    uint64_t rest = s->features - (s->start[t + 1] - s->start[t]);
    uint32_t silent = background == 0 ? (uint32_t)rest : 0;
    for (uint64_t e = s->start[t]; e < s->start[t + 1]; e++) {
        double x = (double)s->value[e] + background;
        sum_s += (double)s->value[e];
        sum_abs += fabs(x);
        silent += x == 0;
    }
    b->sum_s[t] = (float)sum_s;
    b->sum_abs[t] = sum_abs + (double)rest * fabs(background);
    b->active[t] = s->features - silent;
    order_by_size(b, t);
}

enum status samples_from_pixels(const uint8_t *pixels, const uint8_t *labels,
                                uint32_t count, uint32_t features, uint32_t classes,
                                struct samples **ret)
{
    size_t size = (size_t)count * features;
    uint64_t entries = 0;
    for (size_t i = 0; i < size; i++)
        entries += pixels[i] != 0;
    struct builder *b = builder_with_entries(count, features, classes, entries, labels);
    if (b == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t t = 0; t < count; t++) {
        const uint8_t *image = pixels + (size_t)t * features;
        b->start[t + 1] = b->start[t];
        for (uint32_t i = 0; i < features; i++)
            if (image[i] != 0)
                add_entry(b, t, i, (float)image[i] / 255.0f);
        sum_up(b, t);
    }
    *ret = &b->view;
    return STATUS_OK;
}

enum status samples_with_background(const struct samples *s, float background,
                                    struct samples **ret)
{
    struct builder *b = builder_new(s->count, s->features, s->start[s->count]);
    if (b == NULL)
        return STATUS_NO_MEMORY;
    b->view = (struct samples){.count = s->count,
                               .features = s->features,
                               .classes = s->classes,
                               .background = background,
                               .start = s->start,
                               .index = s->index,
                               .value = s->value,
                               .label = s->label,
                               .by_size = b->by_size,
                               .sum_s = b->sum_s,
                               .sum_abs = b->sum_abs,
                               .active = b->active,
                               .pairs = s->pairs};
    for (uint32_t t = 0; t < s->count; t++)
        sum_up(b, t);
    *ret = &b->view;
    return STATUS_OK;
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The most frequent of n values; sorts them. */
static float most_frequent(float *x, size_t n)
{
    qsort(x, n, sizeof *x, ascending);
    float best = 0;
    size_t best_run = 0, run = 0;
    for (size_t i = 0; i < n; i++) {
        run = i > 0 && x[i] == x[i - 1] ? run + 1 : 1;
        if (run > best_run) {
            best_run = run;
            best = x[i];
        }
    }
    return best;
}

enum status samples_from_values(const float *x, const uint8_t *labels, uint32_t count,
                                uint32_t features, uint32_t classes, struct samples **ret)
{
    size_t size = (size_t)count * features;
    float *sorted = malloc((size > 0 ? size : 1) * sizeof *sorted);
    struct builder *b = builder_with_entries(count, features, classes, size, labels);
    if (sorted == NULL || b == NULL) {
        free(sorted);
        samples_free(b != NULL ? &b->view : NULL);
        return STATUS_NO_MEMORY;
    }
    memcpy(sorted, x, size * sizeof *sorted);
    b->view.background = most_frequent(sorted, size);
    free(sorted);
    for (uint32_t t = 0; t < count; t++) {
        b->start[t + 1] = b->start[t];
        for (uint32_t i = 0; i < features; i++) {
            float s = x[(size_t)t * features + i] - b->view.background;
            if (s != 0)
                add_entry(b, t, i, s);
        }
        sum_up(b, t);
    }
    *ret = &b->view;
    return STATUS_OK;
}
