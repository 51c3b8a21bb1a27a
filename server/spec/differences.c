/* In: canonical specs. Out: the pointers at which they differ, with the values there. */
#include "spec/differences.h"

#include <stdio.h>
#include <stdlib.h>

#include "spec/json_text.h"
#include "spec/parse.h"

static void flatten_into(json_t *flat, const char *pointer, json_t *value);

static void flatten_member(json_t *flat, const char *pointer, const char *key,
                           json_t *value)
{
    char at[POINTER_MAX];
    pointer_join(at, sizeof at, pointer, key);
    flatten_into(flat, at, value);
}

/* Pointer -> value, of all that is neither object nor list. */
static void flatten_into(json_t *flat, const char *pointer, json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    json_object_foreach(value, key, member) flatten_member(flat, pointer, key, member);
    json_array_foreach(value, i, member)
    {
        char entry[24];
        snprintf(entry, sizeof entry, "%zu", i);
        flatten_member(flat, pointer, entry, member);
    }
    if (!json_is_object(value) && !json_is_array(value) && !json_is_null(value))
        json_object_set(flat, pointer, value);
}

static json_t *flatten(const char *canonical)
{
    json_t *document = json_loads(canonical, 0, NULL), *flat = json_object();
    if (document == NULL) {
        json_decref(flat);
        return NULL;
    }
    flatten_into(flat, "", document);
    json_decref(document);
    return flat;
}

/* What is not there is null. */
static json_t *value_at(const json_t *flat, const char *pointer)
{
    json_t *value = json_object_get(flat, pointer);
    return value != NULL ? value : json_null();
}

static bool differs(json_t *const *flat, size_t n, const char *pointer)
{
    const json_t *first = value_at(flat[0], pointer);
    size_t i = 1;
    while (i < n && json_equal(value_at(flat[i], pointer), first))
        i++;
    return i < n;
}

static char *describe(const json_t *flat, const json_t *pointers)
{
    const char *pointer;
    json_t *differ, *own = json_object();
    json_object_foreach((json_t *)pointers, pointer, differ) if (json_is_true(differ))
        json_object_set(own, pointer, value_at(flat, pointer));
    char *text = json_exact_text(own, JSON_COMPACT);
    json_decref(own);
    return text;
}

/* All pointers there are, and whether the specs differ there. */
static json_t *compare(json_t *const *flat, size_t n)
{
    const char *pointer;
    json_t *value, *found = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_foreach(flat[i], pointer,
                            value) if (json_object_get(found, pointer) == NULL)
            json_object_set_new(found, pointer, json_boolean(differs(flat, n, pointer)));
    return found;
}

enum status spec_differences(const char *const *canonical, size_t n, char **ret)
{
    json_t **flat = calloc(n + 1, sizeof(json_t *));
    bool ok = flat != NULL;
    for (size_t i = 0; i < n && ok; i++) {
        flat[i] = flatten(canonical[i]);
        ok = flat[i] != NULL;
    }
    json_t *pointers = ok ? compare(flat, n) : NULL;
    for (size_t i = 0; i < n; i++) {
        ret[i] = ok ? describe(flat[i], pointers) : NULL;
        ok = ok && ret[i] != NULL;
    }
    for (size_t i = 0; i < n && !ok; i++)
        free(ret[i]);
    for (size_t i = 0; flat != NULL && i < n; i++)
        json_decref(flat[i]);
    json_decref(pointers);
    free(flat);
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}
