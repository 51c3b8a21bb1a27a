/* Job specs as a whole: JSON, keys, seeds, sweeps. */
#include "specs.h"

static void expect_status(const char *text, size_t length, enum status status,
                          const char *code)
{
    struct plan *plan = NULL;
    struct problems problems;
    problems_init(&problems);
    enum status got = plan_parse(text, length, &plan, &problems);
    if (got != status || problems.count != 1 || strcmp(problems.item[0].code, code) != 0)
        fail_msg("%.60s: %s, %zu problems, %s", text, status_name(got), problems.count,
                 problems.count > 0 ? problems.item[0].code : "-");
    assert_string_equal(problems.item[0].pointer, "");
    assert_null(plan);
    problems_release(&problems);
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "{\"dataset\":\"d\"",
        "{\"dataset\":\"d\"} x",
        "{\"dataset\":\"d\",}",
        "{'dataset':'d'}",
        "{\"dataset\":\"d\" /* */}",
        "{\"dataset\":\"d\"}{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"stop\":{\"m0\":1,\"m0\":1}}",
        "{\"a\":1e400}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":+1}",
        "{\"a\":0x10}",
        "{\"a\":9223372036854775808}",
        "{\"name\":\"\\u0000\"}",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":\"\xff\"}",
        "{\"name\":\"\xc0\xaf\"}",
        "\xef\xbb\xbf{}",
        "{\"name\":\"a\nb\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_status(bad[i], strlen(bad[i]), STATUS_BAD_JSON, "bad_json");
    expect_status("{\"dataset\":\"d\"}\0", 16, STATUS_BAD_JSON, "bad_json");
    expect_status("{\"dataset\":\"d\"}", 14, STATUS_BAD_JSON, "bad_json");
    static const char *const other[] = {"null", "[]", "\"x\"", "5", "true"};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        expect_status(other[i], strlen(other[i]), STATUS_INVALID_SPEC, "wrong_type");
}

static void bombs_are_refused(void **state)
{
    (void)state;
    enum { SIZE = 300000 };
    char *text = malloc(SIZE + 1);
    assert_non_null(text);
    memset(text, '[', SIZE);
    static const size_t deep[] = {17, 2000};
    memset(text, '[', 16);
    memset(text + 16, ']', 16);
    expect_status(text, 32, STATUS_INVALID_SPEC, "wrong_type");
    for (int i = 0; i < 2; i++) {
        memset(text, '[', deep[i]);
        memset(text + deep[i], ']', deep[i]);
        expect_status(text, 2 * deep[i], STATUS_BAD_JSON, "too_deep");
    }
    memset(text, '[', SIZE);
    expect_status(text, 2049, STATUS_BAD_JSON, "bad_json");
    expect_status(text, SIZE, STATUS_BAD_JSON, "bad_json");
    for (int i = 0; i < SIZE; i += 2)
        memcpy(text + i, "0,", 2);
    memcpy(text, "{\"dataset\":\"d\",\"tags\": [", 24);
    memcpy(text + SIZE - 3, " ]}", 3);
    text[SIZE] = '\0';
    expect_problem(text, "/tags", "out_of_range");
    free(text);
}

static void unknown_keys_are_named(void **state)
{
    (void)state;
    const char *text = "{\"dataset\":\"d\",\"trainnig\":{\"l2\":0}}";
    expect_problem(text, "/trainnig", "unknown_key");
    expect_suggestion(text, "/trainnig", "training");
    text = "{\"dataset\":\"d\",\"training\":{\"learnign_rate\":1}}";
    expect_problem(text, "/training/learnign_rate", "unknown_key");
    expect_suggestion(text, "/training/learnign_rate", "learning_rate");
    text = "{\"dataset\":\"d\",\"learning_rate\":1}";
    expect_problem(text, "/learning_rate", "unknown_key");
    expect_suggestion(text, "/learning_rate", NULL);
    expect_problem("{\"dataset\":\"d\",\"\":1}", "/", "unknown_key");
    expect_problem("{\"dataset\":\"d\",\"a/b~c\":1}", "/a~1b~0c", "unknown_key");
    expect_problem("{\"dataset\":\"d\",\"network/hidden\":[5]}", "/network~1hidden",
                   "unknown_key");
    expect_problem("{\"dataset\":\"d\",\"network\":[5]}", "/network", "wrong_type");
    expect_problem("{}", "/dataset", "required");
    /* Every key, one letter short, is found again. */
    for (size_t i = 0; i < fields_count; i++) {
        char pointer[64];
        snprintf(pointer, sizeof pointer, "%s", fields[i].pointer);
        const char *key = strrchr(fields[i].pointer, '/') + 1;
        if (strlen(key) < 4)
            continue;
        pointer[strlen(pointer) - 1] = '\0';
        expect_suggestion(spec_with(pointer, json_integer(1)), pointer, key);
    }
}

static bool is_utf8(const char *text)
{
    json_t *j = json_string(text);
    json_decref(j);
    return j != NULL;
}

/* Whatever the keys look like, what is said about them can be put into a reply. */
static void problems_are_always_text(void **state)
{
    (void)state;
    for (size_t ascii = 0; ascii < 4; ascii++)
        for (size_t n = 0; n < 150; n++) {
            struct buf b;
            buf_init(&b, 2000);
            buf_adds(&b, "{\"dataset\":\"d\",\"");
            for (size_t i = 0; i < ascii; i++)
                buf_addc(&b, 'x');
            for (size_t i = 0; i < n; i++)
                buf_adds(&b, "\xe2\x82\xac");
            buf_adds(&b, "z\":1}");
            struct parsed *p = parsed_new(b.data);
            CHECK(n, p->status == STATUS_INVALID_SPEC && p->problems.count == 1);
            CHECK(n, p->problems.item[0].detail != NULL);
            CHECK(n, is_utf8(p->problems.item[0].pointer));
            CHECK(n, is_utf8(p->problems.item[0].detail));
            parsed_free(p);
            buf_release(&b);
        }
}

static void all_problems_come_at_once(void **state)
{
    (void)state;
    struct parsed *p = parsed_new(
        "{\"nmae\":\"x\",\"network\":{\"hidden\":[0,5,\"x\"],\"bias\":1,\"activation\":"
        "\"r\"},"
        "\"training\":{\"l2\":-1,\"learning_rate\":[0.1,-1]},\"stop\":{\"m0\":0},"
        "\"seeds\":[1,1,-1],\"sweep\":{\"/name\":[1]},\"priority\":1.5,\"tags\":[5]}");
    static const char *const pointers[] = {"/nmae",
                                           "/network/hidden/0",
                                           "/network/hidden/2",
                                           "/network/bias",
                                           "/network/activation",
                                           "/training/l2",
                                           "/training/learning_rate/1",
                                           "/stop/m0",
                                           "/seeds/1",
                                           "/seeds/2",
                                           "/sweep/~1name",
                                           "/priority",
                                           "/tags/0",
                                           "/dataset"};
    assert_int_equal(p->status, STATUS_INVALID_SPEC);
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++)
        if (problem_at(p, pointers[i]) == NULL)
            fail_msg("nothing at %s", pointers[i]);
    assert_int_equal(p->problems.count, sizeof pointers / sizeof pointers[0]);
    parsed_free(p);
    struct buf b;
    buf_init(&b, 10000);
    buf_adds(&b, "{\"dataset\":\"d\"");
    for (int i = 0; i < PROBLEMS_MAX + 20; i++)
        buf_addf(&b, ",\"key%d\":0", i);
    buf_adds(&b, "}");
    p = parsed_new(b.data);
    assert_int_equal(p->status, STATUS_INVALID_SPEC);
    assert_int_equal(p->problems.count, PROBLEMS_MAX);
    assert_int_equal(p->problems.unlisted, 20);
    parsed_free(p);
    buf_release(&b);
}

static void seeds_are_a_list_or_a_count(void **state)
{
    (void)state;
    struct plan *p = plan_of("{\"dataset\":\"d\",\"seeds\":3}");
    assert_int_equal(plan_seeds(p), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(plan_seed(p, i), i + 1);
    plan_free(p);
    p = plan_of("{\"dataset\":\"d\",\"seeds\":[9007199254740991,0,7]}");
    assert_int_equal(plan_seeds(p), 3);
    assert_int_equal(plan_seed(p, 0), INT64_C(9007199254740991));
    assert_int_equal(plan_seed(p, 1), 0);
    assert_int_equal(plan_seed(p, 2), 7);
    plan_free(p);
    p = plan_of("{\"dataset\":\"d\",\"seeds\":10000}");
    assert_int_equal(plan_seed(p, 9999), 10000);
    plan_free(p);
    static const char *const wrong[][3] = {
        {"0", "/seeds", "out_of_range"},
        {"-1", "/seeds", "out_of_range"},
        {"10001", "/seeds", "out_of_range"},
        {"1000000000000", "/seeds", "out_of_range"},
        {"[]", "/seeds", "out_of_range"},
        {"[1,2,1]", "/seeds/2", "duplicate"},
        {"[1,-2]", "/seeds/1", "out_of_range"},
        {"[1.5]", "/seeds/0", "out_of_range"},
        {"[\"1\"]", "/seeds/0", "out_of_range"},
        {"[9007199254740992]", "/seeds/0", "out_of_range"},
        {"null", "/seeds", "wrong_type"},
        {"2.0", "/seeds", "wrong_type"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[100];
        snprintf(text, sizeof text, "{\"dataset\":\"d\",\"seeds\":%s}", wrong[i][0]);
        expect_problem(text, wrong[i][1], wrong[i][2]);
    }
}

/* {"dataset": "d", more, "sweep": {axes}} */
static const char *sweep(const char *more, const char *axes)
{
    static char text[4000];
    snprintf(text, sizeof text, "{\"dataset\":\"d\",%s\"sweep\":{%s}}", more, axes);
    return text;
}

static void a_grid_of_cells(void **state)
{
    (void)state;
    static const int64_t hidden[] = {100, 100, 200, 200};
    static const double rate[] = {0.01, 0.5, 0.01, 0.5};
    struct plan *p =
        plan_of(sweep("\"seeds\":2,", "\"/network/hidden/0\":[100,200],"
                                      "\"/training/learning_rate\":[0.01,0.5]"));
    struct spec s;
    assert_int_equal(plan_cells(p), 4);
    for (size_t cell = 0; cell < 4; cell++) {
        plan_cell_spec(p, cell, &s);
        assert_int_equal(s.hidden.count, 1);
        assert_true((int64_t)s.hidden.value[0] == hidden[cell]);
        assert_int_equal(s.learning_rate.count, 2);
        assert_false(s.learning_rate.one_for_all);
        assert_true(s.learning_rate.value[0] == rate[cell]);
        assert_true(s.learning_rate.value[1] == rate[cell]);
        assert_true(s.init_std.value[1] == 0.03);
        char *params = plan_cell_params(p, cell), want[100];
        snprintf(want, sizeof want,
                 "{\"/network/hidden/0\":%d,\"/training/learning_rate\":%s}",
                 (int)hidden[cell], rate[cell] < 0.1 ? "0.01" : "0.5");
        assert_string_equal(params, want);
        free(params);
    }
    plan_free(p);
    p = plan_of(sweep("", "\"/training/l2\":[0,1],\"/evaluate/every\":[10,20,30],"
                          "\"/network/hidden/0\":[5,6]"));
    assert_int_equal(plan_cells(p), 12);
    for (int64_t cell = 0; cell < 12; cell++) { /* the last axis runs fastest */
        plan_cell_spec(p, (size_t)cell, &s);
        assert_true(s.l2 == (double)(cell / 6));
        assert_int_equal(s.evaluate_every, 10 * (cell / 2 % 3 + 1));
        assert_true((int64_t)s.hidden.value[0] == 5 + cell % 2);
    }
    plan_free(p);
    p = plan_of("{\"dataset\":\"d\"}");
    assert_int_equal(plan_cells(p), 1);
    char *params = plan_cell_params(p, 0);
    assert_string_equal(params, "{}");
    free(params);
    plan_free(p);
}

/* The sweep changes how many layers there are; numbers for every layer follow. */
static void layers_may_vary(void **state)
{
    (void)state;
    struct plan *p = plan_of(sweep("", "\"/network/hidden\":[[10],[20,30],[5,6,7]],"
                                       "\"/training/learning_rate/0\":[0,0.25]"));
    struct spec s;
    assert_int_equal(plan_cells(p), 6);
    for (size_t cell = 0; cell < 6; cell++) {
        plan_cell_spec(p, cell, &s);
        uint32_t layers = (uint32_t)cell / 2 + 2;
        assert_int_equal(s.hidden.count, layers - 1);
        assert_int_equal(s.learning_rate.count, layers);
        assert_int_equal(s.init_std.count, layers);
        assert_true(s.learning_rate.value[0] == (cell % 2 ? 0.25 : 0));
        for (uint32_t l = 1; l < layers; l++)
            assert_true(s.learning_rate.value[l] == 0.01 && s.init_std.value[l] == 0.03);
    }
    plan_free(p);
    struct parsed *bad = parsed_new(sweep("\"network\":{\"init_std\":[0.1,0.1]},",
                                          "\"/network/hidden\":[[10],[20,30]]"));
    assert_int_equal(bad->status, STATUS_INVALID_SPEC);
    const struct problem *cell = problem_at(bad, "/network/init_std");
    assert_non_null(cell);
    assert_non_null(strstr(cell->detail, ", in the cell {\"/network/hidden\":[20,30]}"));
    assert_null(problem_at(bad, "/sweep"));
    parsed_free(bad);
    /* The entry exists in some cells only. */
    bad = parsed_new(sweep("", "\"/network/hidden\":[[10],[20,30]],"
                               "\"/network/hidden/1\":[7]"));
    assert_int_equal(bad->status, STATUS_INVALID_SPEC);
    assert_string_equal(problem_at(bad, "/network/hidden/1")->code, "no_such_entry");
    parsed_free(bad);
}

static void sweeps_that_make_no_sense(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"\"/network/hiden\":[[5]]", "/sweep/~1network~1hiden", "not_sweepable"},
        {"\"network/hidden\":[[5]]", "/sweep/network~1hidden", "not_sweepable"},
        {"\"/name\":[\"a\"]", "/sweep/~1name", "not_sweepable"},
        {"\"/priority\":[1]", "/sweep/~1priority", "not_sweepable"},
        {"\"/seeds\":[1]", "/sweep/~1seeds", "not_sweepable"},
        {"\"/sweep\":[{}]", "/sweep/~1sweep", "not_sweepable"},
        {"\"\":[{}]", "/sweep/", "not_sweepable"},
        {"\"/plasticty\":[{}]", "/sweep/~1plasticty", "not_sweepable"},
        {"\"/plasticity/gate/0\":[1]", "/sweep/~1plasticity~1gate~10", "not_sweepable"},
        {"\"/training/l2/0\":[0]", "/sweep/~1training~1l2~10", "not_sweepable"},
        {"\"/network/hidden/-\":[5]", "/sweep/~1network~1hidden~1-", "not_sweepable"},
        {"\"/network/hidden/0x\":[5]", "/sweep/~1network~1hidden~10x", "not_sweepable"},
        {"\"/network/hidden/\":[5]", "/sweep/~1network~1hidden~1", "not_sweepable"},
        {"\"/network/hidden/00\":[5]", "/sweep/~1network~1hidden~100", "not_sweepable"},
        {"\"/network/hidden/0\":5", "/sweep/~1network~1hidden~10", "wrong_type"},
        {"\"/network/hidden/0\":[]", "/sweep/~1network~1hidden~10", "wrong_type"},
        {"\"/network/hidden/0\":{\"a\":5}", "/sweep/~1network~1hidden~10", "wrong_type"},
        {"\"/network/hidden/0\":[5,0]", "/sweep/~1network~1hidden~10/1", "out_of_range"},
        {"\"/network/hidden/0\":[5,\"x\"]", "/sweep/~1network~1hidden~10/1",
         "wrong_type"},
        {"\"/network/hidden\":[[5],5]", "/sweep/~1network~1hidden/1", "wrong_type"},
        {"\"/network/hidden\":[[5],[5,0]]", "/sweep/~1network~1hidden/1/1",
         "out_of_range"},
        {"\"/stop/accuracy\":[0.9,2]", "/sweep/~1stop~1accuracy/1", "out_of_range"},
        {"\"/network/activation\":[\"x\"]", "/sweep/~1network~1activation/0",
         "not_a_choice"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_problem(sweep("", wrong[i][0]), wrong[i][1], wrong[i][2]);
    expect_suggestion(sweep("", "\"/network/hiden\":[[5]]"), "/sweep/~1network~1hiden",
                      "/network/hidden");
    expect_problem("{\"dataset\":\"d\",\"sweep\":[1]}", "/sweep", "wrong_type");
}

/* An axis may switch whole rules on and off, and others may then vary them. */
static void sections_may_vary(void **state)
{
    (void)state;
    struct plan *p = plan_of(
        sweep("\"plasticity\":{\"subnet\":{\"units\":5}},",
              "\"/plasticity/compete\":[null,{\"fraction\":0.5},{\"by\":\"weight\","
              "\"count\":[1,2]}],\"/plasticity/subnet\":[null,{\"fraction\":0.25}]"));
    struct spec s;
    assert_int_equal(plan_cells(p), 6);
    for (size_t cell = 0; cell < 6; cell++) {
        plan_cell_spec(p, cell, &s);
        assert_int_equal(s.compete_fraction.count, cell / 2 == 1 ? 2 : 0);
        assert_int_equal(s.compete_count.count, cell / 2 == 2 ? 2 : 0);
        assert_int_equal(s.compete_by, cell / 2 == 2);
        assert_int_equal(s.subnet_units.count, 0);
        assert_int_equal(s.subnet_fraction.count, cell % 2);
    }
    plan_free(p);
    expect_problem(sweep("", "\"/plasticity/cache\":[null,{\"threshold\":-1}]"),
                   "/sweep/~1plasticity~1cache/1/threshold", "out_of_range");
    expect_problem(sweep("", "\"/plasticity/cache\":[null,{\"treshold\":1}]"),
                   "/sweep/~1plasticity~1cache/1/treshold", "unknown_key");
    expect_problem(sweep("", "\"/plasticity/cache\":[1]"), "/sweep/~1plasticity~1cache/0",
                   "wrong_type");
    expect_problem(sweep("", "\"/network\":[null]"), "/sweep/~1network/0", "wrong_type");
    /* Whatever the order of the axes, the larger section comes first. */
    p = plan_of(sweep("", "\"/plasticity/compete\":[{\"fraction\":0.5}],"
                          "\"/plasticity\":[{},{\"gate\":\"wrong\"}]"));
    plan_cell_spec(p, 1, &s);
    assert_int_equal(s.gate.kind, GATE_WRONG);
    assert_int_equal(s.compete_fraction.count, 2);
    plan_free(p);
}

static void runs_are_counted_without_overflow(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_adds(&b, "\"/training/l2\":[0");
    for (int i = 1; i < 100; i++)
        buf_addf(&b, ",0.%03d", i);
    buf_adds(&b, "]");
    struct plan *p = plan_of(sweep("\"seeds\":100,", b.data));
    assert_int_equal(plan_cells(p) * plan_seeds(p), SPEC_RUNS_MAX);
    plan_free(p);
    expect_problem(sweep("\"seeds\":101,", b.data), "/sweep", "too_many_runs");
    buf_clear(&b);
    buf_adds(
        &b, "{\"dataset\":\"d\",\"network\":{\"hidden\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]},"
            "\"sweep\":{");
    for (int axis = 0; axis < 15; axis++) { /* 10^30 cells */
        buf_addf(&b, "%s\"/network/hidden/%d\":[1", axis > 0 ? "," : "", axis);
        for (int i = 1; i < 100; i++)
            buf_addf(&b, ",%d", i + 1);
        buf_adds(&b, "]");
    }
    size_t before_last = b.len;
    buf_adds(&b, "}}");
    expect_problem(b.data, "/sweep", "too_many_runs");
    b.len = before_last;
    buf_adds(&b, ",\"/training/l2\":[0]}}");
    struct parsed *many = parsed_new(b.data);
    assert_string_equal(problem_at(many, "/sweep/~1training~1l2")->code, "too_many");
    parsed_free(many);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(unknown_keys_are_named),
        cmocka_unit_test(problems_are_always_text),
        cmocka_unit_test(all_problems_come_at_once),
        cmocka_unit_test(seeds_are_a_list_or_a_count),
        cmocka_unit_test(a_grid_of_cells),
        cmocka_unit_test(layers_may_vary),
        cmocka_unit_test(sweeps_that_make_no_sense),
        cmocka_unit_test(sections_may_vary),
        cmocka_unit_test(runs_are_counted_without_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
