/* In: specs, and paths that people write. Out: values, each under its path. */
#include "spec/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "spec/parse.h"

static const char *const flags[] = {"true", "false", NULL};

/* All but what can be changed later, which is not the run's but the job's. */
static bool is_askable(const struct field *f)
{
    return f->in_canonical || f->type == FIELD_FLAG;
}

static bool is_list(const struct field *f)
{
    return field_has_list(f) || f->type == FIELD_EXPONENTS;
}

/* "/network/hidden" as "network.hidden". */
static void path_of(const struct field *f, char ret[static SPEC_PATH_MAX])
{
    snprintf(ret, SPEC_PATH_MAX, "%s", f->pointer + 1);
    for (char *c = ret; *c != '\0'; c++)
        if (*c == '/')
            *c = '.';
}

/* A value as JSON has one for each of its parts: the entries of a list; a word, or the
 * number of masks in turn; itself. */
static size_t parts_of(const struct field *f, const json_t *j)
{
    if (is_list(f))
        return json_array_size(j);
    return f->type == FIELD_REDRAW ? 2 : 1;
}

static struct value part_value(const struct field *f, const json_t *j, size_t part)
{
    if (is_list(f))
        j = json_array_get(j, part);
    else if (part == 1)
        j = json_object_get(j, "cycle");
    if (json_is_number(j))
        return VALUE_OF_NUMBER(json_number_value(j));
    if (json_is_boolean(j))
        return VALUE_OF_TEXT(flags[json_is_false(j)]);
    if (json_is_string(j))
        return VALUE_OF_TEXT(json_string_value(j));
    return (struct value){VALUE_MISSING, 0, NULL};
}

static void part_path(const struct field *f, size_t part, char ret[static SPEC_PATH_MAX])
{
    path_of(f, ret);
    size_t n = strlen(ret);
    if (is_list(f))
        snprintf(ret + n, SPEC_PATH_MAX - n, ".%zu", part);
    else if (part == 1)
        snprintf(ret + n, SPEC_PATH_MAX - n, ".cycle");
}

static bool is_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == VALUE_NUMBER
               ? a->number == b->number
               : a->kind == VALUE_MISSING || strcmp(a->text, b->text) == 0;
}

/* A new reference, or NULL for what is switched off. */
static json_t *value_json(const struct field *f, const struct spec *s)
{
    return field_is_off(f, s) ? NULL : field_get(f, s);
}

static size_t size_of(const struct field *f)
{
    switch (f->type) {
    case FIELD_FLAG:
        return sizeof(bool);
    case FIELD_CHOICE:
    case FIELD_INTEGER:
        return sizeof(int64_t);
    case FIELD_NUMBER:
        return sizeof(double);
    case FIELD_EXPONENTS:
        return sizeof(struct exponents);
    case FIELD_GATE:
        return sizeof(struct spec_gate);
    case FIELD_REDRAW:
        return sizeof(struct spec_redraw);
    default:
        return sizeof(struct spec_numbers);
    }
}

/* Whether the member is another one; sometimes true where it only looks so. Most of the
 * cells of a sweep have most members in common. */
static bool may_differ(const struct field *f, const struct spec *a, const struct spec *b)
{
    const char *one = (const char *)a + f->offset, *other = (const char *)b + f->offset;
    return f->type == FIELD_TEXT ? strcmp(one, other) != 0
                                 : memcmp(one, other, size_of(f)) != 0;
}

/* Whether a section may be switched on in one of them only. */
static bool sections_may_differ(const struct spec *a, const struct spec *b)
{
    for (size_t i = 0; i < fields_count; i++)
        if (fields[i].activates && may_differ(&fields[i], a, b))
            return true;
    return false;
}

/* Tells of the parts in which `now` differs from `before`. */
static bool tell(const struct field *f, const json_t *now, const json_t *before,
                 spec_value_visit *visit, void *arg)
{
    size_t parts = parts_of(f, now), others = parts_of(f, before);
    for (size_t i = 0; i < parts || i < others; i++) {
        char path[SPEC_PATH_MAX];
        struct value a = part_value(f, now, i), b = part_value(f, before, i);
        part_path(f, i, path);
        if (!is_same(&a, &b) && !visit(arg, path, &a))
            return false;
    }
    return true;
}

static struct spec *defaults(void)
{
    struct spec *s = malloc(sizeof *s);
    if (s != NULL)
        parse_defaults(s);
    return s;
}

enum status spec_values(const struct spec *s, const struct spec *base,
                        spec_value_visit *visit, void *arg)
{
    struct spec *standard = base == NULL ? defaults() : NULL;
    const struct spec *other = base != NULL ? base : standard;
    bool more = true;
    if (other == NULL)
        return STATUS_NO_MEMORY;
    bool sections = sections_may_differ(s, other);
    for (size_t i = 0; i < fields_count && more; i++) {
        const struct field *f = &fields[i];
        bool first = base == NULL && is_list(f);
        if (!is_askable(f) || (!first && !sections && !may_differ(f, s, other)))
            continue;
        json_t *now = value_json(f, s);
        json_t *before = first ? NULL : value_json(f, other);
        more = tell(f, now, before, visit, arg);
        json_decref(now);
        json_decref(before);
    }
    free(standard);
    return STATUS_OK;
}

/* The same text where it does not pass away. */
static const char *lasting(const struct field *f, const char *text)
{
    for (const char *const *c = f->choices; c != NULL && *c != NULL; c++)
        if (strcmp(*c, text) == 0)
            return *c;
    for (int i = 0; flags[i] != NULL; i++)
        if (strcmp(flags[i], text) == 0)
            return flags[i];
    return redraw_name(REDRAW_NEVER);
}

static struct value standard_value(const struct field *f, const struct spec *s,
                                   size_t part)
{
    json_t *j = f->standard != NULL && !is_list(f) ? value_json(f, s) : NULL;
    struct value value = part_value(f, j, part);
    if (value.kind == VALUE_TEXT)
        value.text = lasting(f, value.text);
    json_decref(j);
    return value;
}

static enum spec_path_type type_of(const struct field *f, size_t part)
{
    switch (f->type) {
    case FIELD_GATE:
        return PATH_EITHER;
    case FIELD_REDRAW:
        return part == 1 ? PATH_NUMBER : PATH_TEXT;
    case FIELD_TEXT:
    case FIELD_FLAG:
    case FIELD_CHOICE:
        return PATH_TEXT;
    default:
        return PATH_NUMBER;
    }
}

/* Whether `rest`, which follows the path of the row, names a part of it. */
static bool read_part(const struct field *f, const char *rest, size_t *ret)
{
    if (!is_list(f)) {
        *ret = *rest != '\0';
        return *rest == '\0' || (f->type == FIELD_REDRAW && strcmp(rest, ".cycle") == 0);
    }
    size_t digits = strspn(rest + (*rest == '.'), "0123456789");
    if (*rest != '.' || digits < 1 || digits > 2 || rest[1 + digits] != '\0')
        return false;
    *ret = strtoul(rest + 1, NULL, 10);
    return *ret < NET_LAYERS_MAX && (rest[1] != '0' || digits == 1);
}

static enum status found(const struct field *f, size_t part, struct spec_path *ret)
{
    struct spec *s = defaults();
    if (s == NULL)
        return STATUS_NO_MEMORY;
    *ret = (struct spec_path){.type = type_of(f, part),
                              .choices = f->type == FIELD_FLAG ? flags : f->choices,
                              .standard = standard_value(f, s, part)};
    part_path(f, part, ret->text);
    free(s);
    return STATUS_OK;
}

/* The path nearest to a wrong one; entries of lists are compared without their number. */
static const char *nearest_path(const char *text, char room[static SPEC_PATH_MAX])
{
    char word[SPEC_PATH_MAX], path[SPEC_PATH_MAX];
    struct nearest near;
    snprintf(word, sizeof word, "%s", text);
    size_t n = strlen(word);
    while (n > 0 && word[n - 1] >= '0' && word[n - 1] <= '9')
        n--;
    if (n > 0 && word[n] != '\0' && word[n - 1] == '.')
        word[n - 1] = '\0';
    nearest_init(&near, word);
    for (size_t i = 0; i < fields_count; i++) {
        size_t before = near.distance;
        if (!is_askable(&fields[i]))
            continue;
        path_of(&fields[i], path);
        nearest_consider(&near, path);
        if (near.distance < before)
            part_path(&fields[i], 0, room);
    }
    return near.best != NULL ? room : NULL;
}

enum status spec_path_find(const char *text, struct spec_path *ret,
                           char room[static SPEC_PATH_MAX], const char **ret_near)
{
    size_t part;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        path_of(f, room);
        size_t n = strlen(room);
        if (!is_askable(f) || strncmp(text, room, n) != 0)
            continue;
        if (read_part(f, text + n, &part))
            return found(f, part, ret);
        if (text[n] != '\0')
            continue;
        part_path(f, 0, room);
        *ret_near = room;
        return STATUS_BAD_REQUEST;
    }
    *ret_near = nearest_path(text, room);
    return STATUS_NOT_FOUND;
}
