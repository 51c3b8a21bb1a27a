/* In: the table of fields. Out: the JSON Schema (2020-12) of a job spec. What one field
 * alone may be comes from its row; what several fields must have in common, a schema
 * cannot say, so it is told in the description. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec/sweep.h"
#include "spec/values.h"

static const char about[] =
    "Written from the table of fields of the server (GET /v1/spec), which says the "
    "same for forms. Everything but `dataset` has a default. The server checks more "
    "than a schema can say; these rules are told with the codes of the errors that "
    "break them.\n\n"
    "- `bad_json`: an object has each key once, and at most 16 levels of nesting; a "
    "number of 2^63 or more is written with an exponent.\n"
    "- `wrong_type`: whole numbers are written without fraction and exponent.\n"
    "- `wrong_length`: a list per layer has one entry for each layer of synapses, "
    "of which there is one more than hidden layers; a list per hidden layer one for "
    "each of these.\n"
    "- `required`: an optional section of plasticity that is there does something: "
    "compete has fraction or count, subnet units or fraction, mask fraction, cache "
    "threshold.\n"
    "- `exclusive`: not both of compete/fraction and compete/count, nor of "
    "subnet/units and subnet/fraction.\n"
    "- `senseless`: units, which compete by error or activity, do so with the scope "
    "layer.\n"
    "- `out_of_range`: a subnet has at most the units of its hidden layer, and a "
    "competition at most as many winners as take part in it.\n"
    "- `no_end`: one of stop/epochs, stop/samples and stop/seconds is set.\n"
    "- `too_many_runs`: the cells of the sweep times the seeds are at most 10000 "
    "runs.\n"
    "- `no_such_entry`: the sweep of a single entry of a list names one that the "
    "list has.\n"
    "- With a sweep all of this holds in each of its cells, not in the spec that it "
    "varies.\n"
    "- `unknown_dataset`, `bad_dataset`: the server has that data set, whole.\n"
    "- `too_large`: the weights of a run fit into the memory that a run may take.\n"
    "- `too_many_rows`: a run has at most a million evaluations.";

static json_t *number(double x)
{
    return x == rint(x) && fabs(x) < 0x1p53 ? json_integer((json_int_t)x) : json_real(x);
}

static json_t *typed(const char *type)
{
    return json_pack("{s:s}", "type", type);
}

static json_t *null_schema(void)
{
    return typed("null");
}

/* One number of a field, or of its list. */
static json_t *number_schema(const struct field *f)
{
    json_t *j = typed(field_is_integral(f) ? "integer" : "number");
    json_object_set_new(j, f->above_min ? "exclusiveMinimum" : "minimum", number(f->min));
    json_object_set_new(j, "maximum", number(f->max));
    return j;
}

static json_t *text_schema(const struct field *f)
{
    json_t *j = typed("string");
    if (f->min > 0)
        json_object_set_new(j, "minLength", number(f->min));
    json_object_set_new(j, "maxLength", number(f->max));
    return j;
}

static json_t *list_schema(json_t *items, size_t min, size_t max)
{
    json_t *j = json_pack("{s:s, s:o}", "type", "array", "items", items);
    if (min > 0)
        json_object_set_new(j, "minItems", json_integer((json_int_t)min));
    if (max > 0)
        json_object_set_new(j, "maxItems", json_integer((json_int_t)max));
    return j;
}

static json_t *set_schema(json_t *items, size_t min, size_t max)
{
    json_t *j = list_schema(items, min, max);
    json_object_set_new(j, "uniqueItems", json_true());
    return j;
}

static json_t *choice_schema(const struct field *f)
{
    json_t *words = json_array();
    for (size_t i = 0; f->choices[i] != NULL; i++)
        json_array_append_new(words, json_string(f->choices[i]));
    return json_pack("{s:o}", "enum", words);
}

static json_t *exponents_schema(const struct field *f)
{
    json_t *entry = number_schema(f);
    json_object_set_new(entry, "not", json_pack("{s:i}", "const", 1)); /* that is M1 */
    return set_schema(entry, 0, EXPONENTS_MAX);
}

static json_t *redraw_schema(void)
{
    json_t *words = json_array();
    for (int kind = REDRAW_NEVER; kind < REDRAW_CYCLE; kind++)
        json_array_append_new(words, json_string(redraw_name((enum mask_redraw)kind)));
    return json_pack("{s:[{s:o}, {s:s, s:{s:{s:s, s:i, s:i}}, s:[s], s:b}]}", "anyOf",
                     "enum", words, "type", "object", "properties", "cycle", "type",
                     "integer", "minimum", 1, "maximum", REDRAW_CYCLE_MAX, "required",
                     "cycle", "additionalProperties", 0);
}

static json_t *seeds_schema(const struct field *f)
{
    json_t *seed = json_pack("{s:s, s:i, s:o}", "type", "integer", "minimum", 0,
                             "maximum", number(f->max));
    return json_pack("{s:[{s:s, s:i, s:i}, o]}", "anyOf", "type", "integer", "minimum", 1,
                     "maximum", SPEC_RUNS_MAX, set_schema(seed, 1, SPEC_RUNS_MAX));
}

/* "#/properties/network/properties/hidden" of "/network/hidden", and what follows it. */
static json_t *reference(const char *pointer, const char *rest)
{
    char at[8 * POINTER_MAX] = "#";
    for (const char *key = pointer; *key != '\0'; key += 1 + strcspn(key + 1, "/")) {
        size_t used = strlen(at);
        snprintf(at + used, sizeof at - used, "/properties/%.*s",
                 (int)strcspn(key + 1, "/"), key + 1);
    }
    size_t used = strlen(at);
    snprintf(at + used, sizeof at - used, "%s", rest);
    return json_pack("{s:s}", "$ref", at);
}

/* What an axis of a sweep takes: a list of the values of that place. */
static void add_axis(json_t *axes, const char *key, json_t *value)
{
    if (json_object_get(axes, key) == NULL)
        json_object_set_new(axes, key, set_schema(value, 1, 0));
    else
        json_decref(value);
}

static void add_axes_of(const struct field *f, json_t *axes, json_t *entries)
{
    char section[POINTER_MAX], key[POINTER_MAX + 40];
    add_axis(axes, f->pointer, reference(f->pointer, ""));
    if (field_has_list(f)) {
        snprintf(key, sizeof key, "^%s/(0|[1-9][0-9]{0,2})$", f->pointer);
        add_axis(entries, key,
                 reference(f->pointer, f->type == FIELD_UNITS ? "/items" : "/anyOf/0"));
    }
    snprintf(section, sizeof section, "%s", f->pointer);
    for (char *slash = strrchr(section, '/'); slash != section;
         slash = strrchr(section, '/')) {
        *slash = '\0';
        add_axis(axes, section, reference(section, ""));
    }
}

static json_t *sweep_schema(void)
{
    json_t *axes = json_object(), *entries = json_object();
    for (size_t i = 0; i < fields_count; i++)
        if (fields[i].in_canonical)
            add_axes_of(&fields[i], axes, entries);
    return json_pack("{s:s, s:i, s:o, s:o, s:b}", "type", "object", "maxProperties",
                     AXES_MAX - 1, "properties", axes, "patternProperties", entries,
                     "additionalProperties", 0);
}

static json_t *one_or_list(const struct field *f)
{
    return json_pack("{s:[o, o]}", "anyOf", number_schema(f),
                     list_schema(number_schema(f), 1, field_list_max(f)));
}

static json_t *value_schema(const struct field *f)
{
    switch (f->type) {
    case FIELD_TEXT:
        return text_schema(f);
    case FIELD_TAGS:
        return list_schema(text_schema(f), 0, SPEC_TAGS_MAX);
    case FIELD_FLAG:
        return typed("boolean");
    case FIELD_CHOICE:
        return choice_schema(f);
    case FIELD_INTEGER:
    case FIELD_NUMBER:
        return number_schema(f);
    case FIELD_UNITS:
        return list_schema(number_schema(f), 1, field_list_max(f));
    case FIELD_LIST_OF_INTEGERS:
    case FIELD_LIST_OF_NUMBERS:
        return one_or_list(f);
    case FIELD_EXPONENTS:
        return exponents_schema(f);
    case FIELD_GATE:
        return json_pack("{s:[{s:s}, o]}", "anyOf", "const", "wrong", number_schema(f));
    case FIELD_REDRAW:
        return redraw_schema();
    case FIELD_SEEDS:
        return seeds_schema(f);
    case FIELD_SWEEP:
        return sweep_schema();
    }
    return json_object();
}

static json_t *nullable(json_t *schema)
{
    json_t *any = json_object_get(schema, "anyOf");
    if (any == NULL)
        return json_pack("{s:[o, o]}", "anyOf", schema, null_schema());
    json_array_append_new(any, null_schema());
    return schema;
}

static json_t *field_schema(const struct field *f)
{
    char text[400];
    json_t *j = value_schema(f);
    if (f->nullable)
        j = nullable(j);
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s", f->help, f->per ? " Per " : "",
             f->per ? f->per : "", f->per ? "." : "", f->unit ? " Unit: " : "",
             f->unit ? f->unit : "", f->unit ? "." : "");
    json_object_set_new(j, "description", json_string(text));
    if (f->standard != NULL)
        json_object_set_new(j, "default", json_loads(f->standard, JSON_DECODE_ANY, NULL));
    return j;
}

static json_t *object_schema(bool may_be_null)
{
    json_t *j =
        may_be_null ? json_pack("{s:[s, s]}", "type", "object", "null") : typed("object");
    json_object_set_new(j, "properties", json_object());
    json_object_set_new(j, "additionalProperties", json_false());
    return j;
}

/* Places a field's schema, making those of its sections on the way. */
static void place(json_t *root, const struct field *f)
{
    json_t *properties = json_object_get(root, "properties");
    const char *key = f->pointer + 1, *slash;
    char section[POINTER_MAX];
    while ((slash = strchr(key, '/')) != NULL) {
        char name[POINTER_MAX];
        snprintf(name, sizeof name, "%.*s", (int)(slash - key), key);
        snprintf(section, sizeof section, "%.*s", (int)(slash - f->pointer), f->pointer);
        json_t *object = json_object_get(properties, name);
        if (object == NULL) {
            object = object_schema(section_is_optional(section));
            json_object_set_new(properties, name, object);
        }
        properties = json_object_get(object, "properties");
        key = slash + 1;
    }
    json_object_set_new(properties, key, field_schema(f));
}

char *spec_schema(void)
{
    json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:{}, s:[], s:b}", "$schema",
                             "https://json-schema.org/draft/2020-12/schema", "title",
                             "Job spec of frugal", "description", about, "type", "object",
                             "properties", "required", "additionalProperties", 0);
    for (size_t i = 0; i < fields_count; i++) {
        place(root, &fields[i]);
        if (fields[i].standard == NULL)
            json_array_append_new(json_object_get(root, "required"),
                                  json_string(fields[i].pointer + 1));
    }
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(root);
    return text;
}
