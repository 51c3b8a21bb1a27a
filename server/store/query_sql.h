/* SQL text in the making, with the values to bind. Private to the floor. */
#ifndef FRUGAL_STORE_QUERY_SQL_H
#define FRUGAL_STORE_QUERY_SQL_H

#include "store/conn.h"
#include "store/query.h"

enum { SQL_TEXT_MAX = 256 * 1024, SQL_BINDS_MAX = 2048 };

struct sql {
    struct buf text;
    struct value bind[SQL_BINDS_MAX];
    size_t binds;
    const struct query_test *known; /* that all rows fulfil anyway; or NULL */
};

/* What the field table says of a field, for one kind of list. */
struct query_source {
    const char *value;   /* NULL: there is no such field, or its SQL is special */
    const char *index;   /* "INDEXED BY ..."; NULL: rows cannot be found by it */
    const char *lacking; /* the same, of those without a value */
    const char *jobs;    /* runs of the jobs that ...; NULL: by the value itself */
    bool nullable;
};

struct query_source query_source(enum query_of of, enum query_field f);

void sql_init(struct sql *s);
void sql_release(struct sql *s);
void sql_add(struct sql *s, const char *text);

/* A parameter, bound to the value. */
void sql_bind(struct sql *s, struct value value);

/* The value of a term for the present row. */
void sql_add_term(struct sql *s, enum query_of of, const struct query_term *t);

/* The operator of a test and what is behind it. */
void sql_add_comparison(struct sql *s, const struct query_test *t);

/* Whether what is compared must be tested to be a number, too: texts are above all. */
bool sql_needs_number(const struct query_test *t);

/* query_spec.c: the value of a spec for the present run; whether a cell of the present
 * job fulfils a test; whether the standard value does, which stands for rows that are not
 * there. */
void sql_add_spec(struct sql *s, const struct query_term *t);
void sql_add_spec_of_job(struct sql *s, const struct query_test *t);
void sql_add_spec_standard(struct sql *s, const struct query_test *t);

/* query_spec.c: the ids of the runs whose cells have a value that fulfils a test;
 * `rough`: and perhaps of others. */
void sql_add_spec_search(struct sql *s, const struct query_test *t, bool rough);

/* Whether the present row fulfils a test; a tree of tests. */
void sql_add_test(struct sql *s, enum query_of of, const struct query_test *t);
void sql_add_node(struct sql *s, enum query_of of, const struct query_node *n);

/* What stands behind FROM, up to a WHERE to which more can be added: the rows of an
 * index; those that fulfil a test, by its own index. */
void sql_add_rows(struct sql *s, enum query_of of, const char *index);
void sql_add_found(struct sql *s, enum query_of of, const struct query_test *t);

/* A query for the number of rows that fulfil a test, `most` if there are more or they
 * cannot be found. */
void sql_add_count(struct sql *s, enum query_of of, const struct query_test *t, int most);

/* The statement, with its values bound, for the caller to finalize. NULL: see
 * conn_status; STATUS_OK then means that the text or the values were too many. */
sqlite3_stmt *sql_prepare(struct conn *c, const struct sql *s);

#endif
