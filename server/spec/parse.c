/* In: the text of a spec. Out: a JSON tree of modest size, and the members of struct spec
 * that it sets. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "spec/parse.h"

enum { LEVELS_MAX = 16 };

/* How deep lists and objects are nested, so that nothing below has to fear recursion. The
 * number of values needs no bound of its own: the body has one. */
static bool is_shallow(const json_t *j, int level)
{
    const char *key;
    json_t *value;
    if (!json_is_array(j) && !json_is_object(j))
        return true;
    if (level > LEVELS_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(j); i++)
        if (!is_shallow(json_array_get(j, i), level + 1))
            return false;
    json_object_foreach((json_t *)(uintptr_t)j, key, value) {
        if (!is_shallow(value, level + 1))
            return false;
    }
    return true;
}

enum status parse_document(const char *text, size_t length, json_t **ret,
                           struct problems *problems)
{
    json_error_t error;
    json_t *j = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (j == NULL) {
        problems_add(problems, "", "bad_json", NULL, "line %d, column %d: %s", error.line,
                     error.column, error.text);
        return STATUS_BAD_JSON;
    }
    if (!is_shallow(j, 1)) {
        problems_add(problems, "", "too_deep", NULL,
                     "lists and objects nested more than %d deep", LEVELS_MAX);
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
    size_t length = strlen(section);
    char sibling[64], best[64] = "";
    struct nearest near;
    nearest_init(&near, key);
    for (size_t i = 0; i < fields_count; i++) {
        if (!field_is_below(&fields[i], section))
            continue;
        const char *name = fields[i].pointer + length + 1;
        size_t before = near.distance;
        snprintf(sibling, sizeof sibling, "%.*s", (int)strcspn(name, "/"), name);
        nearest_consider(&near, sibling);
        if (near.distance < before)
            memcpy(best, sibling, sizeof best);
    }
    char shown[61];
    snprintf(shown, sizeof shown, "%s", key);
    utf8_trim(shown);
    problems_add(problems, pointer, "unknown_key",
                 near.best != NULL ? best : NULL, "unknown key \"%s\"", shown);
}

bool pointer_join(char *ret, size_t room, const char *section, const char *key)
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
    utf8_trim(ret);
    return *key == '\0';
}

/* Fields of a section at their defaults; "" resets all. */
static void reset_section(const char *section, struct spec *s)
{
    struct problems none;
    problems_init(&none);
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        if (f->standard == NULL || !field_is_below(f, section))
            continue;
        json_t *value = json_loads(f->standard, JSON_DECODE_ANY, NULL);
        field_set(f, value, f->pointer, s, &none);
        json_decref(value);
    }
    problems_release(&none);
}

void parse_value_of_section(const json_t *value, const char *pointer, struct spec *into,
                            struct problems *problems)
{
    static const char *const optional[SECTIONS] = {
        "/plasticity/compete", "/plasticity/subnet", "/plasticity/mask",
        "/plasticity/cache"};
    bool may_be_null = section_is_optional(pointer);
    if (!json_is_object(value) && !(may_be_null && json_is_null(value))) {
        problems_add(problems, pointer, "wrong_type", NULL, "must be an object%s",
                     may_be_null ? ", or null" : "");
        return;
    }
    reset_section(pointer, into);
    for (int i = 0; i < SECTIONS; i++) {
        if (strncmp(optional[i], pointer, strlen(pointer)) == 0)
            into->given[i] = false;
        if (strcmp(optional[i], pointer) == 0)
            into->given[i] = json_is_object(value);
    }
    parse_section(value, pointer, into, problems);
}

void parse_section(const json_t *object, const char *section, struct spec *into,
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
        else
            parse_value_of_section(value, pointer, into, problems);
    }
}

void parse_defaults(struct spec *s)
{
    memset(s, 0, sizeof *s);
    reset_section("", s);
}

void parse_missing(const json_t *root, struct problems *problems)
{
    for (size_t i = 0; i < fields_count; i++)
        if (fields[i].standard == NULL &&
            json_object_get(root, fields[i].pointer + 1) == NULL)
            problems_add(problems, fields[i].pointer, "required", NULL, "must be given: %s",
                         fields[i].help);
}
