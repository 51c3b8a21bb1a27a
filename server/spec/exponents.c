/* In: a JSON list. Out: the exponents of further energies. */
#include <stdio.h>

#include "spec/values.h"

/* Adds one that is neither there already nor one of those that are always kept. */
static void add(struct exponents *e, double x, const char *pointer,
                struct problems *problems)
{
    for (uint32_t k = 0; k < e->count; k++)
        if (e->value[k] == x) {
            problems_add(problems, pointer, "duplicate", NULL, "%g is there twice", x);
            return;
        }
    if (x == 1)
        problems_add(problems, pointer, "senseless", NULL,
                     "M1, the sum of |dw|, is part of every trace");
    else
        e->value[e->count++] = x;
}

void exponents_set(const struct field *f, const json_t *value, const char *pointer,
                   struct exponents *target, struct problems *problems)
{
    size_t n = json_array_size(value);
    *target = (struct exponents){.count = 0};
    if (!json_is_array(value)) {
        value_wrong_type(problems, pointer, "a list of numbers", value);
        return;
    }
    if (n > EXPONENTS_MAX) {
        problems_add(problems, pointer, "out_of_range", NULL, "at most %d exponents",
                     EXPONENTS_MAX);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char at[64];
        double x;
        snprintf(at, sizeof at, "%s/%zu", pointer, i);
        if (value_read_number(f, json_array_get(value, i), at, &x, problems))
            add(target, x, at, problems);
    }
}
