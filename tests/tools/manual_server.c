/* Fills frugald(8), frugald.conf(5) and frugal-spec(5) from the tables of options and of
 * the fields of a job spec. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/options.h"
#include "spec/spec.h"
#include "tests/tools/manual.h"

static void print_option(const struct opt *o, const char *value, const char *more)
{
    (void)more;
    manual_option(o);
    if (o->metavar != NULL && *value != '\0')
        printf("The default is\n.Ql %s .\n", value);
}

static void print_options(void)
{
    options_each(print_option);
}

static void print_setting(const struct opt *o, const char *value, const char *more)
{
    if (!conf_has(o))
        return;
    printf(".It Ic %s Cm =", o->name);
    if (*value != '\0')
        printf(" Ar %s", value);
    printf("\n");
    manual_text(o->help);
    if (more != NULL)
        manual_text(more);
}

static void print_settings(void)
{
    options_each(print_setting);
}

/* "Type: numbers, one for each layer; above 0 to 1." */
static void print_kind(const json_t *field)
{
    const char *per = json_string_value(json_object_get(field, "per"));
    const char *unit = json_string_value(json_object_get(field, "unit"));
    const json_t *choices = json_object_get(field, "choices"), *choice;
    size_t i;
    printf("Type: %s%s%s", json_string_value(json_object_get(field, "type")),
           per != NULL ? ", one for each " : "", per != NULL ? per : "");
    json_array_foreach(choices, i, choice)
    {
        printf("%s%s", i == 0 ? " of " : ", ", json_string_value(choice));
    }
    const json_t *min = json_object_get(field, "min"),
                 *max = json_object_get(field, "max");
    if (json_is_number(min) && json_is_number(max))
        printf("; %s %.15g to %.15g",
               json_is_true(json_object_get(field, "above_min")) ? "above" : "from",
               json_number_value(min), json_number_value(max));
    if (unit != NULL)
        printf("; in %s", unit);
    printf(".\n");
}

/* mdoc takes quotation marks for its own. */
static void print_value(const char *json)
{
    printf("Default:\n.Ql ");
    for (; *json != '\0'; json++)
        if (*json == '"')
            printf("\\(dq");
        else
            putchar(*json);
    printf(" .\n");
}

static void print_default(const json_t *field)
{
    char *value = json_dumps(json_object_get(field, "default"),
                             JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (json_is_true(json_object_get(field, "required")))
        printf("It must be given.\n");
    else
        print_value(value);
    free(value);
}

static void print_fields(void)
{
    char *text = spec_describe();
    json_t *document = json_loads(text, 0, NULL), *field;
    size_t i;
    json_array_foreach(json_object_get(document, "fields"), i, field)
    {
        printf(".It Ic ");
        manual_words(json_string_value(json_object_get(field, "pointer")));
        printf("\n");
        manual_text(json_string_value(json_object_get(field, "help")));
        print_kind(field);
        print_default(field);
    }
    json_decref(document);
    free(text);
}

int main(void)
{
    static const struct manual_part parts[] = {{"@options@", print_options},
                                               {"@settings@", print_settings},
                                               {"@fields@", print_fields},
                                               {NULL, NULL}};
    return manual_fill(parts);
}
