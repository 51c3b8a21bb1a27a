/* In: members of struct spec. Out: the JSON that sets them. */
#include <math.h>

#include "spec/fields.h"

const char *redraw_name(enum mask_redraw kind)
{
    static const char *const names[] = {"never", "sample", "class"};
    return names[kind];
}

bool field_is_integral(const struct field *f)
{
    return f->type == FIELD_INTEGER || f->type == FIELD_UNITS ||
           f->type == FIELD_LIST_OF_INTEGERS;
}

static json_t *number_json(const struct field *f, double x)
{
    bool whole = x == rint(x) && fabs(x) < 0x1p53;
    return field_is_integral(f) || whole ? json_integer((json_int_t)x) : json_real(x);
}

static json_t *list_json(const struct field *f, const struct spec_numbers *list)
{
    if (list->count == 0)
        return json_null();
    if (list->one_for_all)
        return number_json(f, list->value[0]);
    json_t *j = json_array();
    for (uint32_t l = 0; l < list->count; l++)
        json_array_append_new(j, number_json(f, list->value[l]));
    return j;
}

static json_t *tags_json(const struct spec_tags *tags)
{
    json_t *j = json_array();
    for (uint32_t i = 0; i < tags->count; i++)
        json_array_append_new(j, json_string(tags->tag[i]));
    return j;
}

static json_t *exponents_json(const struct field *f, const struct exponents *e)
{
    json_t *j = json_array();
    for (uint32_t k = 0; k < e->count; k++)
        json_array_append_new(j, number_json(f, e->value[k]));
    return j;
}

static json_t *gate_json(const struct spec_gate *gate)
{
    if (gate->kind == GATE_NONE)
        return json_null();
    return gate->kind == GATE_WRONG ? json_string("wrong") : json_real(gate->error);
}

static json_t *redraw_json(const struct spec_redraw *redraw)
{
    if (redraw->kind == REDRAW_CYCLE)
        return json_pack("{s:i}", "cycle", (int)redraw->cycle);
    return json_string(redraw_name(redraw->kind));
}

json_t *field_get(const struct field *f, const struct spec *from)
{
    const void *member = (const char *)from + f->offset;
    switch (f->type) {
    case FIELD_TEXT:
        return json_string(member);
    case FIELD_TAGS:
        return tags_json(member);
    case FIELD_FLAG:
        return json_boolean(*(const bool *)member);
    case FIELD_CHOICE:
        return json_string(f->choices[*(const int64_t *)member]);
    case FIELD_INTEGER:
        if (f->nullable && *(const int64_t *)member == 0)
            return json_null();
        return json_integer(*(const int64_t *)member);
    case FIELD_NUMBER:
        if (f->nullable && *(const double *)member == 0)
            return json_null();
        return number_json(f, *(const double *)member);
    case FIELD_UNITS:
    case FIELD_LIST_OF_INTEGERS:
    case FIELD_LIST_OF_NUMBERS:
        return list_json(f, member);
    case FIELD_EXPONENTS:
        return exponents_json(f, member);
    case FIELD_GATE:
        return gate_json(member);
    case FIELD_REDRAW:
        return redraw_json(member);
    case FIELD_SEEDS:
    case FIELD_SWEEP:
        break;
    }
    return json_null();
}
