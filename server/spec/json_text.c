#include "spec/json_text.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    DIGITS_MIN = 15,
    DIGITS_MAX = 17
}; /* of a double: those that all hold, and need */

static size_t digits_of_real(double x)
{
    char text[40];
    for (int digits = DIGITS_MIN; digits < DIGITS_MAX; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            return (size_t)digits;
    }
    return DIGITS_MAX;
}

static size_t more(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t digits_of(const json_t *j)
{
    size_t digits = DIGITS_MIN, i;
    const char *key;
    json_t *value;
    if (json_is_real(j))
        return digits_of_real(json_real_value(j));
    json_array_foreach((json_t *)j, i, value) digits = more(digits, digits_of(value));
    json_object_foreach((json_t *)j, key, value) digits = more(digits, digits_of(value));
    return digits;
}

char *json_exact_text(const json_t *j, size_t flags)
{
    return json_dumps(j, flags | JSON_REAL_PRECISION(digits_of(j)));
}
