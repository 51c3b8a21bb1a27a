/* In: the sweep of a job spec. Out: axes, cells, and the spec of each cell; or the problems
 * with them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "spec/json_text.h"
#include "spec/parse.h"
#include "spec/sweep.h"

/* Whether a section changes a run, and not only what is kept of it. */
static bool is_canonical_section(const char *pointer)
{
    for (size_t i = 0; i < fields_count; i++)
        if (fields[i].in_canonical && field_is_below(&fields[i], pointer))
            return true;
    return false;
}

/* Finds what a sweep's pointer means: a field, an entry of a list, or a whole section. */
static bool resolve_axis(struct axis *a)
{
    a->field = field_find(a->pointer);
    const char *slash = strrchr(a->pointer, '/');
    if (a->field == NULL && slash != NULL && slash[1] >= '0' && slash[1] <= '9') {
        char parent[POINTER_MAX], *end;
        snprintf(parent, sizeof parent, "%.*s", (int)(slash - a->pointer), a->pointer);
        a->field = field_find(parent);
        a->entry = strtoul(slash + 1, &end, 10);
        a->is_entry = true;
        if (a->field == NULL || !field_has_list(a->field) || (slash[1] == '0' && slash[2]) || *end != '\0' || end - slash > 3)
            a->field = NULL;
    }
    if (a->field == NULL)
        return a->pointer[0] == '/' && is_canonical_section(a->pointer);
    return a->field->in_canonical;
}

void sweep_read_axis(struct plan *p, const char *key, json_t *values,
                      struct problems *problems)
{
    char at[POINTER_MAX];
    pointer_join(at, sizeof at, "/sweep", key);
    struct axis *a = &p->axis[p->axis_count];
    *a = (struct axis){.values = values};
    bool fits = strlen(key) < sizeof a->pointer;
    snprintf(a->pointer, sizeof a->pointer, "%s", key);
    if (!fits || !resolve_axis(a)) {
        struct nearest near;
        nearest_init(&near, key);
        for (size_t i = 0; i < fields_count; i++)
            if (fields[i].in_canonical)
                nearest_consider(&near, fields[i].pointer);
        problems_add(problems, at, "not_sweepable", near.best,
                     "must be the JSON pointer of a field or section that changes a run");
    } else if (json_array_size(values) == 0) {
        problems_add(problems, at, "wrong_type", NULL,
                     "must be a list of the values to take");
    } else if (p->axis_count == AXES_MAX - 1) {
        problems_add(problems, at, "too_many", NULL, "at most %d axes", AXES_MAX - 1);
    } else {
        json_incref(values);
        p->axis_count++;
    }
}

/* Cells times seeds, without overflow. */
static void count_cells(struct plan *p, struct problems *problems)
{
    p->cells = 1;
    double runs = (double)p->seed_count;
    for (size_t i = 0; i < p->axis_count; i++) {
        p->cells *= json_array_size(p->axis[i].values);
        runs *= (double)json_array_size(p->axis[i].values);
        if (runs > SPEC_RUNS_MAX)
            p->cells = 0;
    }
    if (runs > SPEC_RUNS_MAX)
        problems_add(problems, "/sweep", "too_many_runs", NULL,
                     "the sweep and the seeds make %.0f runs, more than %d", runs,
                     SPEC_RUNS_MAX);
}

void sweep_read(struct plan *p, json_t *sweep, struct problems *problems)
{
    const char *key;
    json_t *values;
    if (sweep != NULL && !json_is_object(sweep)) {
        problems_add(problems, "/sweep", "wrong_type", NULL,
                     "must be an object of JSON pointers and lists of values");
        return;
    }
    json_object_foreach(sweep, key, values)
        sweep_read_axis(p, key, values, problems);
    count_cells(p, problems);
}

static json_t *axis_value(const struct plan *p, size_t axis, size_t cell)
{
    size_t below = 1; /* the last axis runs fastest */
    for (size_t i = axis + 1; i < p->axis_count; i++)
        below *= json_array_size(p->axis[i].values);
    json_t *values = p->axis[axis].values;
    return json_array_get(values, cell / below % json_array_size(values));
}

/* Sets what an axis varies. */
static void apply_value(const struct axis *a, const json_t *value, const char *pointer,
                        struct spec *s, struct problems *problems)
{
    if (a->field == NULL)
        parse_value_of_section(value, a->pointer, s, problems);
    else if (a->is_entry)
        field_set_entry(a->field, a->entry, spec_layers(s), value, pointer, s, problems);
    else
        field_set(a->field, value, pointer, s, problems);
}

enum { CELL_MAX = 400 };

enum { RANK_FIELD = 8, RANK_ENTRY, RANKS };

/* Larger sections come before smaller ones, then fields, then entries, so that each finds
 * what it changes. */
static int rank_of(const struct axis *a)
{
    int depth = 0;
    if (a->field != NULL)
        return a->is_entry ? RANK_ENTRY : RANK_FIELD;
    for (const char *c = a->pointer; *c != '\0'; c++)
        depth += *c == '/';
    return depth < RANK_FIELD ? depth : RANK_FIELD - 1;
}

static void apply_cell(const struct plan *p, size_t cell, struct spec *s,
                       struct problems *problems)
{
    for (int rank = 0; rank < RANKS; rank++)
        for (size_t i = 0; i < p->axis_count; i++)
            if (rank_of(&p->axis[i]) == rank)
                apply_value(&p->axis[i], axis_value(p, i, cell), p->axis[i].pointer, s,
                            problems);
}

/* A value as it is compared: 100 and 100.0 are the same. */
struct known_value {
    char *text;
    size_t place;
};

static int by_text(const void *a, const void *b)
{
    const struct known_value *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static char *comparable_text(const json_t *value)
{
    json_t *real = json_is_number(value) ? json_real(json_number_value(value)) : NULL;
    char *text = json_exact_text(real != NULL ? real : value,
                                 JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    json_decref(real);
    return text;
}

/* A cell is known by its values, so none may be there twice. */
static void check_doubles(const struct axis *a, struct problems *problems)
{
    char at[POINTER_MAX], pointer[POINTER_MAX + 32];
    size_t n = json_array_size(a->values), known = 0;
    struct known_value *value = calloc(n, sizeof *value);
    for (size_t i = 0; value != NULL && i < n; i++) {
        value[i] = (struct known_value){comparable_text(json_array_get(a->values, i)), i};
        known += value[i].text != NULL;
    }
    if (n > 0 && known < n)
        problems_add(problems, "", "no_memory", NULL, "the server is out of memory");
    else if (n > 0)
        qsort(value, n, sizeof *value, by_text);
    pointer_join(at, sizeof at, "/sweep", a->pointer);
    for (size_t i = 1; known == n && i < n; i++)
        if (strcmp(value[i].text, value[i - 1].text) == 0) {
            snprintf(pointer, sizeof pointer, "%s/%zu", at, value[i].place);
            problems_add(problems, pointer, "duplicate", NULL,
                         "this value is there already");
        }
    for (size_t i = 0; value != NULL && i < n; i++)
        free(value[i].text);
    free(value);
}

/* Each value of an axis by itself, at its own pointer. How long a list is depends on the
 * cell, so here it is long enough. */
static void check_values(const struct plan *p, const struct axis *a, struct spec *s,
                         struct problems *problems)
{
    for (size_t v = 0; v < json_array_size(a->values); v++) {
        char at[POINTER_MAX], pointer[POINTER_MAX + 32];
        pointer_join(at, sizeof at, "/sweep", a->pointer);
        snprintf(pointer, sizeof pointer, "%s/%zu", at, v);
        *s = p->base;
        if (a->is_entry) {
            struct spec_numbers *list = field_list(a->field, s);
            list->one_for_all = false;
            list->count = NET_LAYERS_MAX;
        }
        size_t before = problems->count;
        apply_value(a, json_array_get(a->values, v), pointer, s, problems);
        for (size_t i = before; i < problems->count && a->field == NULL; i++)
            problems_move(problems, i, a->pointer, pointer);
    }
}

void sweep_check(const struct plan *p, struct problems *problems)
{
    struct spec *s = malloc(sizeof *s);
    if (s == NULL) {
        problems_add(problems, "", "no_memory", NULL, "the server is out of memory");
        return;
    }
    size_t before = problems->count;
    for (size_t i = 0; i < p->axis_count; i++) {
        check_values(p, &p->axis[i], s, problems);
        check_doubles(&p->axis[i], problems);
    }
    for (size_t cell = 0; problems->count == before && cell < p->cells; cell++) {
        *s = p->base;
        apply_cell(p, cell, s, problems);
        spec_finish(s, problems);
        plan_name_cell(p, cell, before, problems);
    }
    free(s);
}

void plan_name_cell(const struct plan *p, size_t cell, size_t from,
                    struct problems *problems)
{
    char remark[CELL_MAX];
    char *params = plan_cell_params(p, cell);
    snprintf(remark, sizeof remark, ", in the cell %.300s", params != NULL ? params : "");
    utf8_trim(remark);
    free(params);
    for (size_t i = from; i < problems->count && p->axis_count > 0; i++)
        problems_append(problems, i, remark);
}

char *plan_cell_params(const struct plan *p, size_t cell)
{
    json_t *params = json_object();
    for (size_t i = 0; i < p->axis_count; i++)
        json_object_set(params, p->axis[i].pointer, axis_value(p, i, cell));
    char *text = json_exact_text(params, JSON_COMPACT);
    json_decref(params);
    return text;
}

void plan_cell_spec(const struct plan *p, size_t cell, struct spec *ret)
{
    struct problems none; /* plan_parse has checked every cell */
    problems_init(&none);
    *ret = p->base;
    apply_cell(p, cell, ret, &none);
    spec_finish(ret, &none);
    problems_release(&none);
}
