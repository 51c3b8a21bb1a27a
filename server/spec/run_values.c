/* In: the spec of a job, and the params of a run. Out: what stands where in the run's own
 * spec, whether it is swept there or not. */
#include "spec/run_values.h"

#include <stdlib.h>
#include <string.h>

#include "spec/fields.h"

enum { KEY_MAX = 64, DIGITS_MAX = 3 };

enum status run_values_read(const char *plan_json, const char *params,
                            struct run_values *ret)
{
    *ret = (struct run_values){.given = NULL};
    struct spec *s = malloc(sizeof *s);
    enum status status = s != NULL ? spec_of_run(plan_json, params, s) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        ret->given = json_loads(plan_json, 0, NULL);
        ret->whole = spec_document(s, false);
        if (ret->given == NULL || ret->whole == NULL)
            status = STATUS_NO_MEMORY;
    }
    free(s);
    return status;
}

void run_values_release(struct run_values *v)
{
    json_decref(v->given);
    json_decref(v->whole);
}

static const json_t *entry(const json_t *list, const char *key)
{
    bool is_index = key[strspn(key, "0123456789")] == '\0' && strlen(key) <= DIGITS_MAX;
    return is_index && *key != '\0' ? json_array_get(list, strtoul(key, NULL, 10)) : NULL;
}

static const json_t *value_at(const json_t *root, const char *pointer)
{
    while (*pointer == '/' && root != NULL) {
        char key[KEY_MAX];
        size_t n = strcspn(++pointer, "/");
        if (n >= sizeof key)
            return NULL;
        memcpy(key, pointer, n);
        key[n] = '\0';
        root = json_is_array(root) ? entry(root, key) : json_object_get(root, key);
        pointer += n;
    }
    return root;
}

static bool is_all(const json_t *list, const json_t *number)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_number_value(json_array_get(list, i)) != json_number_value(number))
            return false;
    return true;
}

const json_t *run_value(const struct run_values *v, const char *pointer)
{
    const json_t *value = value_at(v->whole, pointer);
    const json_t *given = value_at(v->given, pointer);
    bool is_one = json_is_array(value) && json_is_number(given) && is_all(value, given);
    return is_one ? given : value;
}
