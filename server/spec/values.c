/* In: JSON values. Out: checked members of struct spec. One function per type of field;
 * ranges and choices come from the field's row. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "spec/values.h"

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {"an object", "a list", "a string", "an integer",
                                        "a number",  "true",   "false",    "null"};
    return names[json_typeof(value)];
}

void value_wrong_type(struct problems *p, const char *pointer, const char *wanted,
                      const json_t *value)
{
    problems_add(p, pointer, "wrong_type", NULL, "must be %s, not %s", wanted,
                 type_name(value));
}

/* Whether x is in the range of the row; false is reported. */
static bool in_range(const struct field *f, double x, const char *pointer,
                     struct problems *problems)
{
    bool low = f->above_min ? x <= f->min : x < f->min;
    if (!low && x <= f->max)
        return true;
    problems_add(problems, pointer, "out_of_range", NULL,
                 "must be %s %.16g and at most "
                 "%.16g",
                 f->above_min ? "above" : "at least", f->min, f->max);
    return false;
}

bool value_read_number(const struct field *f, const json_t *value, const char *pointer,
                       double *ret, struct problems *problems)
{
    if (field_is_integral(f) ? !json_is_integer(value) : !json_is_number(value)) {
        value_wrong_type(problems, pointer,
                         field_is_integral(f) ? "an integer" : "a number", value);
        return false;
    }
    double x = json_number_value(value);
    if (!in_range(f, x, pointer, problems))
        return false;
    *ret = x;
    return true;
}

/* Characters of a UTF-8 string; Jansson has checked the encoding. */
static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static bool read_text(const struct field *f, const json_t *value, const char *pointer,
                      char *target, struct problems *problems)
{
    const char *text = json_string_value(value);
    if (text == NULL) {
        value_wrong_type(problems, pointer, "a string", value);
        return false;
    }
    double n = (double)characters(text);
    if (n < f->min || n > f->max) {
        problems_add(problems, pointer, "out_of_range", NULL,
                     "must have %.0f to %.0f characters, not %.0f", f->min, f->max, n);
        return false;
    }
    memcpy(target, text, strlen(text) + 1);
    return true;
}

static void set_tags(const struct field *f, const json_t *value, const char *pointer,
                     struct spec_tags *target, struct problems *problems)
{
    if (!json_is_array(value)) {
        value_wrong_type(problems, pointer, "a list of strings", value);
        return;
    }
    size_t n = json_array_size(value);
    if (n > SPEC_TAGS_MAX) {
        problems_add(problems, pointer, "out_of_range", NULL, "at most %d tags",
                     SPEC_TAGS_MAX);
        return;
    }
    target->count = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        char at[64];
        snprintf(at, sizeof at, "%s/%zu", pointer, i);
        read_text(f, json_array_get(value, i), at, target->tag[i], problems);
    }
}

static void set_choice(const struct field *f, const json_t *value, const char *pointer,
                       int64_t *target, struct problems *problems)
{
    const char *word = json_string_value(value);
    if (word == NULL) {
        value_wrong_type(problems, pointer, "a string", value);
        return;
    }
    char all[200] = "";
    struct nearest near;
    nearest_init(&near, word);
    for (int64_t i = 0; f->choices[i] != NULL; i++) {
        if (strcmp(f->choices[i], word) == 0) {
            *target = i;
            return;
        }
        nearest_consider(&near, f->choices[i]);
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", f->choices[i]);
    }
    problems_add(problems, pointer, "not_a_choice", near.best, "must be one of: %s", all);
}

static void set_numbers(const struct field *f, const json_t *value, const char *pointer,
                        struct spec_numbers *target, struct problems *problems)
{
    bool must_be_list = f->type == FIELD_UNITS;
    if (json_is_number(value) && !must_be_list) {
        target->one_for_all = true;
        target->count = 1;
        value_read_number(f, value, pointer, &target->value[0], problems);
        return;
    }
    if (!json_is_array(value)) {
        value_wrong_type(problems, pointer,
                         must_be_list ? "a list of integers"
                                      : "a number, or a list of numbers",
                         value);
        return;
    }
    size_t n = json_array_size(value);
    size_t most = field_list_max(f);
    if (n > most || n == 0) {
        problems_add(problems, pointer, "out_of_range", NULL,
                     "must have 1 to %zu entries, not %zu", most, n);
        return;
    }
    target->one_for_all = false;
    target->count = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        char at[128];
        snprintf(at, sizeof at, "%s/%zu", pointer, i);
        value_read_number(f, json_array_get(value, i), at, &target->value[i], problems);
    }
}

static void set_gate(const struct field *f, const json_t *value, const char *pointer,
                     struct spec_gate *target, struct problems *problems)
{
    const char *word = json_string_value(value);
    struct nearest near;
    nearest_init(&near, word != NULL ? word : "");
    nearest_consider(&near, "wrong");
    if (word != NULL && strcmp(word, "wrong") == 0)
        *target = (struct spec_gate){.kind = GATE_WRONG};
    else if (word != NULL || !json_is_number(value))
        problems_add(problems, pointer, "not_a_choice", near.best,
                     "must be \"wrong\", a number, or null");
    else if (in_range(f, json_number_value(value), pointer, problems))
        *target = (struct spec_gate){GATE_ERROR, json_number_value(value)};
}

static void set_redraw(const json_t *value, const char *pointer,
                       struct spec_redraw *target, struct problems *problems)
{
    const char *word = json_string_value(value);
    const json_t *cycle = json_object_get(value, "cycle");
    json_int_t n = json_integer_value(cycle);
    struct nearest near;
    nearest_init(&near, word != NULL ? word : "");
    for (int kind = REDRAW_NEVER; kind < REDRAW_CYCLE && word != NULL; kind++) {
        if (strcmp(word, redraw_name((enum mask_redraw)kind)) == 0) {
            *target = (struct spec_redraw){.kind = (enum mask_redraw)kind};
            return;
        }
        nearest_consider(&near, redraw_name((enum mask_redraw)kind));
    }
    if (json_is_integer(cycle) && json_object_size(value) == 1 && n >= 1 &&
        n <= REDRAW_CYCLE_MAX)
        *target = (struct spec_redraw){REDRAW_CYCLE, (uint32_t)n};
    else
        problems_add(problems, pointer, "not_a_choice", near.best,
                     "must be \"never\", \"sample\", \"class\" or {\"cycle\": n} with n "
                     "from 1 to %d",
                     REDRAW_CYCLE_MAX);
}

/* What null stands for. */
static void unset(const struct field *f, void *target)
{
    switch (f->type) {
    case FIELD_INTEGER:
        *(int64_t *)target = 0;
        break;
    case FIELD_LIST_OF_INTEGERS:
    case FIELD_LIST_OF_NUMBERS:
        *(struct spec_numbers *)target = (struct spec_numbers){.count = 0};
        break;
    case FIELD_GATE:
        *(struct spec_gate *)target = (struct spec_gate){.kind = GATE_NONE};
        break;
    default:
        *(double *)target = 0;
    }
}

void field_set(const struct field *f, const json_t *value, const char *pointer,
               struct spec *into, struct problems *problems)
{
    void *target = (char *)into + f->offset;
    double number = 0;
    if (f->nullable && json_is_null(value)) {
        unset(f, target);
        return;
    }
    switch (f->type) {
    case FIELD_TEXT:
        read_text(f, value, pointer, target, problems);
        break;
    case FIELD_TAGS:
        set_tags(f, value, pointer, target, problems);
        break;
    case FIELD_FLAG:
        if (json_is_boolean(value))
            *(bool *)target = json_is_true(value);
        else
            value_wrong_type(problems, pointer, "true or false", value);
        break;
    case FIELD_CHOICE:
        set_choice(f, value, pointer, target, problems);
        break;
    case FIELD_INTEGER:
        if (value_read_number(f, value, pointer, &number, problems))
            *(int64_t *)target = (int64_t)number;
        break;
    case FIELD_NUMBER:
        value_read_number(f, value, pointer, target, problems);
        break;
    case FIELD_UNITS:
    case FIELD_LIST_OF_INTEGERS:
    case FIELD_LIST_OF_NUMBERS:
        set_numbers(f, value, pointer, target, problems);
        break;
    case FIELD_EXPONENTS:
        exponents_set(f, value, pointer, target, problems);
        break;
    case FIELD_GATE:
        set_gate(f, value, pointer, target, problems);
        break;
    case FIELD_REDRAW:
        set_redraw(value, pointer, target, problems);
        break;
    case FIELD_SEEDS:
    case FIELD_SWEEP:
        break;
    }
}

bool field_has_list(const struct field *f)
{
    return f->type == FIELD_UNITS || f->type == FIELD_LIST_OF_INTEGERS ||
           f->type == FIELD_LIST_OF_NUMBERS;
}

size_t field_list_max(const struct field *f)
{
    return strcmp(f->per, "hidden layer") == 0 ? SPEC_HIDDEN_MAX : NET_LAYERS_MAX;
}

struct spec_numbers *field_list(const struct field *f, struct spec *in)
{
    return (struct spec_numbers *)((char *)in + f->offset);
}

void numbers_write_out(struct spec_numbers *list, uint32_t layers)
{
    if (!list->one_for_all)
        return;
    list->one_for_all = false;
    list->count = layers;
    for (uint32_t l = 1; l < layers; l++)
        list->value[l] = list->value[0];
}

void field_set_entry(const struct field *f, size_t entry, uint32_t layers,
                     const json_t *value, const char *pointer, struct spec *into,
                     struct problems *problems)
{
    struct spec_numbers *list = field_list(f, into);
    numbers_write_out(list, layers);
    if (entry >= list->count)
        problems_add(problems, pointer, "no_such_entry", NULL, "%s has %u entries",
                     f->pointer, list->count);
    else
        value_read_number(f, value, pointer, &list->value[entry], problems);
}
