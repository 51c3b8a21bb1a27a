/* In: the JSON of a job. Out: a plan, that is a base spec, seeds, and the axes of a sweep;
 * or all the problems with it. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "spec/fields.h"
#include "spec/json_text.h"

enum { DEPTH_MAX = 16, NODES_MAX = 4096 * 8, AXES_MAX = 16, POINTER_MAX = 128 };

struct axis {
    char pointer[POINTER_MAX]; /* as written: "/network/hidden/0" */
    const struct field *field;
    bool is_entry; /* of a list: */
    size_t entry;
    json_t *values; /* a list; owned */
};

struct plan {
    struct spec base;
    uint64_t *seeds;
    size_t seed_count;
    struct axis axis[AXES_MAX];
    size_t axis_count;
    size_t cells;
};

void plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->axis_count; i++)
        json_decref(p->axis[i].values);
    free(p->seeds);
    free(p);
}

/* Depth and number of nodes, so that a small text cannot become a large tree of work. */
static bool is_modest(const json_t *j, int depth, size_t *nodes)
{
    if (depth > DEPTH_MAX || ++*nodes > NODES_MAX)
        return false;
    if (json_is_array(j)) {
        for (size_t i = 0; i < json_array_size(j); i++)
            if (!is_modest(json_array_get(j, i), depth + 1, nodes))
                return false;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)j, key, value) {
        if (!is_modest(value, depth + 1, nodes))
            return false;
    }
    return true;
}

static enum status load(const char *text, size_t length, json_t **ret,
                        struct problems *problems)
{
    json_error_t error;
    json_t *j = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (j == NULL) {
        problems_add(problems, "", "bad_json", NULL, "line %d, column %d: %s", error.line,
                     error.column, error.text);
        return STATUS_BAD_JSON;
    }
    size_t nodes = 0;
    if (!is_modest(j, 0, &nodes)) {
        problems_add(problems, "", "too_complex", NULL,
                     "more than %d levels or %d values", DEPTH_MAX, NODES_MAX);
        json_decref(j);
        return STATUS_BAD_JSON;
    }
    if (!json_is_object(j)) {
        problems_add(problems, "", "wrong_type", NULL, "a job spec is a JSON object");
        json_decref(j);
        return STATUS_INVALID_SPEC;
    }
    *ret = j;
    return STATUS_OK;
}

/* Reports a key that no row has, with the nearest one of the same section. */
static void unknown_key(const char *section, const char *key, const char *pointer,
                        struct problems *problems)
{
    char siblings[32][64];
    size_t n = 0, length = strlen(section);
    struct nearest near;
    nearest_init(&near, key);
    for (size_t i = 0; i < fields_count && n < 32; i++) {
        const char *p = fields[i].pointer;
        if (strncmp(p, section, length) != 0 || p[length] != '/')
            continue;
        size_t end = strcspn(p + length + 1, "/");
        snprintf(siblings[n], sizeof siblings[n], "%.*s", (int)end, p + length + 1);
        nearest_consider(&near, siblings[n++]);
    }
    problems_add(problems, pointer, "unknown_key", near.best, "unknown key \"%.60s\"", key);
}

/* Appends /key to a pointer, escaped as RFC 6901 says; false when it gets too long. */
static bool pointer_join(char *ret, size_t room, const char *section, const char *key)
{
    int n = snprintf(ret, room, "%s/", section);
    size_t at = (size_t)n;
    for (; *key != '\0' && at + 3 < room; key++) {
        if (*key == '~' || *key == '/') {
            ret[at++] = '~';
            ret[at++] = *key == '~' ? '0' : '1';
        } else {
            ret[at++] = *key;
        }
    }
    ret[at < room ? at : room - 1] = '\0';
    return *key == '\0';
}

/* Sets every key of an object that has a row; seeds and sweep wait for plan_parse. */
static void read_section(const json_t *object, const char *section, struct spec *into,
                         struct problems *problems)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        char pointer[POINTER_MAX];
        bool fits = pointer_join(pointer, sizeof pointer, section, key);
        const struct field *f = fits ? field_find(pointer) : NULL;
        if (f != NULL)
            field_set(f, value, pointer, into, problems);
        else if (!fits || !field_is_section(pointer))
            unknown_key(section, key, pointer, problems);
        else if (json_is_object(value))
            read_section(value, pointer, into, problems);
        else
            problems_add(problems, pointer, "wrong_type", NULL, "must be an object");
    }
}

static void set_defaults(struct spec *s)
{
    struct problems none;
    problems_init(&none);
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < fields_count; i++) {
        if (fields[i].standard == NULL)
            continue;
        json_t *value = json_loads(fields[i].standard, JSON_DECODE_ANY, NULL);
        field_set(&fields[i], value, fields[i].pointer, s, &none);
        json_decref(value);
    }
    problems_release(&none);
}

static void missing_keys(const json_t *root, struct problems *problems)
{
    for (size_t i = 0; i < fields_count; i++)
        if (fields[i].standard == NULL &&
            json_object_get(root, fields[i].pointer + 1) == NULL)
            problems_add(problems, fields[i].pointer, "required", NULL, "must be given: %s",
                         fields[i].help);
}

static bool add_seed(struct plan *p, const json_t *value, const char *pointer,
                     struct problems *problems)
{
    const struct field *f = field_find("/seeds");
    json_int_t seed = json_integer_value(value);
    if (!json_is_integer(value) || seed < 0 || (double)seed > f->max) {
        problems_add(problems, pointer, "out_of_range", NULL,
                     "a seed is an integer from 0 to 2^53 - 1");
        return false;
    }
    for (size_t i = 0; i < p->seed_count; i++)
        if (p->seeds[i] == (uint64_t)seed) {
            problems_add(problems, pointer, "duplicate", NULL,
                         "seed %" JSON_INTEGER_FORMAT " is there twice", seed);
            return false;
        }
    p->seeds[p->seed_count++] = (uint64_t)seed;
    return true;
}

/* A list of seeds, or a number n for 1 .. n. */
static void read_seeds(struct plan *p, const json_t *value, struct problems *problems)
{
    bool is_list = json_is_array(value);
    json_int_t n = is_list ? (json_int_t)json_array_size(value) : json_integer_value(value);
    if (value != NULL && !is_list && !json_is_integer(value)) {
        problems_add(problems, "/seeds", "wrong_type", NULL,
                     "must be a list of integers, or how many");
        return;
    }
    if (value == NULL)
        n = 1;
    if (n < 1 || n > SPEC_RUNS_MAX) {
        problems_add(problems, "/seeds", "out_of_range", NULL, "must be 1 to %d seeds",
                     SPEC_RUNS_MAX);
        return;
    }
    p->seeds = calloc((size_t)n, sizeof *p->seeds);
    for (json_int_t i = 0; p->seeds != NULL && i < n; i++) {
        char pointer[40];
        snprintf(pointer, sizeof pointer, "/seeds/%d", (int)i);
        if (is_list)
            add_seed(p, json_array_get(value, (size_t)i), pointer, problems);
        else
            p->seeds[p->seed_count++] = (uint64_t)i + 1;
    }
}

/* Finds the field that a sweep's pointer means, and the entry of a list behind it. */
static bool resolve_axis(struct axis *a)
{
    a->field = field_find(a->pointer);
    a->is_entry = false;
    const char *slash = strrchr(a->pointer, '/');
    if (a->field == NULL && slash != NULL && slash[1] >= '0' && slash[1] <= '9') {
        char parent[POINTER_MAX], *end;
        snprintf(parent, sizeof parent, "%.*s", (int)(slash - a->pointer), a->pointer);
        a->field = field_find(parent);
        a->entry = strtoul(slash + 1, &end, 10);
        a->is_entry = true;
        bool is_list = a->field != NULL && (a->field->type == FIELD_LIST_OF_INTEGERS ||
                                            a->field->type == FIELD_LIST_OF_NUMBERS);
        if (!is_list || *end != '\0' || end - slash > 3)
            a->field = NULL;
    }
    return a->field != NULL && a->field->in_canonical;
}

static void read_axis(struct plan *p, const char *key, json_t *values,
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
                     "must be the JSON pointer of a field that changes a run");
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

static void read_sweep(struct plan *p, json_t *sweep, struct problems *problems)
{
    const char *key;
    json_t *values;
    if (sweep != NULL && !json_is_object(sweep)) {
        problems_add(problems, "/sweep", "wrong_type", NULL,
                     "must be an object of JSON pointers and lists of values");
        return;
    }
    json_object_foreach(sweep, key, values)
        read_axis(p, key, values, problems);
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

static uint32_t layers_of(const struct spec *s)
{
    return s->hidden.count + 1;
}

/* Sets what an axis varies. Whole fields come first, so that entries find the final lists. */
static void apply_value(const struct axis *a, const json_t *value, const char *pointer,
                        struct spec *s, struct problems *problems)
{
    if (a->is_entry)
        field_set_entry(a->field, a->entry, layers_of(s), value, pointer, s, problems);
    else
        field_set(a->field, value, pointer, s, problems);
}

static void apply_cell(const struct plan *p, size_t cell, struct spec *s,
                       struct problems *problems)
{
    for (int entries = 0; entries < 2; entries++)
        for (size_t i = 0; i < p->axis_count; i++)
            if (p->axis[i].is_entry == (entries == 1))
                apply_value(&p->axis[i], axis_value(p, i, cell), p->axis[i].pointer, s,
                            problems);
}

/* Writes lists out per layer and checks what fields must have in common. */
static void finish_spec(struct spec *s, struct problems *problems)
{
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        if (f->type != FIELD_LIST_OF_NUMBERS)
            continue;
        struct spec_numbers *list = field_list(f, s);
        numbers_write_out(list, layers_of(s));
        if (list->count != layers_of(s))
            problems_add(problems, f->pointer, "wrong_length", NULL,
                         "has %u entries, but the network has %u layers of synapses",
                         list->count, layers_of(s));
    }
    if (s->stop_epochs == 0 && s->stop_samples == 0 && s->stop_seconds == 0)
        problems_add(problems, "/stop", "no_end", NULL,
                     "one of epochs, samples and seconds must be set, so that the run "
                     "ends even if it never reaches its goal");
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
        apply_value(a, json_array_get(a->values, v), pointer, s, problems);
    }
}

/* The values one by one, then each cell as a whole. */
static void check_cells(const struct plan *p, struct problems *problems)
{
    struct spec *s = malloc(sizeof *s);
    if (s == NULL)
        return;
    size_t before = problems->count;
    for (size_t i = 0; i < p->axis_count; i++)
        check_values(p, &p->axis[i], s, problems);
    for (size_t cell = 0; problems->count == before && cell < p->cells; cell++) {
        *s = p->base;
        apply_cell(p, cell, s, problems);
        finish_spec(s, problems);
        if (problems->count > before && p->axis_count > 0) {
            char *params = plan_cell_params(p, cell);
            problems_add(problems, "/sweep", "impossible_cell", NULL,
                         "these problems are those of the cell %.300s", params);
            free(params);
        }
    }
    free(s);
}

char *plan_json(const struct plan *p)
{
    json_t *root = spec_document(&p->base, false), *seeds = json_array();
    json_t *sweep = json_object();
    for (size_t i = 0; i < p->seed_count; i++)
        json_array_append_new(seeds, json_integer((json_int_t)p->seeds[i]));
    for (size_t i = 0; i < p->axis_count; i++)
        json_object_set(sweep, p->axis[i].pointer, p->axis[i].values);
    json_object_set_new(root, "seeds", seeds);
    json_object_set_new(root, "sweep", sweep);
    char *text = json_exact_text(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

enum status plan_parse(const char *json, size_t length, struct plan **ret,
                       struct problems *problems)
{
    json_t *root;
    enum status status = load(json, length, &root, problems);
    if (status != STATUS_OK)
        return status;
    struct plan *p = calloc(1, sizeof *p);
    if (p == NULL) {
        json_decref(root);
        return STATUS_NO_MEMORY;
    }
    set_defaults(&p->base);
    read_section(root, "", &p->base, problems);
    missing_keys(root, problems);
    read_seeds(p, json_object_get(root, "seeds"), problems);
    read_sweep(p, json_object_get(root, "sweep"), problems);
    json_decref(root);
    if (problems->count == 0)
        check_cells(p, problems);
    if (problems->count > 0) {
        plan_free(p);
        return STATUS_INVALID_SPEC;
    }
    *ret = p;
    return STATUS_OK;
}

const struct spec *plan_base(const struct plan *p)
{
    return &p->base;
}

size_t plan_cells(const struct plan *p)
{
    return p->cells;
}

size_t plan_seeds(const struct plan *p)
{
    return p->seed_count;
}

uint64_t plan_seed(const struct plan *p, size_t i)
{
    return p->seeds[i];
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
    finish_spec(ret, &none);
    problems_release(&none);
}

enum status spec_of_run(const char *plan_json, const char *params, struct spec *ret)
{
    struct problems problems;
    struct plan *p = NULL;
    problems_init(&problems);
    enum status status = plan_parse(plan_json, strlen(plan_json), &p, &problems);
    json_t *values = json_loads(params, JSON_REJECT_DUPLICATES, NULL);
    if (status == STATUS_OK && values == NULL)
        status = STATUS_BAD_JSON;
    if (status == STATUS_OK) {
        /* The plan's own axes give way to the run's choice, one value each. */
        for (size_t i = 0; i < p->axis_count; i++)
            json_decref(p->axis[i].values);
        p->axis_count = 0;
        p->cells = 1;
        const char *key;
        json_t *value;
        json_object_foreach(values, key, value) {
            json_t *one = json_pack("[O]", value);
            read_axis(p, key, one, &problems);
            json_decref(one);
        }
        plan_cell_spec(p, 0, ret);
        status = problems.count == 0 ? STATUS_OK : STATUS_INVALID_SPEC;
    }
    json_decref(values);
    plan_free(p);
    problems_release(&problems);
    return status;
}
