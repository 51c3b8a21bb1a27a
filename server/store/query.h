/* Lists of runs and of jobs: which ones, in which order, from where on. A query is a tree
 * of tests and some keys to sort by; this floor makes bound SQL of it, from fixed pieces.
 */
#ifndef FRUGAL_STORE_QUERY_H
#define FRUGAL_STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/value.h"
#include "store/store.h"

enum {
    QUERY_KEYS_MAX = 4,    /* to sort by */
    QUERY_LIMIT_MAX = 500, /* rows of one answer */
};

enum query_of { QUERY_RUNS, QUERY_JOBS };

enum query_field {
#define FIELD(name, ...) QUERY_##name,
#include "store/query_fields.def"
#undef FIELD
    QUERY_FIELDS
};

enum query_type {
    QUERY_TYPE_NUMBER,
    QUERY_TYPE_TIME, /* a number: milliseconds since 1970 */
    QUERY_TYPE_TEXT,
    QUERY_TYPE_STATE, /* a text */
    QUERY_TYPE_TAG,   /* a text; a job may have several, or none */
    QUERY_TYPE_SPEC,  /* as its path says */
};

/* Name for people, and type. */
const char *query_field_name(enum query_field f);
enum query_type query_field_type(enum query_field f);

/* Whether rows can be tested for it; and sorted by it. */
bool query_has_field(enum query_of of, enum query_field f);
bool query_has_key(enum query_of of, enum query_field f);

/* Whether a row may have no value of it. */
bool query_may_miss(enum query_field f);

/* What is asked for. Of QUERY_SPEC, the path, the value where the store has no row for
 * it, and whether both numbers and texts occur; all borrowed. */
struct query_term {
    enum query_field field;
    const char *path;
    struct value standard;
    bool mixed;
};

enum query_op {
    QUERY_EQUAL,
    QUERY_LESS,
    QUERY_AT_MOST,
    QUERY_MORE,
    QUERY_AT_LEAST,
    QUERY_BETWEEN,  /* two values, both of them included */
    QUERY_IN,       /* one of them */
    QUERY_CONTAINS, /* a text, whatever the case of ASCII letters */
    QUERY_MISSING,  /* no value */
};

/* A comparison; one with a missing value is false, and negated true. Of a job's spec:
 * whether one of its cells fulfils it. */
struct query_test {
    struct query_term of;
    enum query_op op;
    bool negated;
    const struct value *value; /* [values] */
    size_t values;
};

enum query_node_kind { QUERY_NODE_TEST, QUERY_NODE_AND, QUERY_NODE_OR };

struct query_node {
    enum query_node_kind kind;
    struct query_test test;
    const struct query_node *left, *right; /* of AND and OR */
};

struct query_key {
    struct query_term of;
    bool descending;
};

/* A row's place in the order: its keys, and its id. */
struct query_place {
    struct value key[QUERY_KEYS_MAX];
    int64_t id;
};

/* Rows without a value come last, whatever the direction; those that are equal follow by
 * id, in the direction of the last key. Everything is borrowed. */
struct query {
    enum query_of of;
    const struct query_node *where; /* NULL: all */
    struct query_key key[QUERY_KEYS_MAX];
    size_t keys;
    bool newest_first; /* without keys: by id, descending */
    bool trashed;      /* what is in the trash, instead of all else */
    int64_t job;       /* runs of this one only, in the trash or not; 0: of any */
    const struct query_place *after; /* NULL: from the beginning */
    size_t limit;                    /* at most QUERY_LIMIT_MAX */
};

struct query_found {
    int64_t id[QUERY_LIMIT_MAX];
    size_t count;
    bool more;               /* there is at least one behind the last */
    struct query_place last; /* texts are owned */
};

/* NO_MEMORY, IO. */
enum status store_query(struct conn *c, const struct query *q, struct query_found *ret);
void query_found_release(struct query_found *f);

/* Frees the texts of a place that owns them. */
void query_place_release(struct query_place *p);

/* Part of a write: a value of the spec of a job's cell; cell -1 stands for all without
 * one of their own. */
enum status store_spec_value_add(struct conn *c, int64_t job, int64_t cell,
                                 const char *path, const struct value *value);

/* Part of a write: they are all there. */
enum status store_spec_values_done(struct conn *c, int64_t job);

/* The next job above `after` whose values are still to be written. NOT_FOUND: none. */
enum status store_spec_values_next(struct conn *c, int64_t after, int64_t *ret_job);

#endif
