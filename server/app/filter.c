/* In: the words and signs of a filter. Out: a tree of tests in which "not" is gone,
 * pushed down into the tests; or the first thing that is wrong with it, and its column.
 */
#include "app/filter.h"

#include <stdlib.h>

#include "app/filter_tokens.h"
#include "app/filter_words.h"
#include "base/utf8.h"

struct filter {
    const struct query_node *tree;
    struct query_node node[2 * FILTER_TESTS_MAX];
    size_t nodes, tests;
    struct value value[FILTER_VALUES_MAX];
    size_t values;
    struct spec_path path[FILTER_TESTS_MAX];
    char text[2 * FILTER_BYTES_MAX + 2]; /* words, each with a NUL */
};

struct parser {
    struct filter *filter;
    enum query_of of;
    int64_t now;
    int depth;
    struct tokens in;
};

/* Wrong at the present token. */
#define FAIL(p, code, ...) TOKENS_FAIL(&(p)->in, code, __VA_ARGS__)

static bool stop(struct parser *p, const char *at, enum status status)
{
    return tokens_stop(&p->in, at, status);
}

static bool is_at(const struct parser *p, enum token token, const char *word)
{
    return tokens_are_at(&p->in, token, word);
}

static bool accept(struct parser *p, enum token token, const char *word)
{
    return tokens_accept(&p->in, token, word);
}

static bool expect_sign(struct parser *p, const char *sign, const char *after)
{
    return accept(p, TOKEN_SIGN, sign) ||
           FAIL(p, "syntax", "\"%s\" is missing here, %s", sign, after);
}

/* The value at the present token, for a test. */
static bool read_value(struct parser *p, struct query_test *t,
                       const struct spec_path *path)
{
    struct filter *f = p->filter;
    if (p->in.status != STATUS_OK)
        return false;
    if (p->in.token != TOKEN_WORD && p->in.token != TOKEN_TEXT)
        return FAIL(p, "syntax", "a value is missing here");
    if (f->values == FILTER_VALUES_MAX)
        return FAIL(p, "too_long", "more than %d values", FILTER_VALUES_MAX);
    enum status status = filter_value(&t->of, path, p->in.word, p->in.token == TOKEN_TEXT,
                                      p->now, &f->value[f->values], p->in.error);
    if (status != STATUS_OK)
        return stop(p, p->in.begin, status);
    f->values++;
    t->values++;
    tokens_advance(&p->in);
    return p->in.status == STATUS_OK;
}

/* FIELD = null */
static bool read_missing(struct parser *p, struct query_test *t)
{
    if (!query_may_miss(t->of.field))
        return FAIL(p, "wrong_type", "%s always has a value",
                    query_field_name(t->of.field));
    t->op = QUERY_MISSING;
    tokens_advance(&p->in);
    return true;
}

static bool read_list(struct parser *p, struct query_test *t,
                      const struct spec_path *path)
{
    t->op = QUERY_IN;
    if (!expect_sign(p, "(", "before the values of \"in\""))
        return false;
    do {
        if (!read_value(p, t, path))
            return false;
    } while (accept(p, TOKEN_SIGN, ","));
    return expect_sign(p, ")", "behind the values of \"in\"");
}

static bool read_range(struct parser *p, struct query_test *t,
                       const struct spec_path *path)
{
    t->op = QUERY_BETWEEN;
    if (!read_value(p, t, path))
        return false;
    if (!accept(p, TOKEN_WORD, "and"))
        return FAIL(p, "syntax", "\"between\" takes two values with \"and\" in between");
    return read_value(p, t, path);
}

/* The sign at hand as an operator. */
static bool read_operator(struct parser *p, struct query_test *t)
{
    static const struct {
        const char *sign;
        enum query_op op;
        bool negated;
    } signs[] = {{"=", QUERY_EQUAL, false},   {"!=", QUERY_EQUAL, true},
                 {"<", QUERY_LESS, false},    {"<=", QUERY_AT_MOST, false},
                 {">", QUERY_MORE, false},    {">=", QUERY_AT_LEAST, false},
                 {"~", QUERY_CONTAINS, false}};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (!accept(p, TOKEN_SIGN, signs[i].sign))
            continue;
        t->op = signs[i].op;
        t->negated ^= signs[i].negated;
        return p->in.status == STATUS_OK;
    }
    return FAIL(p, "syntax",
                "a comparison is missing here: one of = != < <= > >= ~ in between");
}

static bool is_text(const struct query_test *t)
{
    return t->values > 0 && t->value[0].kind == VALUE_TEXT;
}

/* Whether the operator makes sense for what is compared; the error is at the field. */
static bool check_test(struct parser *p, const struct query_test *t,
                       const struct spec_path *path, const char *at)
{
    bool ordered = t->op == QUERY_LESS || t->op == QUERY_AT_MOST || t->op == QUERY_MORE ||
                   t->op == QUERY_AT_LEAST || t->op == QUERY_BETWEEN;
    enum query_type type = query_field_type(t->of.field);
    bool free_text = type == QUERY_TYPE_TEXT || type == QUERY_TYPE_TAG ||
                     (type == QUERY_TYPE_SPEC && path->choices == NULL);
    if (p->in.status == STATUS_OK && ordered && is_text(t))
        stop(p, at,
             filter_fail(p->in.error, "wrong_operator", NULL,
                         "a text can be compared with = != ~ and in only"));
    if (p->in.status == STATUS_OK && t->op == QUERY_CONTAINS &&
        !(is_text(t) && free_text))
        stop(p, at,
             filter_fail(p->in.error, "wrong_operator", NULL,
                         "only names and other free texts can be searched with ~"));
    return p->in.status == STATUS_OK;
}

static bool read_test(struct parser *p, struct query_test *t)
{
    struct spec_path *path = &p->filter->path[p->filter->tests++];
    const char *at = p->in.begin;
    enum status status = filter_term(p->of, p->in.word, false, path, &t->of, p->in.error);
    if (status != STATUS_OK)
        return stop(p, at, status);
    tokens_advance(&p->in);
    t->value = p->filter->value + p->filter->values;
    bool no = accept(p, TOKEN_WORD, "not");
    t->negated ^= no;
    if (accept(p, TOKEN_WORD, "in"))
        return read_list(p, t, path) && check_test(p, t, path, at);
    if (no)
        return FAIL(p, "syntax", "\"in\" is missing here, behind \"not\"");
    if (accept(p, TOKEN_WORD, "between"))
        return read_range(p, t, path) && check_test(p, t, path, at);
    if (!read_operator(p, t))
        return false;
    if (t->op == QUERY_EQUAL && is_at(p, TOKEN_WORD, "null"))
        return read_missing(p, t);
    return read_value(p, t, path) && check_test(p, t, path, at);
}

static struct query_node *new_node(struct parser *p, enum query_node_kind kind)
{
    struct query_node *n =
        &p->filter->node[p->filter->nodes++]; /* less than twice the tests */
    *n = (struct query_node){.kind = kind};
    return n;
}

static const struct query_node *read_any(struct parser *p, bool negated);

static const struct query_node *read_group(struct parser *p, bool negated)
{
    if (++p->depth > FILTER_DEPTH_MAX) {
        FAIL(p, "too_deep", "more than %d levels of parentheses and \"not\"",
             FILTER_DEPTH_MAX);
        return NULL;
    }
    const struct query_node *n = read_any(p, negated);
    p->depth--;
    return n != NULL && expect_sign(p, ")", "the end of what \"(\" begins") ? n : NULL;
}

static const struct query_node *read_one(struct parser *p, bool negated)
{
    int depth = p->depth;
    while (accept(p, TOKEN_WORD, "not")) {
        negated = !negated;
        if (++p->depth > FILTER_DEPTH_MAX)
            FAIL(p, "too_deep", "more than %d levels of parentheses and \"not\"",
                 FILTER_DEPTH_MAX);
    }
    const struct query_node *n = NULL;
    if (accept(p, TOKEN_SIGN, "(")) {
        n = read_group(p, negated);
    } else if (p->in.status == STATUS_OK && p->in.token != TOKEN_WORD) {
        FAIL(p, "syntax", "a comparison like state = failed is missing here");
    } else if (p->in.status == STATUS_OK && p->filter->tests == FILTER_TESTS_MAX) {
        FAIL(p, "too_long", "more than %d comparisons", FILTER_TESTS_MAX);
    } else if (p->in.status == STATUS_OK) {
        struct query_node *test = new_node(p, QUERY_NODE_TEST);
        test->test.negated = negated;
        n = read_test(p, &test->test) ? test : NULL;
    }
    p->depth = depth;
    return n;
}

/* "not (a and b)" is "not a or not b". */
static const struct query_node *join(struct parser *p, bool is_and, bool negated,
                                     const struct query_node *left,
                                     const struct query_node *right)
{
    if (left == NULL || right == NULL)
        return NULL;
    struct query_node *n =
        new_node(p, is_and != negated ? QUERY_NODE_AND : QUERY_NODE_OR);
    n->left = left;
    n->right = right;
    return n;
}

static const struct query_node *read_all(struct parser *p, bool negated)
{
    const struct query_node *n = read_one(p, negated);
    while (n != NULL && accept(p, TOKEN_WORD, "and"))
        n = join(p, true, negated, n, read_one(p, negated));
    return n;
}

static const struct query_node *read_any(struct parser *p, bool negated)
{
    const struct query_node *n = read_all(p, negated);
    while (n != NULL && accept(p, TOKEN_WORD, "or"))
        n = join(p, false, negated, n, read_all(p, negated));
    return n;
}

enum status filter_parse(enum query_of of, const char *text, size_t length, int64_t now,
                         struct filter **ret, struct filter_error *error)
{
    *error = (struct filter_error){.parameter = "filter"};
    if (length > FILTER_BYTES_MAX)
        return filter_fail(error, "too_long", NULL, "a filter has at most %d bytes",
                           FILTER_BYTES_MAX);
    if (!utf8_is_valid(text, length))
        return filter_fail(error, "syntax", NULL, "a filter must be UTF-8");
    struct filter *f = calloc(1, sizeof *f);
    if (f == NULL)
        return STATUS_NO_MEMORY;
    struct parser p = {.filter = f,
                       .of = of,
                       .now = now,
                       .in = {.start = text,
                              .at = text,
                              .end = text + length,
                              .text = f->text,
                              .error = error}};
    tokens_advance(&p.in);
    if (p.in.status == STATUS_OK && p.in.token != TOKEN_END)
        f->tree = read_any(&p, false);
    if (p.in.status == STATUS_OK && p.in.token != TOKEN_END)
        FAIL(&p, "syntax", "\"and\" or \"or\" is missing here");
    if (p.in.status == STATUS_OK)
        *ret = f;
    else
        filter_free(f);
    return p.in.status;
}

void filter_free(struct filter *f)
{
    free(f);
}

const struct query_node *filter_tree(const struct filter *f)
{
    return f->tree;
}
