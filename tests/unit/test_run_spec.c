/* From a plan to the specs of its runs, through the texts that the store keeps. */
#include "specs.h"

/* A spec with everything, and values that need many digits. */
static const char *const everything =
    "{\"name\":\"n\\u00e4me\",\"tags\":[\"a\",\"b\"],\"note\":\"line\\nline\","
    "\"dataset\":\"mnist\",\"network\":{\"hidden\":[20,30],\"activation\":\"tanh\","
    "\"loss\":\"cross_entropy\",\"bias\":false,\"init_std\":[0.1,0.2,0.30000000000000004]"
    "},"
    "\"training\":{\"learning_rate\":0.0123456789012345678,\"l2\":1e-7,"
    "\"order\":\"shuffled\",\"centre\":false},"
    "\"plasticity\":{\"compete\":{\"by\":\"weight\",\"scope\":\"unit\",\"keep\":"
    "\"smallest\","
    "\"fraction\":[0.1,0.30000000000000004,1]},\"subnet\":{\"units\":[3,2]},\"mask\":{"
    "\"of\":"
    "\"synapses\",\"fraction\":0.7,\"redraw\":{\"cycle\":3}},\"gate\":0.1,\"cache\":{"
    "\"threshold\":0.05,\"decay\":0.001,\"consolidate\":\"synapse\"}},\"evaluate\":{"
    "\"every\":7},"
    "\"stop\":{\"accuracy\":null,\"epochs\":0.5,\"samples\":1000000000000,\"m0\":3.28e9,"
    "\"m1\":63700.123,\"seconds\":1e-3},\"seeds\":[5,9007199254740991],"
    "\"sweep\":{\"/network/hidden/1\":[3,4],\"/training/"
    "learning_rate\":[0.1,[0.1,0,0.2]],"
    "\"/network/bias\":[true,false],\"/stop/m0\":[null,1e300]},\"priority\":-7}";

static void check_stable(const char *text)
{
    struct plan *first = plan_of(text);
    char *json = plan_json(first);
    struct plan *second = plan_of(json);
    char *again = plan_json(second);
    assert_string_equal(json, again);
    assert_int_equal(plan_cells(first), plan_cells(second));
    assert_int_equal(plan_seeds(first), plan_seeds(second));
    struct spec *a = calloc(2, sizeof *a), *b = a + 1;
    for (size_t cell = 0; cell < plan_cells(first); cell++) {
        plan_cell_spec(first, cell, a);
        plan_cell_spec(second, cell, b);
        char *x = spec_canonical(a, plan_seed(first, 0));
        char *y = spec_canonical(b, plan_seed(second, 0));
        assert_string_equal(x, y);
        free(x);
        free(y);
    }
    free(a);
    free(json);
    free(again);
    plan_free(first);
    plan_free(second);
}

static void a_plan_survives_its_text(void **state)
{
    (void)state;
    check_stable(everything);
    check_stable("{\"dataset\":\"d\"}");
    check_stable("{\"dataset\":\"d\",\"seeds\":10000}");
    check_stable("{\"dataset\":\"d\",\"network\":{\"init_std\":[0.1,0.1]}}");
}

/* The largest and the smallest numbers that each field takes. */
static void every_number_survives_its_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        if (f->type != FIELD_NUMBER && f->type != FIELD_INTEGER)
            continue;
        const double value[] = {f->max, f->max / 3, f->min + (f->max - f->min) * 1e-17,
                                f->max * 1e-9};
        for (int v = 0; v < 4; v++) {
            double x = f->type == FIELD_INTEGER ? floor(value[v]) : value[v];
            if (x < f->min || (f->above_min && x == f->min))
                continue;
            json_t *j =
                f->type == FIELD_INTEGER ? json_integer((json_int_t)x) : json_real(x);
            struct plan *first = plan_of(spec_with(f->pointer, j));
            char *text = plan_json(first);
            struct parsed *second = parsed_new(text);
            if (second->status != STATUS_OK)
                fail_msg("%s = %.17g: %s", f->pointer, x, parsed_text(second));
            const char *a = (const char *)plan_base(first) + f->offset;
            const char *b = (const char *)plan_base(second->plan) + f->offset;
            if (memcmp(a, b, sizeof(double)) != 0)
                fail_msg("%s = %.17g changes on its way through the text", f->pointer, x);
            free(text);
            parsed_free(second);
            plan_free(first);
        }
    }
}

static void numbers_have_the_digits_they_need(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } known[] = {{0.1, "[0.1]"},
                 {1.0 / 3, "[0.3333333333333333]"},
                 {0.1 + 0.2, "[0.30000000000000004]"},
                 {1e300, "[1e300]"},
                 {2, "[2.0]"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        json_t *j = json_pack("[f]", known[i].x);
        char *text = json_exact_text(j, JSON_COMPACT);
        assert_string_equal(text, known[i].text);
        free(text);
        json_decref(j);
    }
}

/* What plan_parse takes, it takes again with the defaults written out. */
static void a_large_plan_survives_its_text(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_adds(&b,
             "{\"dataset\":\"d\",\"network\":{\"hidden\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
             "1]},\"sweep\":{\"/network/init_std\":[");
    size_t head = b.len, most = 0;
    for (size_t n = 1810; n < 1830; n++) { /* as many values as are taken */
        b.len = head;
        for (size_t i = 0; i < n; i++)
            buf_addf(&b, "%s[0.%04zu,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]", i > 0 ? "," : "",
                     i);
        buf_adds(&b, "]}}");
        struct parsed *p = parsed_new(b.data);
        if (p->status == STATUS_OK) {
            char *text = plan_json(p->plan);
            struct parsed *again = parsed_new(text);
            CHECK(n, again->status == STATUS_OK);
            parsed_free(again);
            free(text);
            most = n;
        }
        parsed_free(p);
        if (most != n)
            break;
    }
    assert_true(most > 0);
    buf_release(&b);
}

static void a_run_gets_the_spec_of_its_cell(void **state)
{
    (void)state;
    struct plan *p = plan_of(everything);
    char *json = plan_json(p);
    struct spec *a = calloc(2, sizeof *a), *b = a + 1;
    assert_int_equal(plan_cells(p), 16);
    for (size_t cell = 0; cell < plan_cells(p); cell++) {
        char *params = plan_cell_params(p, cell);
        plan_cell_spec(p, cell, a);
        CHECK(cell, spec_of_run(json, params, b) == STATUS_OK);
        CHECK(cell, memcmp(&a->hidden, &b->hidden, sizeof a->hidden) == 0);
        char *x = spec_canonical(a, 1), *y = spec_canonical(b, 1);
        assert_string_equal(x, y);
        CHECK(cell, strcmp(a->name, b->name) == 0 && a->priority == b->priority);
        free(x);
        free(y);
        free(params);
    }
    free(a);
    free(json);
    plan_free(p);
}

static void damaged_texts_are_noticed(void **state)
{
    (void)state;
    struct spec *s = calloc(1, sizeof *s);
    const char *good = "{\"dataset\":\"d\"}";
    assert_int_equal(spec_of_run(good, "{}", s), STATUS_OK);
    assert_int_equal(spec_of_run("{", "{}", s), STATUS_BAD_JSON);
    assert_int_equal(spec_of_run("{}", "{}", s), STATUS_INVALID_SPEC);
    assert_int_equal(spec_of_run(good, "{", s), STATUS_BAD_JSON);
    assert_int_equal(spec_of_run(good, "", s), STATUS_BAD_JSON);
    assert_int_not_equal(spec_of_run(good, "[]", s), STATUS_OK);
    assert_int_equal(spec_of_run(good, "{\"/network/hiden\":[1]}", s),
                     STATUS_INVALID_SPEC);
    assert_int_equal(spec_of_run(good, "{\"/network/hidden/0\":0}", s),
                     STATUS_INVALID_SPEC);
    assert_int_equal(spec_of_run(good, "{\"/network/hidden/1\":5}", s),
                     STATUS_INVALID_SPEC);
    assert_int_equal(spec_of_run(good, "{\"/training/learning_rate\":[0.1]}", s),
                     STATUS_INVALID_SPEC);
    free(s);
}

static char *canonical(const char *text, uint64_t seed)
{
    struct plan *p = plan_of(text);
    struct spec *s = calloc(1, sizeof *s);
    plan_cell_spec(p, 0, s);
    char *c = spec_canonical(s, seed);
    free(s);
    plan_free(p);
    return c;
}

static void expect_canonical(const char *a, const char *b, bool same)
{
    char *x = canonical(a, 3), *y = canonical(b, 3);
    if ((strcmp(x, y) == 0) != same)
        fail_msg("%s and %s: %s", x, y, same ? "differ" : "do not differ");
    free(x);
    free(y);
}

static void the_canonical_text_is_what_counts(void **state)
{
    (void)state;
    const char *plain = "{\"dataset\":\"d\"}";
    expect_canonical(plain,
                     "{\"priority\":5,\"note\":\"x\",\"name\":\"y\",\"tags\":[\"z\"],"
                     "\"dataset\":\"d\",\"seeds\":7}",
                     true);
    expect_canonical(
        plain, "{\"dataset\":\"d\",\"training\":{\"learning_rate\":[0.01,1e-2]}}", true);
    expect_canonical(
        plain, "{\"dataset\":\"d\",\"sweep\":{\"/network/hidden/0\":[100,5]}}", true);
    expect_canonical(
        plain, "{\"dataset\":\"d\",\"sweep\":{\"/network/hidden/0\":[5,100]}}", false);
    expect_canonical(plain, "{\"dataset\":\"e\"}", false);
    expect_canonical("{\"dataset\":\"d\",\"stop\":{\"m0\":1e19}}",
                     "{\"dataset\":\"d\",\"stop\":{\"m0\":1e20}}", false);
    expect_canonical("{\"dataset\":\"d\",\"training\":{\"l2\":0.1}}",
                     "{\"dataset\":\"d\",\"training\":{\"l2\":0.10000000000000002}}",
                     false);
    char *a = canonical(plain, 3), *b = canonical(plain, 4);
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

/* Every row of the table that is marked changes the text, no other does. */
static void the_table_says_what_is_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_count; i++) {
        const struct field *f = &fields[i];
        json_t *value = NULL;
        if (f->type == FIELD_TEXT)
            value = json_string("other");
        else if (f->type == FIELD_TAGS)
            value = json_pack("[s]", "other");
        else if (f->type == FIELD_FLAG)
            value = json_boolean(strcmp(f->standard, "true") != 0);
        else if (f->type == FIELD_CHOICE)
            value = json_string(f->choices[strstr(f->standard, f->choices[0]) != NULL]);
        else if (f->type == FIELD_INTEGER)
            value = json_integer(17);
        else if (f->type == FIELD_NUMBER || f->type == FIELD_LIST_OF_NUMBERS)
            value = json_real(0.125);
        else if (f->type == FIELD_UNITS)
            value = json_pack("[i]", 17);
        else if (f->type == FIELD_LIST_OF_INTEGERS)
            value = json_integer(1);
        else if (f->type == FIELD_EXPONENTS)
            value = json_pack("[f]", 0.125);
        else if (f->type == FIELD_GATE)
            value = json_string("wrong");
        else if (f->type == FIELD_REDRAW)
            value = json_string("class");
        else
            continue;
        json_t *base = json_pack("{s:s}", "dataset", "d");
        json_activate(base, f);
        char *plain = json_dumps(base, 0);
        json_put(base, f->pointer, value);
        char *other = json_dumps(base, 0);
        expect_canonical(plain, other, !f->in_canonical);
        json_decref(base);
        free(plain);
        free(other);
    }
}

static void the_core_gets_what_the_spec_says(void **state)
{
    (void)state;
    struct plan *p = plan_of(everything);
    struct spec *s = calloc(1, sizeof *s);
    struct train_spec t;
    plan_cell_spec(p, 15, s);
    spec_train(s, 42, 784, 10, 60000, &t);
    const struct net_spec *net = &t.learner.net;
    assert_int_equal(net->layers, 3);
    assert_int_equal(net->units[0], 784);
    assert_int_equal(net->units[1], 20);
    assert_int_equal(net->units[2], 4);
    assert_int_equal(net->units[3], 10);
    assert_false(net->bias);
    assert_int_equal(net->activation, ACTIVATION_TANH);
    assert_int_equal(net->loss, LOSS_CROSS_ENTROPY);
    assert_true(net->init_std[2] == 0.30000000000000004);
    assert_true(t.learner.learning_rate[0] == 0.1 && t.learner.learning_rate[1] == 0);
    assert_true(t.learner.learning_rate[2] == 0.2 && t.learner.l2 == 1e-7);
    assert_int_equal(t.order, ORDER_SHUFFLED);
    assert_int_equal(t.seed, 42);
    assert_int_equal(t.evaluate_every, 7);
    assert_int_equal(t.stop_samples, 30000); /* half an epoch comes first */
    assert_int_equal(t.learner.seed, 42);
    const struct rule *rule = &t.learner.rule;
    assert_int_equal(rule->subnet[0], 3);
    assert_int_equal(rule->subnet[1], 2);
    assert_int_equal(rule->mask, MASK_SYNAPSES);
    assert_int_equal(rule->redraw, REDRAW_CYCLE);
    assert_int_equal(rule->cycle, 3);
    assert_true(rule->mask_fraction[2] == 0.7 && rule->gate_error == 0.1);
    assert_int_equal(rule->gate, GATE_ERROR);
    assert_int_equal(rule->compete, COMPETE_WEIGHT);
    assert_true(rule->compete_per_unit && rule->compete_smallest);
    assert_int_equal(rule->compete_keep[0], 78); /* of 784 */
    assert_int_equal(rule->compete_keep[1], 6);  /* of 20 */
    assert_int_equal(rule->compete_keep[2], 0);  /* no competition */
    assert_true(rule->cache && !rule->cache_network);
    assert_true(rule->cache_threshold == 0.05 && rule->cache_decay == 0.001);
    assert_true(t.stop_accuracy == 0 && t.stop_m0 == 1e300 && t.stop_m1 == 63700.123);
    s->stop_epochs = 0;
    spec_train(s, 42, 784, 10, 60000, &t);
    assert_int_equal(t.stop_samples, INT64_C(1000000000000));
    s->stop_samples = 0;
    spec_train(s, 42, 784, 10, 60000, &t);
    assert_int_equal(t.stop_samples, 0);
    s->stop_epochs = 1e-9;
    spec_train(s, 42, 784, 10, 60000, &t);
    assert_int_equal(t.stop_samples, 1);
    s->stop_epochs = 1e6;
    s->stop_samples = 5;
    spec_train(s, 42, 784, 10, UINT32_MAX, &t);
    assert_int_equal(t.stop_samples, 5);
    free(s);
    plan_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_survives_its_text),
        cmocka_unit_test(every_number_survives_its_text),
        cmocka_unit_test(numbers_have_the_digits_they_need),
        cmocka_unit_test(a_large_plan_survives_its_text),
        cmocka_unit_test(a_run_gets_the_spec_of_its_cell),
        cmocka_unit_test(damaged_texts_are_noticed),
        cmocka_unit_test(the_canonical_text_is_what_counts),
        cmocka_unit_test(the_table_says_what_is_canonical),
        cmocka_unit_test(the_core_gets_what_the_spec_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
