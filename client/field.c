/* In: a jansson object and a key. Out: a C value that is safe to use. */
#include "field.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "text.h"

enum { LINE_MAX_BYTES = 4096 };

const char *field_text(const json_t *object, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : otherwise;
}

double field_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

int64_t field_count(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return -1;
    return json_integer_value(value);
}

void field_print_all(const json_t *list, const char *key)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        const char *text = field_text(object, key, NULL);
        struct buf line;
        buf_init(&line, LINE_MAX_BYTES);
        if (text != NULL)
            text_add_line(&line, text);
        else
            buf_addf(&line, "%" PRId64, field_count(object, key));
        printf("%s\n", line.data);
        buf_release(&line);
    }
}
