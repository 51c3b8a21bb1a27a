/* In: a query. Out: whether it is answered from the rows of one test, or in its order.
 * Which is less work follows from counts that the indexes give, each cut off at a few
 * thousand. */
#include "store/query_plan.h"

enum {
    TESTS_MAX = 8,     /* that are considered */
    COUNT_MAX = 20000, /* rows that are counted, and sorted, at most */
};

/* Those tests that every row must fulfil and that rows can be found by. */
struct candidates {
    const struct query *query;
    const struct query_test *test[TESTS_MAX];
    size_t count;
};

static bool is_searchable(const struct query *q, const struct query_test *t)
{
    if (t->of.field == QUERY_SPEC)
        return q->of == QUERY_RUNS && t->op != QUERY_MISSING;
    return query_source(q->of, t->of.field).index != NULL;
}

static void gather(struct candidates *c, const struct query_node *n)
{
    if (n == NULL || n->kind == QUERY_NODE_OR)
        return;
    if (n->kind == QUERY_NODE_AND) {
        gather(c, n->left);
        gather(c, n->right);
    } else if (c->count < TESTS_MAX && !n->test.negated &&
               is_searchable(c->query, &n->test)) {
        c->test[c->count++] = &n->test;
    }
}

static const char *table_of(const struct query *q)
{
    return q->of == QUERY_RUNS ? "run " : "job ";
}

static enum status read_count(struct conn *c, const struct sql *s, double *ret)
{
    sqlite3_stmt *q = sql_prepare(c, s);
    enum status status = q == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    if (q != NULL && sqlite3_step(q) == SQLITE_ROW)
        *ret = sqlite3_column_double(q, 0);
    else if (conn_status(c) != STATUS_OK)
        status = conn_status(c);
    sqlite3_finalize(q);
    return status;
}

/* Rows that a test finds, or the most that are counted. */
static enum status count_rows(struct conn *c, const struct query *q,
                              const struct query_test *t, double *ret)
{
    struct sql s;
    sql_init(&s);
    sql_add_count(&s, q->of, t, COUNT_MAX);
    enum status status = read_count(c, &s, ret);
    sql_release(&s);
    return status;
}

static enum status count_all(struct conn *c, const struct query *q, double *ret)
{
    struct sql s;
    sql_init(&s);
    sql_add(&s, "SELECT max(id) FROM ");
    sql_add(&s, table_of(q));
    enum status status = read_count(c, &s, ret);
    sql_release(&s);
    return status;
}

/* The index that has the rows in the order that is wanted; NULL: there is none. */
static const char *ordered_index(const struct query *q, const struct candidates *tests)
{
    if (q->keys > 0)
        return q->key[0].of.field != QUERY_SPEC
                   ? query_source(q->of, q->key[0].of.field).index
                   : NULL;
    if (q->job != 0)
        return query_source(QUERY_RUNS, QUERY_JOB).index;
    if (q->of == QUERY_JOBS && q->trashed)
        return "INDEXED BY job_trashed";
    for (size_t i = 0; i < tests->count; i++) {
        const struct query_test *t = tests->test[i];
        bool is_one = t->op == QUERY_EQUAL &&
                      (t->of.field == QUERY_JOB || t->of.field == QUERY_STATE);
        if (is_one && q->of == QUERY_RUNS)
            return query_source(QUERY_RUNS, t->of.field).index;
    }
    return query_source(q->of, QUERY_ID).index;
}

enum status query_plan(struct conn *c, const struct query *q, struct query_plan *ret)
{
    struct candidates tests = {.query = q};
    double all = 0, share = 1, least = COUNT_MAX;
    *ret = (struct query_plan){.job = {.of = {.field = QUERY_JOB}, .values = 1},
                               .job_value = VALUE_OF_NUMBER((double)q->job)};
    ret->job.value = &ret->job_value;
    if (q->job != 0)
        tests.test[tests.count++] = &ret->job;
    gather(&tests, q->where);
    const char *ordered = ordered_index(q, &tests);
    ret->index = ordered != NULL ? ordered : query_source(q->of, QUERY_ID).index;
    enum status status = tests.count > 0 ? count_all(c, q, &all) : STATUS_OK;
    const struct query_test *best = NULL;
    for (size_t i = 0; i < tests.count && status == STATUS_OK && least > 0; i++) {
        const struct query_test *t = tests.test[i];
        double count = 0;
        status = count_rows(c, q, t, &count);
        if (all > 0)
            share *= count / all; /* at least */
        if (count < COUNT_MAX && count < least) {
            least = count;
            best = t;
        }
    }
    /* In order, so many rows are looked at until there are enough. */
    double steps = share * all > (double)q->limit ? (double)q->limit / share : all;
    if (best != NULL && (ordered == NULL || least < steps))
        ret->search = best;
    return status;
}
