/* Filters from text to tests, orders, and the values of specs that they ask for. */
#include "stores.h"

#include "app/app.h"
#include "app/listing.h"
#include "base/hash.h"

static const int64_t now = 1800000000000;

/* A tree as text again: "(id = 1 AND NOT m0 > 2)". */
static void show(struct buf *b, const struct query_node *n)
{
    static const char *const signs[] = {
        "=", "<", "<=", ">", ">=", "between", "in", "~", "is null"};
    if (n->kind != QUERY_NODE_TEST) {
        buf_addc(b, '(');
        show(b, n->left);
        buf_adds(b, n->kind == QUERY_NODE_AND ? " AND " : " OR ");
        show(b, n->right);
        buf_addc(b, ')');
        return;
    }
    const struct query_test *t = &n->test;
    buf_addf(b, "%s%s%s%s %s", t->negated ? "NOT " : "", query_field_name(t->of.field),
             t->of.field == QUERY_SPEC ? "." : "",
             t->of.field == QUERY_SPEC ? t->of.path : "", signs[t->op]);
    for (size_t i = 0; i < t->values; i++) {
        buf_addc(b, ' ');
        if (t->value[i].kind == VALUE_TEXT)
            buf_addf(b, "'%s'", t->value[i].text);
        else
            buf_add_double(b, t->value[i].number);
    }
}

static void parses_to(const char *text, const char *wanted)
{
    struct filter *f;
    struct filter_error error;
    struct buf shown;
    buf_init(&shown, 10000);
    if (filter_parse(QUERY_RUNS, text, strlen(text), now, &f, &error) != STATUS_OK)
        fail_msg("%s: %s (column %zu)", text, error.detail, error.column);
    if (filter_tree(f) != NULL)
        show(&shown, filter_tree(f));
    assert_string_equal(shown.data, wanted);
    buf_release(&shown);
    filter_free(f);
}

static void texts_become_trees(void **state)
{
    (void)state;
    parses_to("", "");
    parses_to(" \t\n", "");
    parses_to("id=1", "id = 1");
    parses_to("id = 1 and m0 > 2 or seed != 3", "((id = 1 AND m0 > 2) OR NOT seed = 3)");
    parses_to("id = 1 and (m0 > 2 or seed = 3)", "(id = 1 AND (m0 > 2 OR seed = 3))");
    parses_to("not (id = 1 and not m0 > 2)", "(NOT id = 1 OR m0 > 2)");
    parses_to("not not id=1", "id = 1");
    parses_to("state in (failed,dead)", "state in 'failed' 'dead'");
    parses_to("state not in ('failed', \"dead\")", "NOT state in 'failed' 'dead'");
    parses_to("m0 between 1e8 and 1e9 and id<=-3",
              "(m0 between 100000000 1000000000 AND id <= -3)");
    parses_to("name ~ 'it\\'s \\\\ \"x\"'", "name ~ 'it's \\ \"x\"'");
    parses_to("name = and or name = not", "(name = 'and' OR name = 'not')");
    parses_to("name = 'null'", "name = 'null'");
    parses_to("outcome = null and outcome != null",
              "(outcome is null AND NOT outcome is null)");
    parses_to("spec.network.hidden.0>=100", "spec.network.hidden.0 >= 100");
    parses_to("dataset = mnist", "spec.dataset = 'mnist'");
    parses_to("spec.plasticity.gate in (wrong, 0.5)",
              "spec.plasticity.gate in 'wrong' 0.5");
    parses_to("tag = ü/x:1", "tag = 'ü/x:1'");
    parses_to("created = 2027-01-15T08:00:00Z", "created = 1800000000000");
    parses_to("created > -2d", "created > 1799827200000");
    parses_to("created > -1.5h", "created > 1799994600000");
    parses_to("started < now", "started < 1800000000000");
    parses_to("started < 1970-01-01", "started < 0");
}

static void fails(const char *text, size_t length, const char *code)
{
    struct filter *f = NULL;
    struct filter_error error;
    assert_int_equal(filter_parse(QUERY_RUNS, text, length, now, &f, &error),
                     STATUS_BAD_REQUEST);
    assert_string_equal(error.code, code);
    assert_true(error.detail[0] != '\0');
    assert_null(f);
}

static void limits_hold(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 100000);
    for (int i = 0; i < FILTER_TESTS_MAX; i++)
        buf_addf(&text, "%sid=%d", i > 0 ? " or " : "", i);
    struct filter *f;
    struct filter_error error;
    assert_int_equal(filter_parse(QUERY_RUNS, text.data, text.len, now, &f, &error),
                     STATUS_OK);
    filter_free(f);
    buf_adds(&text, " or id=1");
    fails(text.data, text.len, "too_long");
    buf_clear(&text);
    for (int i = 0; i < FILTER_BYTES_MAX + 1; i++)
        buf_addc(&text, '(');
    fails(text.data, text.len, "too_long");
    fails(text.data, text.len - 1, "too_deep");
    fails("id = 1\0", 7, "syntax");
    fails("name = \xff", 8, "syntax");
    fails("name = \xed\xa0\x80", 10, "syntax"); /* half a pair */
    buf_release(&text);
}

/* No text breaks the parser, and the store can answer all that it takes. */
static void random_texts_are_parsed_or_refused(void **state)
{
    static const char *const words[] = {"id",
                                        "m0",
                                        "state",
                                        "name",
                                        "tag",
                                        "created",
                                        "spec.network.hidden.0",
                                        "spec.stop.m0",
                                        "spec.plasticity.gate",
                                        "outcome",
                                        "and",
                                        "or",
                                        "not",
                                        "in",
                                        "between",
                                        "null",
                                        "(",
                                        ")",
                                        ",",
                                        "=",
                                        "!=",
                                        "<",
                                        "<=",
                                        ">",
                                        ">=",
                                        "~",
                                        "1",
                                        "-2d",
                                        "1e9",
                                        "failed",
                                        "'x y'",
                                        "\"",
                                        "wrong",
                                        "2026-11-23",
                                        "ü",
                                        "\\",
                                        "%"};
    enum { WORDS = sizeof words / sizeof words[0] };
    (void)state;
    char folder[FOLDER_PATH];
    folder_make(folder);
    struct store *s = store_at(folder);
    struct new_job job = {.runs = 3};
    assert_int_equal(store_write(s, add_job, &job), STATUS_OK);
    static struct query_found found;
    size_t taken = 0;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct rng r = dice(seed);
        struct buf text;
        buf_init(&text, 4000);
        uint32_t n = 1 + dice_below(&r, 12);
        if (dice_below(&r, 2) == 0)
            buf_addf(&text, "%s %s %s", words[dice_below(&r, 10)],
                     words[19 + dice_below(&r, 7)], words[26 + dice_below(&r, 5)]);
        for (uint32_t i = 0; i < n; i++)
            buf_addf(&text, " %s", words[dice_below(&r, i % 4 == 0 ? WORDS : 19)]);
        struct filter *f;
        struct filter_error error;
        enum query_of of = dice_below(&r, 2) ? QUERY_JOBS : QUERY_RUNS;
        size_t length = dice_below(&r, 3) == 0
                            ? text.len
                            : (size_t)dice_below(&r, (uint32_t)text.len + 1);
        if (filter_parse(of, text.data, length, now, &f, &error) == STATUS_OK) {
            struct query q = {.of = of, .where = filter_tree(f), .limit = 2};
            CHECK(seed, store_query(store_reader(s), &q, &found) == STATUS_OK);
            query_found_release(&found);
            filter_free(f);
            taken++;
        } else {
            CHECK(seed, error.column <= length + 1 && error.detail[0] != '\0');
        }
        buf_release(&text);
    }
    assert_true(taken > 500);
    store_close(s);
    folder_remove(folder);
}

static void orders_are_read(void **state)
{
    (void)state;
    static struct sort s;
    struct filter_error error;
    assert_int_equal(sort_parse(QUERY_RUNS, "-m0,seed,spec.network.hidden.0", &s, &error),
                     STATUS_OK);
    assert_int_equal(s.keys, 3);
    assert_true(s.key[0].descending && !s.key[1].descending && !s.key[2].descending);
    assert_int_equal(s.key[0].of.field, QUERY_M0);
    assert_string_equal(s.key[2].of.path, "network.hidden.0");
    assert_int_equal(sort_parse(QUERY_RUNS, "", &s, &error), STATUS_OK);
    assert_int_equal(s.keys, 0);
    assert_int_equal(sort_parse(QUERY_JOBS, "m0", &s, &error), STATUS_BAD_REQUEST);
    assert_int_equal(sort_parse(QUERY_RUNS, "seed,tag", &s, &error), STATUS_BAD_REQUEST);
    assert_int_equal(error.column, 6);
}

static const char swept[] =
    "{\"dataset\": \"d\", \"seeds\": [1], \"sweep\": {\"/network/hidden/0\": [5, 9]}}";

static enum status add_swept_job(struct conn *c, void *arg)
{
    struct new_job *n = arg;
    struct job job = {.name = "n",
                      .note = "",
                      .tags = "[\"a\",\"b\"]",
                      .dataset = "d",
                      .owner = "o",
                      .spec = swept,
                      .cells = 2,
                      .created = 1};
    enum status status = store_job_insert(c, &job, &n->job);
    for (int i = 0; i < 2 && status == STATUS_OK; i++) {
        struct new_run run = {.job = n->job,
                              .cell = i,
                              .created = 1,
                              .seed = 1,
                              .params = i == 0 ? "{\"/network/hidden/0\": 5}"
                                               : "{\"/network/hidden/0\": 9}"};
        int64_t id;
        status = store_run_insert(c, &run, &id);
        n->first = i == 0 ? id : n->first;
    }
    return status;
}

static size_t count(struct store *s, const char *filter)
{
    static struct query_found found;
    struct listing *l;
    struct filter_error error;
    struct listing_question asked = {
        .of = QUERY_RUNS, .filter = filter, .state = RUN_STATES, .limit = 10};
    assert_int_equal(listing_open(&asked, &l, &error), STATUS_OK);
    assert_int_equal(store_query(store_reader(s), listing_query(l), &found), STATUS_OK);
    listing_close(l);
    query_found_release(&found);
    return found.count;
}

/* Jobs from a version that did not write what their specs say. */
static void values_are_caught_up(void **state)
{
    (void)state;
    char folder[FOLDER_PATH];
    folder_make(folder);
    struct store *s = store_at(folder);
    struct app app = {.store = s};
    struct new_job job, broken = {.runs = 1};
    assert_int_equal(store_write(s, add_swept_job, &job), STATUS_OK);
    assert_int_equal(store_write(s, add_job, &broken), STATUS_OK); /* its spec is {} */
    assert_int_equal(count(s, "spec.network.hidden.0 = 9"), 0);
    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(app_catch_up(&app), STATUS_OK);
    assert_int_equal(count(s, "spec.network.hidden.0 = 9"), 1);
    assert_int_equal(count(s, "spec.network.hidden.0 > 1"), 2);
    assert_int_equal(count(s, "spec.network.loss = mse and job = 1"), 2);
    assert_int_equal(count(s, "tag = b"), 2);
    int64_t left = 0;
    assert_int_equal(store_spec_values_next(store_reader(s), 0, &left), STATUS_NOT_FOUND);
    assert_int_equal(app_catch_up(&app), STATUS_OK);
    store_close(s);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_trees),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(random_texts_are_parsed_or_refused),
        cmocka_unit_test(orders_are_read),
        cmocka_unit_test(values_are_caught_up),
    };
    hash_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
