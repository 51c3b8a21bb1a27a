/* In: cells. Out: some of them, or a number of one. It judges nothing. */
#include "groups.h"

#include <math.h>
#include <string.h>

#include "field.h"
#include "params.h"

enum { WORDS_MAX_BYTES = 4096 };

void groups_add_words(struct buf *b, const json_t *cell, const char *without)
{
    const char *pointer;
    json_t *value, *params = json_object_get(cell, "params");
    size_t start = b->len;
    json_object_foreach(params, pointer, value)
    {
        if (without != NULL && strcmp(pointer, without) == 0)
            continue;
        buf_adds(b, b->len > start ? ", " : "");
        if (!json_is_object(value)) {
            params_add_name(b, pointer);
            buf_addc(b, ' ');
        }
        params_add_words(b, value);
    }
}

json_t *groups_of(const json_t *cells, const char *pointer)
{
    json_t *groups = json_object();
    for (size_t i = 0; i < json_array_size(cells); i++) {
        json_t *cell = json_array_get(cells, i);
        struct buf label;
        buf_init(&label, WORDS_MAX_BYTES);
        groups_add_words(&label, cell, pointer);
        json_t *group = json_object_get(groups, label.data);
        if (group == NULL) {
            group = json_array();
            json_object_set_new(groups, label.data, group);
        }
        json_array_append(group, cell);
        buf_release(&label);
    }
    return groups;
}

static const json_t *value_at(const json_t *cell, const char *pointer)
{
    return json_object_get(json_object_get(cell, "params"), pointer);
}

double groups_number(const json_t *cell, const char *pointer)
{
    const json_t *value = value_at(cell, pointer);
    if (json_is_array(value))
        value = json_array_get(value, 0);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static const json_t *statistics(const json_t *cell, const char *metric)
{
    return json_object_get(json_object_get(cell, "metrics"), metric);
}

double groups_mean(const json_t *cell, const char *metric)
{
    return field_number(statistics(cell, metric), "mean");
}

double groups_sem(const json_t *cell, const char *metric)
{
    return field_number(statistics(cell, metric), "sem");
}

double groups_at_least(const json_t *cell, const char *metric)
{
    static const char *const known[] = {"mean", "at_least", "median"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double x = field_number(statistics(cell, metric), known[i]);
        if (!isnan(x))
            return x;
    }
    return NAN;
}

const json_t *groups_lowest(const json_t *cells, const char *metric)
{
    const json_t *lowest = NULL;
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        double x = groups_mean(cell, metric);
        if (!isnan(x) && (lowest == NULL || x < groups_mean(lowest, metric)))
            lowest = cell;
    }
    return lowest;
}

json_t *groups_where(const json_t *cells, const char *pointer, const json_t *value,
                     bool equal)
{
    json_t *some = json_array();
    for (size_t i = 0; i < json_array_size(cells); i++) {
        json_t *cell = json_array_get(cells, i);
        if ((json_equal(value_at(cell, pointer), value) == 1) == equal)
            json_array_append(some, cell);
    }
    return some;
}

json_t *groups_at_top(const json_t *cells, const char *pointer)
{
    const json_t *top = json_array_get(cells, 0);
    for (size_t i = 0; i < json_array_size(cells); i++)
        if (groups_number(json_array_get(cells, i), pointer) >
            groups_number(top, pointer))
            top = json_array_get(cells, i);
    return groups_where(cells, pointer, value_at(top, pointer), true);
}
