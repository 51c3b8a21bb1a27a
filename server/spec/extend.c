/* In: the plan of a job as it is stored, and what shall be added to it. Out: the larger
 * plan; or the problems with it. */
#include <stdlib.h>
#include <string.h>

#include "spec/json_text.h"
#include "spec/sweep.h"

/* 100 and 100.0 are one value of an axis. */
static bool is_same(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    return json_equal(a, b);
}

static void add_missing(json_t *list, const json_t *more)
{
    for (size_t i = 0; i < json_array_size(more); i++) {
        json_t *value = json_array_get(more, i);
        bool found = false;
        for (size_t j = 0; j < json_array_size(list) && !found; j++)
            found = is_same(json_array_get(list, j), value);
        if (!found)
            json_array_append(list, value);
    }
}

/* A count is the list of so many seeds; what is neither is told. */
static void add_seeds(json_t *root, const json_t *more, struct problems *problems)
{
    json_int_t n = json_integer_value(more);
    if (json_array_size(more) > 0) {
        add_missing(json_object_get(root, "seeds"), more);
    } else if (json_is_integer(more) && n >= 1 && n <= SPEC_RUNS_MAX) {
        json_t *list = json_array();
        for (json_int_t i = 1; i <= n; i++)
            json_array_append_new(list, json_integer(i));
        add_missing(json_object_get(root, "seeds"), list);
        json_decref(list);
    } else {
        problems_add(problems, "/seeds", "wrong_type", NULL,
                     "must be a list of seeds, or how many from 1 to %d", SPEC_RUNS_MAX);
    }
}

static void add_values(json_t *root, json_t *more, struct problems *problems)
{
    const char *key;
    json_t *values, *sweep = json_object_get(root, "sweep");
    if (json_object_size(more) == 0)
        problems_add(problems, "/sweep", "wrong_type", NULL,
                     "must be an object of JSON pointers and lists of values");
    json_object_foreach(more, key, values)
    {
        char at[POINTER_MAX];
        json_t *axis = json_object_get(sweep, key);
        pointer_join(at, sizeof at, "/sweep", key);
        if (axis == NULL)
            problems_add(
                problems, at, "unknown_axis", NULL,
                "the job does not sweep this; a new axis would make other runs of "
                "those that it has");
        else if (json_array_size(values) == 0)
            problems_add(problems, at, "wrong_type", NULL,
                         "must be a list of at least one value to add");
        else
            add_missing(axis, values);
    }
}

static void add_all(json_t *root, json_t *more, struct problems *problems)
{
    const char *key;
    json_t *value;
    if (json_object_size(more) == 0)
        problems_add(problems, "", "required", NULL, "seeds or sweep must be given");
    json_object_foreach(more, key, value)
    {
        char at[POINTER_MAX];
        pointer_join(at, sizeof at, "", key);
        if (strcmp(key, "seeds") == 0)
            add_seeds(root, value, problems);
        else if (strcmp(key, "sweep") == 0)
            add_values(root, value, problems);
        else
            problems_add(problems, at, "unknown_key", NULL,
                         "only seeds and sweep can be extended");
    }
}

enum status plan_extend(const char *plan_json, const char *more, size_t length,
                        struct plan **ret, struct problems *problems)
{
    json_t *root, *added;
    enum status status = parse_document(more, length, &added, problems);
    if (status != STATUS_OK)
        return status;
    status = parse_document(plan_json, strlen(plan_json), &root, problems);
    if (status == STATUS_OK) {
        add_all(root, added, problems);
        char *text = json_exact_text(root, JSON_COMPACT);
        json_decref(root);
        if (text == NULL)
            status = STATUS_NO_MEMORY;
        else
            status = problems->count > 0 ? STATUS_INVALID_SPEC
                                         : plan_parse(text, strlen(text), ret, problems);
        free(text);
    }
    json_decref(added);
    return status;
}
