/* Filters, of runs and of jobs, and with a first byte ^ orders. */
#include "fuzz.h"

#include "app/filter.h"

static void check_error(const struct filter_error *e)
{
    CHECK(e->code != NULL && *e->detail != '\0');
    CHECK(strlen(e->detail) < sizeof e->detail);
    CHECK(strlen(e->suggestion) < sizeof e->suggestion);
}

static size_t count_tests(const struct query_node *n, int depth)
{
    CHECK(depth <= FILTER_DEPTH_MAX + FILTER_TESTS_MAX);
    if (n == NULL)
        return 0;
    if (n->kind == QUERY_NODE_TEST) {
        CHECK(n->test.of.field < QUERY_FIELDS);
        for (size_t i = 0; i < n->test.values; i++)
            CHECK(n->test.value[i].kind != VALUE_TEXT || n->test.value[i].text != NULL);
        return 1;
    }
    return count_tests(n->left, depth + 1) + count_tests(n->right, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const enum query_of both[] = {QUERY_RUNS, QUERY_JOBS};
    struct filter_error error;
    struct sort sort;
    char *text = malloc(size + 1);
    memcpy(text, bytes, size);
    text[size] = '\0';
    for (int i = 0; i < 2; i++) {
        struct filter *f;
        memset(&error, 0, sizeof error);
        enum status status;
        if (*text == '^') {
            status = sort_parse(both[i], text + 1, &sort, &error);
            CHECK(status != STATUS_OK || sort.keys <= QUERY_KEYS_MAX);
        } else {
            status = filter_parse(both[i], text, size, 1800000000000, &f, &error);
        }
        CHECK(status == STATUS_OK || status == STATUS_BAD_REQUEST);
        if (status == STATUS_BAD_REQUEST) {
            check_error(&error);
        } else if (*text != '^') {
            CHECK(count_tests(filter_tree(f), 0) <= FILTER_TESTS_MAX);
            filter_free(f);
        }
    }
    free(text);
    return 0;
}
