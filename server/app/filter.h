/* What people say of the rows that they want, as text:
 *
 *     state in (failed, dead) and spec.network.hidden.0 >= 100 and tag = fig3
 *     m0 between 1e8 and 1e9 or not (name ~ "first try"), created > -2d
 *
 * A comparison is FIELD OP VALUE with = != < <= > >= or ~ (contains), FIELD in (VALUE,
 * ...), FIELD not in (...), or FIELD between A and B, both included; with "and" (which
 * binds stronger), "or", "not" and parentheses between them. Fields are those of
 * query_fields.def and spec.PATH. A value is a number, a word, a text in quotes " or ' (a
 * backslash takes the next character as it is), a time (2026-11-23,
 * 2026-11-23T17:00:05.123, UTC; or an age: -2d, with s, m, h, d or w; or now), or null:
 * FIELD = null finds what has no value. */
#ifndef FRUGAL_APP_FILTER_H
#define FRUGAL_APP_FILTER_H

#include "spec/paths.h"
#include "store/query.h"

enum {
    FILTER_BYTES_MAX = 4096,
    FILTER_TESTS_MAX = 64,
    FILTER_VALUES_MAX = 512,
    FILTER_DEPTH_MAX = 32, /* of parentheses and "not" */
};

struct filter;

/* What is wrong with such a text, and where. */
struct filter_error {
    const char *parameter; /* static: "filter", "sort", "cursor" */
    size_t column;         /* in characters, from 1; 0: not at one place */
    const char *code;      /* static: "unknown_field", "syntax" ... */
    char detail[300];
    char suggestion[SPEC_PATH_MAX + 8]; /* "": none */
};

/* Reads a filter; `now` is what ages are counted from, in ms since 1970. BAD_REQUEST with
 * an error; NO_MEMORY. Any thread. */
enum status filter_parse(enum query_of of, const char *text, size_t length, int64_t now,
                         struct filter **ret, struct filter_error *error);
void filter_free(struct filter *f);

/* Its tests, which live as long as it does; NULL: an empty filter, all rows. */
const struct query_node *filter_tree(const struct filter *f);

/* Keys to sort by: "-m0,seed"; the minus is for descending. */
struct sort {
    struct query_key key[QUERY_KEYS_MAX];
    struct spec_path path[QUERY_KEYS_MAX];
    size_t keys;
};

/* As above; *ret must stay where it is. */
enum status sort_parse(enum query_of of, const char *text, struct sort *ret,
                       struct filter_error *error);

#endif
