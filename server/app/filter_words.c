/* In: words of a filter. Out: fields of the two tables, of lists and of specs, and values
 * of their types; or what is wrong, with the nearest name. */
#include "app/filter_words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "store/states.h"

enum { WORD_SHOWN = 60 };

static const char SPEC[] = "spec.";

enum status filter_fail(struct filter_error *e, const char *code, const char *suggestion,
                        const char *detail, ...)
{
    va_list ap;
    va_start(ap, detail);
    vsnprintf(e->detail, sizeof e->detail, detail, ap);
    va_end(ap);
    utf8_trim(e->detail);
    e->code = code;
    snprintf(e->suggestion, sizeof e->suggestion, "%s",
             suggestion != NULL ? suggestion : "");
    return STATUS_BAD_REQUEST;
}

/* A word as far as an error shows it. */
static const char *shown(const char *word, char room[static WORD_SHOWN + 1])
{
    snprintf(room, WORD_SHOWN + 1, "%s", word);
    utf8_trim(room);
    return room;
}

static enum status spec_term(const char *word, struct spec_path *path,
                             struct query_term *ret, struct filter_error *error)
{
    char room[SPEC_PATH_MAX], known[SPEC_PATH_MAX + 8], text[WORD_SHOWN + 1];
    const char *near = NULL;
    enum status status = spec_path_find(word + strlen(SPEC), path, room, &near);
    if (status == STATUS_OK) {
        *ret = (struct query_term){.field = QUERY_SPEC,
                                   .path = path->text,
                                   .standard = path->standard,
                                   .mixed = path->type == PATH_EITHER};
        return STATUS_OK;
    }
    if (near != NULL)
        snprintf(known, sizeof known, "%s%s", SPEC, near);
    if (status == STATUS_BAD_REQUEST)
        return filter_fail(
            error, "is_list", known,
            "%s is a list: one of its entries must be named, the first is %s",
            shown(word, text), known);
    if (status == STATUS_NOT_FOUND)
        return filter_fail(error, "unknown_field", near != NULL ? known : NULL,
                           "a spec has no field \"%s\"",
                           shown(word + strlen(SPEC), text));
    return status;
}

/* The field that a word names in short, though it is far from its name. */
static const char *in_short(enum query_of of, const char *word)
{
    struct nearest near;
    nearest_init(&near, word);
    nearest_consider(&near, "accuracy");
    bool fits = near.best != NULL && query_has_field(of, QUERY_TEST_ACCURACY);
    return fits ? query_field_name(QUERY_TEST_ACCURACY) : NULL;
}

enum status filter_term(enum query_of of, const char *word, bool to_sort,
                        struct spec_path *path, struct query_term *ret,
                        struct filter_error *error)
{
    const char *rows = of == QUERY_RUNS ? "runs" : "jobs";
    char text[WORD_SHOWN + 1], dataset[] = "spec.dataset";
    struct nearest near;
    enum status status = STATUS_NOT_FOUND;
    nearest_init(&near, word);
    if (strcmp(word, "dataset") == 0)
        word = dataset;
    if (strncmp(word, SPEC, strlen(SPEC)) == 0)
        status = spec_term(word, path, ret, error);
    for (int f = 0; f < QUERY_SPEC && status == STATUS_NOT_FOUND; f++) {
        const char *name = query_field_name((enum query_field)f);
        if (query_has_field(of, (enum query_field)f))
            nearest_consider(&near, name);
        if (strcmp(name, word) != 0)
            continue;
        *ret = (struct query_term){.field = (enum query_field)f};
        status = STATUS_OK;
    }
    if (status == STATUS_NOT_FOUND)
        return filter_fail(error, "unknown_field",
                           near.best != NULL ? near.best : in_short(of, word),
                           "%s have no field \"%s\"", rows, shown(word, text));
    if (status != STATUS_OK)
        return status;
    if (!query_has_field(of, ret->field))
        return filter_fail(error, "unknown_field", NULL, "%s have no %s, only runs have",
                           rows, word);
    if (to_sort && !query_has_key(of, ret->field))
        return filter_fail(error, "not_sortable", NULL, "%s cannot be sorted by %s", rows,
                           word);
    return STATUS_OK;
}

static bool read_number(const char *word, double *ret)
{
    char *end;
    if (*word == '\0' || word[strspn(word, "+-.0123456789eE")] != '\0')
        return false;
    *ret = strtod(word, &end);
    return *end == '\0' && isfinite(*ret);
}

static enum status choose(const char *const *choices, const char *word, struct value *ret,
                          struct filter_error *error)
{
    char text[WORD_SHOWN + 1], all[200] = "";
    struct nearest near;
    nearest_init(&near, word);
    for (size_t i = 0; choices[i] != NULL; i++) {
        size_t n = strlen(all);
        if (strcmp(choices[i], word) == 0) {
            *ret = VALUE_OF_TEXT(choices[i]);
            return STATUS_OK;
        }
        nearest_consider(&near, choices[i]);
        snprintf(all + n, sizeof all - n, "%s%s", n > 0 ? ", " : "", choices[i]);
    }
    return filter_fail(error, "not_a_choice", near.best, "\"%s\" is none of %s",
                       shown(word, text), all);
}

static enum status state_value(const char *word, struct value *ret,
                               struct filter_error *error)
{
    const char *names[RUN_STATES + 1] = {NULL};
    for (int s = 0; s < RUN_STATES; s++)
        names[s] = run_state_name((enum run_state)s);
    return choose(names, word, ret, error);
}

static enum status number_value(const char *word, bool quoted, struct value *ret,
                                struct filter_error *error)
{
    char text[WORD_SHOWN + 1];
    double x;
    if (quoted || !read_number(word, &x))
        return filter_fail(error, "wrong_type", NULL, "\"%s\" is not a number",
                           shown(word, text));
    *ret = VALUE_OF_NUMBER(x);
    return STATUS_OK;
}

static enum status spec_value(const struct spec_path *path, const char *word, bool quoted,
                              struct value *ret, struct filter_error *error)
{
    double x;
    if (path->type == PATH_NUMBER)
        return number_value(word, quoted, ret, error);
    if (path->type == PATH_EITHER && !quoted && read_number(word, &x))
        *ret = VALUE_OF_NUMBER(x);
    else if (path->choices != NULL)
        return choose(path->choices, word, ret, error);
    else
        *ret = VALUE_OF_TEXT(word);
    return STATUS_OK;
}

enum status filter_value(const struct query_term *of, const struct spec_path *path,
                         const char *word, bool quoted, int64_t now, struct value *ret,
                         struct filter_error *error)
{
    char text[WORD_SHOWN + 1];
    double ms;
    switch (query_field_type(of->field)) {
    case QUERY_TYPE_NUMBER:
        return number_value(word, quoted, ret, error);
    case QUERY_TYPE_TIME:
        if (!filter_time(word, now, &ms))
            return filter_fail(
                error, "wrong_type", NULL,
                "\"%s\" is not a time: 2026-11-23, 2026-11-23T17:00, or an age "
                "like -2d (s, m, h, d, w)",
                shown(word, text));
        *ret = VALUE_OF_NUMBER(ms);
        return STATUS_OK;
    case QUERY_TYPE_STATE:
        return state_value(word, ret, error);
    case QUERY_TYPE_SPEC:
        return spec_value(path, word, quoted, ret, error);
    case QUERY_TYPE_TEXT:
    case QUERY_TYPE_TAG:
        break;
    }
    *ret = VALUE_OF_TEXT(word);
    return STATUS_OK;
}
