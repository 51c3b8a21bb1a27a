/* In: the JSON of a job. Out: a plan, that is a base spec, seeds, and the axes of a
 * sweep; or all the problems with it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec/json_text.h"
#include "spec/sweep.h"

void plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->axis_count; i++)
        json_decref(p->axis[i].values);
    free(p->seeds);
    free(p);
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
    json_int_t n =
        is_list ? (json_int_t)json_array_size(value) : json_integer_value(value);
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
    if (p->seeds == NULL)
        problems_add(problems, "/seeds", "no_memory", NULL,
                     "the server is out of memory");
    for (json_int_t i = 0; p->seeds != NULL && i < n; i++) {
        char pointer[40];
        snprintf(pointer, sizeof pointer, "/seeds/%d", (int)i);
        if (is_list)
            add_seed(p, json_array_get(value, (size_t)i), pointer, problems);
        else
            p->seeds[p->seed_count++] = (uint64_t)i + 1;
    }
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
    enum status status = parse_document(json, length, &root, problems);
    if (status != STATUS_OK)
        return status;
    struct plan *p = calloc(1, sizeof *p);
    if (p == NULL) {
        json_decref(root);
        return STATUS_NO_MEMORY;
    }
    parse_defaults(&p->base);
    parse_section(root, "", &p->base, problems);
    parse_missing(root, problems);
    read_seeds(p, json_object_get(root, "seeds"), problems);
    sweep_read(p, json_object_get(root, "sweep"), problems);
    json_decref(root);
    if (problems->count == 0)
        sweep_check(p, problems);
    if (problems->count > 0) {
        plan_free(p);
        return STATUS_INVALID_SPEC;
    }
    *ret = p;
    return STATUS_OK;
}

/* NULL: it names none, or one for each cell. */
static const json_t *only_dataset(const json_t *root)
{
    const json_t *swept = json_object_get(json_object_get(root, "sweep"), "/dataset");
    return swept == NULL ? json_object_get(root, "dataset") : NULL;
}

bool plan_dataset(const char *json, size_t length, char ret[static SPEC_DATASET_SIZE])
{
    bool found = false;
    json_t *root = NULL;
    struct problems problems;
    problems_init(&problems);
    struct spec *s = calloc(1, sizeof *s);
    if (s != NULL && parse_document(json, length, &root, &problems) == STATUS_OK &&
        only_dataset(root) != NULL) {
        field_set(field_find("/dataset"), only_dataset(root), "/dataset", s, &problems);
        memcpy(ret, s->dataset, SPEC_DATASET_SIZE);
        found = problems.count == 0;
    }
    json_decref(root);
    free(s);
    problems_release(&problems);
    return found;
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

/* The axes of a run's params, each with the one value of its cell. */
static void read_params(struct plan *p, const json_t *params, struct problems *problems)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)params, key, value)
    {
        json_t *one = json_pack("[O]", value);
        sweep_read_axis(p, key, one, problems);
        json_decref(one);
    }
}

struct job_spec {
    struct spec base;
};

enum status job_spec_open(const char *plan_json, struct job_spec **ret)
{
    struct problems problems;
    json_t *root = NULL;
    struct job_spec *j = calloc(1, sizeof *j);
    if (j == NULL)
        return STATUS_NO_MEMORY;
    problems_init(&problems);
    enum status status = parse_document(plan_json, strlen(plan_json), &root, &problems);
    if (status == STATUS_OK) {
        parse_defaults(&j->base);
        parse_section(root, "", &j->base, &problems);
        parse_missing(root, &problems);
        status = problems.count == 0 ? STATUS_OK : STATUS_INVALID_SPEC;
    }
    json_decref(root);
    problems_release(&problems);
    if (status == STATUS_OK)
        *ret = j;
    else
        job_spec_close(j);
    return status;
}

void job_spec_close(struct job_spec *j)
{
    free(j);
}

enum status job_spec_of_cell(const struct job_spec *j, const char *params,
                             struct spec *ret)
{
    struct problems problems;
    json_t *values = json_loads(params, JSON_REJECT_DUPLICATES, NULL);
    struct plan *p = calloc(1, sizeof *p);
    enum status status = p == NULL                ? STATUS_NO_MEMORY
                         : json_is_object(values) ? STATUS_OK
                                                  : STATUS_BAD_JSON;
    problems_init(&problems);
    if (status == STATUS_OK) {
        p->cells = 1;
        p->base = j->base;
        read_params(p, values, &problems);
        if (problems.count == 0)
            sweep_check(p, &problems);
        plan_cell_spec(p, 0, ret);
        status = problems.count == 0 ? STATUS_OK : STATUS_INVALID_SPEC;
    }
    json_decref(values);
    plan_free(p);
    problems_release(&problems);
    return status;
}

enum status spec_of_run(const char *plan_json, const char *params, struct spec *ret)
{
    struct job_spec *j;
    enum status status = job_spec_open(plan_json, &j);
    if (status != STATUS_OK)
        return status;
    status = job_spec_of_cell(j, params, ret);
    job_spec_close(j);
    return status;
}
