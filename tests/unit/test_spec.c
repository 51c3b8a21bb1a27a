/* The fields of a spec, each as its row in the table says. */
#include "specs.h"

static bool is_number(const struct field *f)
{
    return f->type == FIELD_INTEGER || f->type == FIELD_NUMBER || field_has_list(f);
}

static bool takes_integers(const struct field *f)
{
    return f->type == FIELD_INTEGER || f->type == FIELD_UNITS ||
           f->type == FIELD_LIST_OF_INTEGERS;
}

static bool is_per_hidden_layer(const struct field *f)
{
    return f->per != NULL && strcmp(f->per, "hidden layer") == 0;
}

/* The spec must be refused because of `value` (taken), at the pointer of the row or just
 * below it. */
static void refuses(const struct field *f, json_t *value, const char *below,
                    const char *code)
{
    char pointer[100];
    snprintf(pointer, sizeof pointer, "%s%s", f->pointer, below);
    expect_problem(spec_with(f->pointer, value), pointer, code);
}

static void takes(const struct field *f, json_t *value)
{
    plan_free(plan_of(spec_with(f->pointer, value)));
}

static json_t *number(const struct field *f, double x)
{
    return takes_integers(f) ? json_integer((json_int_t)x) : json_real(x);
}

static json_t *default_document(const char *text)
{
    struct plan *p = plan_of(text);
    char *json = plan_json(p);
    json_t *root = json_loads(json, 0, NULL);
    free(json);
    plan_free(p);
    return root;
}

static void defaults_are_those_of_the_table(void **state)
{
    (void)state;
    json_t *root = default_document("{\"dataset\": \"mnist\"}");
    size_t given = 0, off = 0;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        given += f->standard == NULL;
        if (f->standard == NULL)
            continue;
        if (json_is_null(json_at(root, section_of(f)))) {
            assert_true(section_is_optional(section_of(f)));
            off++;
            continue;
        }
        json_t *want = json_loads(f->standard, JSON_DECODE_ANY, NULL);
        if (!json_equal(want, json_at(root, f->pointer)))
            fail_msg("%s: not %s", f->pointer, f->standard);
        json_decref(want);
    }
    assert_int_equal(given, 1);
    assert_true(off > 0 && off < fields_count / 2);
    assert_string_equal(json_string_value(json_at(root, "/dataset")), "mnist");
    json_decref(root);
}

/* Counts the leaves below a section: there is a row for each. */
static size_t count_leaves(const json_t *object, const char *section)
{
    const char *key;
    json_t *value;
    size_t leaves = 0;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        char pointer[200];
        snprintf(pointer, sizeof pointer, "%s/%s", section, key);
        if (field_is_section(pointer)) {
            leaves += count_leaves(value, pointer);
        } else {
            assert_non_null(field_find(pointer));
            leaves++;
        }
    }
    return leaves;
}

static void the_document_has_a_key_per_row(void **state)
{
    (void)state;
    json_t *root = default_document(
        "{\"dataset\":\"d\",\"plasticity\":{\"compete\":{\"count\":1},\"subnet\":{"
        "\"units\":1},\"mask\":{\"fraction\":0.5},\"cache\":{\"threshold\":1}}}");
    assert_int_equal(count_leaves(root, ""), fields_count);
    json_decref(root);
}

/* Every type of JSON value at every field that does not take it. */
static void wrong_types_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        enum field_type t = f->type;
        bool text = t == FIELD_TEXT || t == FIELD_CHOICE;
        bool special = t == FIELD_GATE || t == FIELD_REDRAW;
        const char *code = special ? "not_a_choice" : "wrong_type";
        if (!text)
            refuses(f, json_string("word"), "", code);
        if (t != FIELD_FLAG)
            refuses(f, json_true(), "", code);
        if (!f->nullable)
            refuses(f, json_null(), "", code);
        if (t != FIELD_SWEEP)
            refuses(f, json_object(), "", code);
        bool list = field_has_list(f) || t == FIELD_EXPONENTS;
        if (!list && t != FIELD_TAGS && t != FIELD_SEEDS)
            refuses(f, json_array(), "", code);
        if ((!is_number(f) && t != FIELD_SEEDS && t != FIELD_GATE) || t == FIELD_UNITS)
            refuses(f, json_integer(1), "", code);
        if (t == FIELD_INTEGER || t == FIELD_LIST_OF_INTEGERS || t == FIELD_SEEDS) {
            refuses(f, json_real(1.0), "", code);
            refuses(f, json_real(1e2), "", code);
        }
        if (list) {
            refuses(f, json_pack("[s]", "1"), "/0", "wrong_type");
            refuses(f, json_pack("[n]"), "/0", "wrong_type");
            refuses(f, json_pack("[[i]]", 1), "/0", "wrong_type");
        }
        if (t == FIELD_UNITS)
            refuses(f, json_pack("[if]", 5, 5.0), "/1", "wrong_type");
        if (t == FIELD_TAGS)
            refuses(f, json_pack("[si]", "a", 1), "/1", "wrong_type");
    }
}

/* As many of a number as a default network needs. */
static json_t *list_of(const struct field *f, double x)
{
    json_t *list = json_array();
    for (int n = is_per_hidden_layer(f) ? 1 : 2; n > 0; n--)
        json_array_append_new(list, number(f, x));
    return list;
}

static void ranges_are_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        if (!is_number(f) && f->type != FIELD_GATE)
            continue;
        double step = takes_integers(f) ? 1 : 1e-9 * fmax(1, fabs(f->max));
        double low = f->min - (f->above_min ? 0 : step), high = f->max + step;
        double least = f->above_min ? f->min + step : f->min;
        if (field_has_list(f)) {
            refuses(f, json_pack("[o]", number(f, low)), "/0", "out_of_range");
            refuses(f, json_pack("[o]", number(f, high)), "/0", "out_of_range");
            takes(f, list_of(f, least));
            takes(f, list_of(f, f->max));
        }
        if (f->type != FIELD_UNITS) {
            refuses(f, number(f, low), "", "out_of_range");
            refuses(f, number(f, high), "", "out_of_range");
            takes(f, number(f, least));
            takes(f, number(f, f->max));
        }
        if (f->activates)
            expect_problem(spec_with(f->pointer, json_null()), section_of(f), "required");
        else if (f->nullable && strcmp(f->pointer, "/stop/epochs") != 0)
            takes(f, json_null());
    }
    expect_problem("{\"dataset\":\"d\",\"stop\":{\"accuracy\":1e-400}}", "/stop/accuracy",
                   "out_of_range");
    expect_problem("{\"dataset\":\"d\",\"evaluate\":{\"every\":4294967297}}",
                   "/evaluate/every", "out_of_range");
}

static json_t *repeated(const char *character, size_t n)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    while (n-- > 0)
        buf_adds(&b, character);
    json_t *j = json_string(b.data);
    buf_release(&b);
    return j;
}

static void texts_are_measured_in_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        size_t most = (size_t)f->max;
        if (f->type == FIELD_TEXT) {
            takes(f, repeated("\xf0\x9f\x8c\xb1", most));
            refuses(f, repeated("x", most + 1), "", "out_of_range");
            if (f->min > 0)
                refuses(f, json_string(""), "", "out_of_range");
        }
        if (f->type == FIELD_TAGS) {
            takes(f, json_pack("[o]", repeated("\xe2\x82\xac", most)));
            refuses(f, json_pack("[o]", repeated("x", most + 1)), "/0", "out_of_range");
            refuses(f, json_pack("[ss]", "a", ""), "/1", "out_of_range");
            json_t *many = json_array();
            for (int n = 0; n < SPEC_TAGS_MAX; n++)
                json_array_append_new(many, json_string("t"));
            takes(f, json_deep_copy(many));
            json_array_append_new(many, json_string("t"));
            refuses(f, many, "", "out_of_range");
        }
    }
}

static void choices_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        if (f->type != FIELD_CHOICE)
            continue;
        for (int64_t c = 0; f->choices[c] != NULL; c++) {
            struct plan *p = plan_of(spec_with(f->pointer, json_string(f->choices[c])));
            const char *member = (const char *)plan_base(p) + f->offset;
            assert_int_equal(*(const int64_t *)(const void *)member, c);
            plan_free(p);
        }
        refuses(f, json_string("nonsense"), "", "not_a_choice");
    }
    expect_suggestion("{\"dataset\":\"d\",\"network\":{\"activation\":\"leaky_rellu\"}}",
                      "/network/activation", "leaky_relu");
}

static void lists_have_a_length(void **state)
{
    (void)state;
    const struct field *hidden = field_find("/network/hidden");
    json_t *list = json_array();
    for (int n = 0; n < SPEC_HIDDEN_MAX; n++)
        json_array_append_new(list, json_integer(2));
    takes(hidden, json_deep_copy(list));
    json_array_append_new(list, json_integer(2));
    refuses(hidden, list, "", "out_of_range");
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        if (!field_has_list(f))
            continue;
        refuses(f, json_array(), "", "out_of_range");
        if (f->type == FIELD_UNITS)
            continue;
        size_t right = is_per_hidden_layer(f) ? 1 : 2, most = field_list_max(f);
        list = json_array();
        for (size_t n = 1; n <= NET_LAYERS_MAX + 1; n++) {
            json_array_append_new(list, number(f, 1));
            if (n == right)
                takes(f, json_deep_copy(list));
            else
                refuses(f, json_deep_copy(list), "",
                        n > most ? "out_of_range" : "wrong_length");
        }
        json_decref(list);
    }
}

static void rules_make_sense(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"\"compete\":{}", "/plasticity/compete", "required"},
        {"\"compete\":{\"by\":\"weight\"}", "/plasticity/compete", "required"},
        {"\"subnet\":{}", "/plasticity/subnet", "required"},
        {"\"mask\":{\"redraw\":\"class\"}", "/plasticity/mask", "required"},
        {"\"cache\":{\"decay\":0.5}", "/plasticity/cache", "required"},
        {"\"compete\":{\"fraction\":0.5,\"count\":5}", "/plasticity/compete/count",
         "exclusive"},
        {"\"subnet\":{\"fraction\":0.5,\"units\":5}", "/plasticity/subnet/fraction",
         "exclusive"},
        {"\"subnet\":{\"units\":101}", "/plasticity/subnet/units/0", "out_of_range"},
        {"\"compete\":{\"fraction\":0.5,\"by\":\"error\",\"scope\":\"unit\"}",
         "/plasticity/compete/scope", "senseless"},
        {"\"mask\":{\"fraction\":0.5,\"redraw\":{\"cycle\":0}}",
         "/plasticity/mask/redraw", "not_a_choice"},
        {"\"mask\":{\"fraction\":0.5,\"redraw\":{\"cycle\":1001}}",
         "/plasticity/mask/redraw", "not_a_choice"},
        {"\"mask\":{\"fraction\":0.5,\"redraw\":{\"cycle\":2,\"x\":1}}",
         "/plasticity/mask/redraw", "not_a_choice"},
        {"\"gate\":\"right\"", "/plasticity/gate", "not_a_choice"},
        {"\"subnet\":[5]", "/plasticity/subnet", "wrong_type"},
        {"\"mask\":{\"fractoin\":0.5,\"fraction\":1}", "/plasticity/mask/fractoin",
         "unknown_key"},
    };
    static const char *const right[] = {
        "\"compete\":null,\"subnet\":null,\"mask\":null,\"cache\":null,\"gate\":null",
        "\"subnet\":{\"units\":100},\"gate\":\"wrong\"",
        "\"subnet\":{\"units\":null,\"fraction\":[0.5]},\"gate\":0.25",
        "\"mask\":{\"fraction\":[0.1,1],\"redraw\":{\"cycle\":3},\"of\":\"synapses\"}",
    };
    char text[300];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(text, sizeof text, "{\"dataset\":\"d\",\"plasticity\":{%s}}",
                 wrong[i][0]);
        expect_problem(text, wrong[i][1], wrong[i][2]);
    }
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        snprintf(text, sizeof text, "{\"dataset\":\"d\",\"plasticity\":{%s}}", right[i]);
        plan_free(plan_of(text));
    }
    expect_problem("{\"dataset\":\"d\",\"network\":null}", "/network", "wrong_type");
}

static void some_stop_must_be_sure(void **state)
{
    (void)state;
    expect_problem("{\"dataset\":\"d\",\"stop\":{\"epochs\":null}}", "/stop", "no_end");
    plan_free(plan_of("{\"dataset\":\"d\",\"stop\":{\"epochs\":null,\"samples\":5}}"));
    plan_free(plan_of("{\"dataset\":\"d\",\"stop\":{\"epochs\":null,\"seconds\":5}}"));
}

static void the_description_has_a_row_per_field(void **state)
{
    (void)state;
    char *text = spec_describe();
    json_t *root = json_loads(text, 0, NULL), *row;
    const json_t *rows = json_object_get(root, "fields");
    size_t i;
    assert_int_equal(json_array_size(rows), fields_count);
    json_array_foreach(rows, i, row)
    {
        const struct field *f = &fields[i];
        assert_string_equal(json_string_value(json_object_get(row, "pointer")),
                            f->pointer);
        assert_string_equal(json_string_value(json_object_get(row, "help")), f->help);
        json_t *standard = f->standard != NULL
                               ? json_loads(f->standard, JSON_DECODE_ANY, NULL)
                               : json_null();
        assert_true(json_equal(json_object_get(row, "default"), standard));
        assert_int_equal(json_is_true(json_object_get(row, "required")),
                         f->standard == NULL);
        if (is_number(f)) {
            assert_true(json_number_value(json_object_get(row, "max")) == f->max);
            assert_true(json_number_value(json_object_get(row, "min")) == f->min);
        }
        json_decref(standard);
    }
    json_decref(root);
    free(text);
}

/* Each row has a help, a default that it takes itself, and a place in the struct. */
static void the_table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        assert_true(f->pointer[0] == '/' && strlen(f->help) > 10);
        assert_ptr_equal(field_find(f->pointer), f);
        assert_true(f->type == FIELD_CHOICE || f->type == FIELD_FLAG ||
                    f->type == FIELD_REDRAW || f->type == FIELD_SWEEP || f->min < f->max);
        assert_true(!f->activates || section_is_optional(section_of(f)));
        assert_int_equal(f->choices != NULL, f->type == FIELD_CHOICE);
        for (size_t j = 0; j < i; j++)
            assert_true(fields[j].offset != f->offset || f->type == FIELD_SEEDS ||
                        f->type == FIELD_SWEEP || fields[j].type == FIELD_SEEDS ||
                        fields[j].type == FIELD_SWEEP);
        if (f->standard != NULL && !f->activates)
            takes(f, json_loads(f->standard, JSON_DECODE_ANY, NULL));
    }
    assert_true(field_is_section("/network") && !field_is_section("/net"));
    assert_false(field_is_section("/network/hidden"));
    assert_null(field_find("/network"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(defaults_are_those_of_the_table),
        cmocka_unit_test(the_document_has_a_key_per_row),
        cmocka_unit_test(wrong_types_are_refused),
        cmocka_unit_test(ranges_are_kept),
        cmocka_unit_test(texts_are_measured_in_characters),
        cmocka_unit_test(choices_are_those_of_the_table),
        cmocka_unit_test(lists_have_a_length),
        cmocka_unit_test(rules_make_sense),
        cmocka_unit_test(some_stop_must_be_sure),
        cmocka_unit_test(the_description_has_a_row_per_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
