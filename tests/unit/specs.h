/* Parsing job specs in tests: what came out, and which problems were told. */
#ifndef FRUGAL_TESTS_SPECS_H
#define FRUGAL_TESTS_SPECS_H

#include "helpers.h"

#include <jansson.h>

#include "base/buf.h"
#include "spec/fields.h"
#include "spec/json_text.h"
#include "spec/spec.h"

struct parsed {
    enum status status;
    struct plan *plan; /* NULL: refused */
    struct problems problems;
};

static inline struct parsed *parsed_new(const char *text)
{
    struct parsed *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    problems_init(&p->problems);
    p->status = plan_parse(text, strlen(text), &p->plan, &p->problems);
    return p;
}

static inline void parsed_free(struct parsed *p)
{
    plan_free(p->plan);
    problems_release(&p->problems);
    free(p);
}

/* The text, or what is wrong with it, for failures. */
static inline const char *parsed_text(const struct parsed *p)
{
    return p->problems.count > 0 ? p->problems.item[0].detail : "no problem";
}

static inline const struct problem *problem_at(const struct parsed *p,
                                               const char *pointer)
{
    for (size_t i = 0; i < p->problems.count; i++)
        if (strcmp(p->problems.item[i].pointer, pointer) == 0)
            return &p->problems.item[i];
    return NULL;
}

static inline struct plan *plan_of(const char *text)
{
    struct parsed *p = parsed_new(text);
    if (p->status != STATUS_OK || p->problems.count > 0)
        fail_msg("%.200s: %s", text, parsed_text(p));
    struct plan *plan = p->plan;
    p->plan = NULL;
    parsed_free(p);
    return plan;
}

/* The spec is refused, with exactly one problem, of that pointer and code. */
static inline void expect_problem(const char *text, const char *pointer, const char *code)
{
    struct parsed *p = parsed_new(text);
    const struct problem *problem = problem_at(p, pointer);
    if (p->status != STATUS_INVALID_SPEC || p->problems.count != 1 || problem == NULL ||
        strcmp(problem->code, code) != 0)
        fail_msg("%.300s: %s, %zu problems, the first %s at %s: %s", text,
                 status_name(p->status), p->problems.count,
                 p->problems.count ? p->problems.item[0].code : "-",
                 p->problems.count ? p->problems.item[0].pointer : "-", parsed_text(p));
    assert_null(p->plan);
    assert_true(problem->detail != NULL && problem->detail[0] != '\0');
    parsed_free(p);
}

static inline void expect_suggestion(const char *text, const char *pointer,
                                     const char *suggestion)
{
    struct parsed *p = parsed_new(text);
    const struct problem *problem = problem_at(p, pointer);
    if (problem == NULL)
        fail_msg("%s: nothing at %s", text, pointer);
    if (suggestion == NULL)
        assert_null(problem->suggestion);
    else
        assert_string_equal(problem->suggestion ? problem->suggestion : "", suggestion);
    parsed_free(p);
}

/* The value at a pointer, or NULL; borrowed. */
static inline json_t *json_at(json_t *root, const char *pointer)
{
    char copy[200], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", pointer);
    for (char *key = strtok_r(copy, "/", &rest); key != NULL && root != NULL;
         key = strtok_r(NULL, "/", &rest))
        root = json_object_get(root, key);
    return root;
}

/* Puts value (taken) at a pointer like "/network/hidden", making objects on the way. */
static inline void json_put(json_t *root, const char *pointer, json_t *value)
{
    char copy[200], *key = copy + 1, *slash;
    snprintf(copy, sizeof copy, "%s", pointer);
    while ((slash = strchr(key, '/')) != NULL) {
        *slash = '\0';
        if (json_object_get(root, key) == NULL)
            json_object_set_new(root, key, json_object());
        root = json_object_get(root, key);
        key = slash + 1;
    }
    json_object_set_new(root, key, value);
}

/* The section of a row: "/plasticity/compete"; "" at the top. */
static inline const char *section_of(const struct field *f)
{
    static char section[200];
    snprintf(section, sizeof section, "%s", f->pointer);
    *strrchr(section, '/') = '\0';
    return section;
}

/* Where the row's section is off by default, a value for a row that switches it on. */
static inline void json_activate(json_t *root, const struct field *f)
{
    const char *section = section_of(f);
    size_t n = strlen(section);
    for (size_t i = 0; i < fields_count && !f->activates && n > 0; i++)
        if (fields[i].activates && strncmp(fields[i].pointer, section, n) == 0 &&
            strchr(fields[i].pointer + n + 1, '/') == NULL) {
            bool integers = fields[i].type == FIELD_LIST_OF_INTEGERS;
            json_put(root, fields[i].pointer,
                     integers ? json_integer(1) : json_real(0.5));
            return;
        }
}

/* A spec with a data set, one more key, and what that key needs beside it; the text is
 * valid until the next call. */
static inline const char *spec_with(const char *pointer, json_t *value)
{
    static char *text;
    json_t *root = json_object();
    const struct field *f = field_find(pointer);
    json_put(root, "/dataset", json_string("d"));
    if (f != NULL)
        json_activate(root, f);
    if (strcmp(pointer, "/plasticity/subnet/units") == 0)
        json_put(root, "/network/hidden", json_pack("[i]", 100000));
    json_put(root, pointer, value);
    free(text);
    text = json_exact_text(root, 0);
    json_decref(root);
    return text;
}

#endif
