#include "helpers.h"

#include "base/opts.h"

struct settings {
    bool quiet;
    const char *listen;
    long workers;
    int colour;
    struct opts_words set;
};

static const struct opt table[] = {
    {"quiet", 'q', OPT_FLAG, offsetof(struct settings, quiet), NULL, "FRUGAL_TEST_QUIET",
     0, 0, "Says less"},
    {"listen", 'l', OPT_TEXT, offsetof(struct settings, listen), "ADDRESS",
     "FRUGAL_TEST_LISTEN", 0, 0,
     "Where to listen, with enough words behind it that the line has to be broken at "
     "least "
     "once at this width"},
    {"workers", 'w', OPT_COUNT, offsetof(struct settings, workers), "N",
     "FRUGAL_TEST_WORKERS", 1, 64, "Threads"},
    {"colour", 0, OPT_CHOICE, offsetof(struct settings, colour), "red|green|blue", NULL,
     0, 0, "Of the paint"},
    {"set", 0, OPT_WORDS, offsetof(struct settings, set), "PATH=VALUE", NULL, 0, 0,
     "Sets a value"},
};
enum { ROWS = sizeof table / sizeof table[0] };

static const struct settings defaults = {.listen = "nowhere", .workers = 2, .colour = 1};

static struct settings got;
static struct opts_words rest;
static struct buf error;

/* Parses words separated by spaces. */
static bool parse(const char *line)
{
    static char copy[1000];
    char *argv[100] = {(char *)(uintptr_t) "test"};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    got = defaults;
    buf_clear(&error);
    return opts_parse(table, ROWS, argc, argv, &got, &rest, &error);
}

static int opts_start(void **state)
{
    (void)state;
    buf_init(&error, 500);
    unsetenv("FRUGAL_TEST_LISTEN");
    unsetenv("FRUGAL_TEST_WORKERS");
    unsetenv("FRUGAL_TEST_QUIET");
    return 0;
}

static int opts_end(void **state)
{
    (void)state;
    buf_release(&error);
    return 0;
}

static void opts_takes_one_of_a_few_words(void **state)
{
    char text[20];
    (void)state;
    assert_true(parse(""));
    assert_true(opts_text(&table[3], &got, text, sizeof text));
    assert_string_equal(text, "green");
    assert_true(parse("--colour blue"));
    assert_int_equal(got.colour, 2);
    assert_true(opts_text(&table[3], &got, text, sizeof text));
    assert_string_equal(text, "blue");
    static const char *const wrong[] = {"--colour gree", "--colour greens", "--colour |",
                                        "--colour red|green", "--colour="};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(parse(wrong[i]));
        assert_non_null(strstr(error.data, "--colour takes red|green|blue, not"));
    }
}

static void opts_reads_every_kind(void **state)
{
    (void)state;
    assert_true(parse(""));
    assert_false(got.quiet);
    assert_string_equal(got.listen, "nowhere");
    assert_int_equal(rest.count, 0);
    assert_true(parse("one --quiet --listen=a:1 -w 3 - --set a=1 --set=b=2 two"));
    assert_true(got.quiet);
    assert_string_equal(got.listen, "a:1");
    assert_int_equal(got.workers, 3);
    assert_int_equal(got.set.count, 2);
    assert_string_equal(got.set.word[0], "a=1");
    assert_string_equal(got.set.word[1], "b=2");
    assert_int_equal(rest.count, 3);
    assert_string_equal(rest.word[0], "one");
    assert_string_equal(rest.word[1], "-");
    assert_string_equal(rest.word[2], "two");
    assert_true(parse("-q -w64 --listen b -- --quiet -x"));
    assert_int_equal(got.workers, 64);
    assert_string_equal(got.listen, "b");
    assert_int_equal(rest.count, 2);
    assert_string_equal(rest.word[1], "-x");
}

static void opts_reads_the_environment_first(void **state)
{
    (void)state;
    setenv("FRUGAL_TEST_LISTEN", "env:1", 1);
    setenv("FRUGAL_TEST_WORKERS", "7", 1);
    assert_true(parse("-w 8"));
    assert_string_equal(got.listen, "env:1");
    assert_int_equal(got.workers, 8);
    setenv("FRUGAL_TEST_WORKERS", "", 1);
    assert_true(parse(""));
    assert_int_equal(got.workers, 2);
    setenv("FRUGAL_TEST_WORKERS", "none", 1);
    assert_false(parse(""));
    assert_non_null(strstr(error.data, "FRUGAL_TEST_WORKERS"));
    unsetenv("FRUGAL_TEST_LISTEN");
    unsetenv("FRUGAL_TEST_WORKERS");
    setenv("FRUGAL_TEST_QUIET", "yes", 1);
    assert_true(parse(""));
    assert_true(got.quiet);
    setenv("FRUGAL_TEST_QUIET", "no", 1);
    assert_true(parse("") && !got.quiet);
    assert_true(parse("-q") && got.quiet);
    setenv("FRUGAL_TEST_QUIET", "1", 1);
    assert_false(parse(""));
    assert_non_null(strstr(error.data, "--quiet takes yes or no, not \"1\""));
    unsetenv("FRUGAL_TEST_QUIET");
}

static void opts_says_what_is_wrong(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"--worker 3", "did you mean --workers?"},
        {"--worker=3", "did you mean --workers?"},
        {"--zzzzzz", "there is no option --zzzzzz"},
        {"-z", "there is no option -z"},
        {"--workers", "needs a value: N"},
        {"-w 0", "from 1 to 64"},
        {"-w 65", "from 1 to 64"},
        {"-w 3x", "not \"3x\""},
        {"-w 99999999999999999999", "from 1 to 64"},
        {"--workers=", "not \"\""},
        {"--quiet=yes", "--quiet takes no value"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(parse(wrong[i][0]));
        if (strstr(error.data, wrong[i][1]) == NULL)
            fail_msg("%s: %s", wrong[i][0], error.data);
    }
    assert_false(parse("--zzzzzz"));
    assert_null(strstr(error.data, "did you mean"));
    char line[600] = "";
    for (int i = 0; i < OPTS_WORDS_MAX; i++)
        strcat(line, "w ");
    assert_true(parse(line));
    assert_int_equal(rest.count, OPTS_WORDS_MAX);
    strcat(line, "w");
    assert_false(parse(line));
}

static void opts_help_has_every_row(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    opts_help(table, ROWS, &defaults, out);
    fclose(out);
    for (size_t i = 0; i < ROWS; i++)
        assert_non_null(strstr(text, table[i].name));
    assert_non_null(strstr(text, "-w, --workers N"));
    assert_non_null(strstr(text, "Threads. Default: 2 (also FRUGAL_TEST_WORKERS)"));
    size_t lines = 0;
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1, lines++)
        assert_in_range(strcspn(line, "\n"), 1, 90);
    assert_true(lines > ROWS);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opts_reads_every_kind),
        cmocka_unit_test(opts_takes_one_of_a_few_words),
        cmocka_unit_test(opts_reads_the_environment_first),
        cmocka_unit_test(opts_says_what_is_wrong),
        cmocka_unit_test(opts_help_has_every_row),
    };
    return cmocka_run_group_tests(tests, opts_start, opts_end);
}
