#include "helpers.h"

#include "base/conf.h"

struct settings {
    bool quiet;
    const char *listen, *file;
    long workers;
};

static const struct opt table[] = {
    {"file", 0, OPT_FILE, offsetof(struct settings, file), "FILE", "T_FILE", 0, 0,
     "File"},
    {"quiet", 'q', OPT_FLAG, offsetof(struct settings, quiet), NULL, "T_QUIET", 0, 0,
     "Says less"},
    {"listen", 'l', OPT_TEXT, offsetof(struct settings, listen), "ADDRESS", "T_LISTEN", 0,
     0, "Where to listen, with so many words behind it that the line has to be broken"},
    {"workers", 'w', OPT_COUNT, offsetof(struct settings, workers), "N", "T_WORKERS", 1,
     64, "Threads"},
    {"bare", 0, OPT_FLAG, offsetof(struct settings, quiet), NULL, NULL, 0, 0,
     "Only on the command line"},
};
enum { ROWS = sizeof table / sizeof table[0] };

static const struct settings defaults = {.listen = "nowhere", .workers = 2};
static struct settings got;
static struct conf conf;
static struct buf error;
static char path[] = "/tmp/frugal-test-conf-XXXXXX";

static bool read_text(const char *text)
{
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    got = defaults;
    buf_clear(&error);
    conf_release(&conf);
    return conf_read(table, ROWS, path, &got, &conf, &error);
}

static int conf_start(void **state)
{
    (void)state;
    buf_init(&error, 1000);
    close(mkstemp(path));
    return 0;
}

static int conf_end(void **state)
{
    (void)state;
    conf_release(&conf);
    buf_release(&error);
    return unlink(path);
}

static void conf_reads_settings(void **state)
{
    (void)state;
    assert_true(read_text(""));
    assert_true(
        read_text("# a comment\n\nlisten = a:1 ; why\n   workers=3\nquiet = yes\n"));
    assert_string_equal(got.listen, "a:1");
    assert_int_equal(got.workers, 3);
    assert_true(got.quiet);
    assert_true(read_text("workers ="));
    assert_int_equal(got.workers, 2);
}

static void conf_says_what_is_wrong_and_where(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"wrokers = 3\n",
         "line 1: there is no setting \"wrokers\"; did you mean workers?"},
        {"\n\nzzzzzz = 3\n", "line 3: there is no setting \"zzzzzz\""},
        {"workers = 3\n# c\n  workers = 3\n", "line 3: workers is set a second time"},
        {"workers = 65\n", "line 1: workers takes a whole number from 1 to 64"},
        {"quiet = maybe\n", "line 1: quiet takes yes or no, not \"maybe\""},
        {"workers = 3\nnonsense\n", "line 2: this is not KEY = VALUE"},
        {"nonsense\nwrokers = 3\n", "line 2: there is no setting"},
        {"[server]\nworkers = 3\n", "line 2: there are no sections, but [server]"},
        {"bare = yes\n", "there is no setting \"bare\""},
        {"file = other\n", "there is no setting \"file\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(read_text(wrong[i][0]));
        if (strstr(error.data, wrong[i][1]) == NULL || strstr(error.data, path) == NULL)
            fail_msg("%s: %s", wrong[i][0], error.data);
    }
    char line[1000];
    memset(line, 'x', sizeof line - 1);
    memcpy(line, "listen=", 7);
    line[sizeof line - 1] = '\0';
    assert_false(read_text(line));
    assert_non_null(strstr(error.data, "line 1: the line is longer than"));
    buf_clear(&error);
    assert_false(conf_read(table, ROWS, "/nowhere/x", &got, &conf, &error));
    assert_string_equal(error.data, "/nowhere/x: No such file or directory");
}

static const char *note(const struct opt *o)
{
    return o->letter == 'w' ? "Noted." : NULL;
}

static void conf_prints_a_file_that_it_reads(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    conf_print(table, ROWS, &defaults, note, out);
    fclose(out);
    assert_non_null(strstr(text, "\n# Threads. Also --workers and T_WORKERS. Noted.\n"
                                 "#workers = 2\n"));
    assert_non_null(strstr(text, "\n#quiet = no\n"));
    assert_null(strstr(text, "bare"));
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 92);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '#' && c[1] != ' ')
            *c = ' ';
    assert_true(read_text(text));
    assert_int_equal(conf.count, 3);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conf_reads_settings),
        cmocka_unit_test(conf_says_what_is_wrong_and_where),
        cmocka_unit_test(conf_prints_a_file_that_it_reads),
    };
    return cmocka_run_group_tests(tests, conf_start, conf_end);
}
