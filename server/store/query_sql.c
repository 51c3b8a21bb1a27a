/* In: terms and tests. Out: SQL with parameters; no text of a user is part of it. */
#include "store/query_sql.h"

#include <math.h>

#include "base/log.h"

#define BY(index)   "INDEXED BY " index
#define BY_ID       "NOT INDEXED"
#define RUNS(state) "total(iif(state = '" state "', runs, 0)), "
/* conn.c: the rule is that of the states. */
#define JOB_STATE                                                                        \
    "(SELECT job_state(" RUNS("queued") RUNS("held") RUNS("running") RUNS("succeeded")   \
        RUNS("failed") RUNS("cancelled")                                                 \
            RUNS("timed_out") "total(iif(state = 'dead', "                               \
                              "runs, 0))) FROM job_count WHERE job_count.job = job.id)"

enum { PRESENT, NULLABLE };

static const struct {
    const char *name;
    enum query_type type;
    bool nullable;
    const char *run, *run_index, *run_jobs, *job, *job_index;
} fields[QUERY_FIELDS] = {
#define FIELD(id, name, type, nullable, run, run_index, run_jobs, job, job_index)        \
    [QUERY_##id] = {name, QUERY_TYPE_##type, (nullable) == NULLABLE,                     \
                    run,  run_index,         run_jobs,                                   \
                    job,  job_index},
#include "store/query_fields.def"
#undef FIELD
};

const char *query_field_name(enum query_field f)
{
    return fields[f].name;
}

enum query_type query_field_type(enum query_field f)
{
    return fields[f].type;
}

struct query_source query_source(enum query_of of, enum query_field f)
{
    struct query_source s = {.value = fields[f].job,
                             .index = fields[f].job_index,
                             .nullable = fields[f].nullable};
    const char *lacking = BY("job_lacking");
    if (of == QUERY_RUNS) {
        s.value = fields[f].run;
        s.index = fields[f].run_index;
        s.jobs = fields[f].run_jobs;
        lacking = BY("run_lacking");
    }
    s.lacking = s.nullable && s.index != NULL ? lacking : s.index;
    return s;
}

bool query_has_field(enum query_of of, enum query_field f)
{
    return f == QUERY_SPEC || query_source(of, f).value != NULL;
}

bool query_has_key(enum query_of of, enum query_field f)
{
    return f == QUERY_SPEC ? of == QUERY_RUNS : f != QUERY_TAG && query_has_field(of, f);
}

bool query_may_miss(enum query_field f)
{
    return fields[f].nullable;
}

void sql_init(struct sql *s)
{
    buf_init(&s->text, SQL_TEXT_MAX);
    s->binds = 0;
    s->known = NULL;
}

void sql_release(struct sql *s)
{
    buf_release(&s->text);
}

void sql_add(struct sql *s, const char *text)
{
    buf_adds(&s->text, text);
}

void sql_bind(struct sql *s, struct value value)
{
    if (s->binds == SQL_BINDS_MAX) {
        s->text.failed = true;
        return;
    }
    s->bind[s->binds++] = value;
    buf_addc(&s->text, '?');
}

void sql_add_term(struct sql *s, enum query_of of, const struct query_term *t)
{
    if (t->field == QUERY_SPEC)
        sql_add_spec(s, t);
    else
        sql_add(s, query_source(of, t->field).value);
}

/* What stands open in the first part of a comparison. */
static void close_parentheses(struct sql *s, const char *before)
{
    int open = 0;
    for (const char *c = before; *c != '\0'; c++)
        open += (*c == '(') - (*c == ')');
    while (open-- > 0)
        sql_add(s, ")");
}

static void add_values(struct sql *s, const struct query_test *t, const char *between)
{
    for (size_t i = 0; i < t->values; i++) {
        if (i > 0)
            sql_add(s, between);
        sql_bind(s, t->value[i]);
    }
}

void sql_add_comparison(struct sql *s, const struct query_test *t)
{
    static const char *const operators[] = {
        [QUERY_EQUAL] = " = ",
        [QUERY_LESS] = " < ",
        [QUERY_AT_MOST] = " <= ",
        [QUERY_MORE] = " > ",
        [QUERY_AT_LEAST] = " >= ",
        [QUERY_BETWEEN] = " BETWEEN ",
        [QUERY_IN] = " IN (",
        [QUERY_CONTAINS] = " LIKE '%' || replace(replace(replace(",
        [QUERY_MISSING] = " IS NULL"};
    sql_add(s, operators[t->op]);
    if (t->op != QUERY_MISSING)
        add_values(s, t, t->op == QUERY_BETWEEN ? " AND " : ", ");
    if (t->op == QUERY_IN)
        sql_add(s, ")");
    if (t->op == QUERY_CONTAINS)
        sql_add(s, ", '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' ESCAPE '\\'");
}

bool sql_needs_number(const struct query_test *t)
{
    return t->of.mixed && (t->op == QUERY_MORE || t->op == QUERY_AT_LEAST) &&
           t->value[0].kind == VALUE_NUMBER;
}

static void add_run_test(struct sql *s, const struct query_test *t)
{
    sql_add_term(s, QUERY_RUNS, &t->of);
    sql_add_comparison(s, t);
    if (sql_needs_number(t)) {
        sql_add(s, " AND typeof(");
        sql_add_term(s, QUERY_RUNS, &t->of);
        sql_add(s, ") <> 'text'");
    }
}

void sql_add_test(struct sql *s, enum query_of of, const struct query_test *t)
{
    if (t == s->known) {
        sql_add(s, "TRUE");
        return;
    }
    sql_add(s, "(");
    if (t->of.field != QUERY_SPEC) {
        sql_add_term(s, of, &t->of);
        sql_add_comparison(s, t);
        close_parentheses(s, query_source(of, t->of.field).value);
    } else if (of == QUERY_RUNS) {
        add_run_test(s, t);
    } else {
        sql_add_spec_of_job(s, t);
    }
    sql_add(s, t->negated ? ") IS NOT TRUE" : ")");
}

void sql_add_node(struct sql *s, enum query_of of, const struct query_node *n)
{
    if (n->kind == QUERY_NODE_TEST) {
        sql_add_test(s, of, &n->test);
        return;
    }
    sql_add(s, "(");
    sql_add_node(s, of, n->left);
    sql_add(s, n->kind == QUERY_NODE_AND ? " AND " : " OR ");
    sql_add_node(s, of, n->right);
    sql_add(s, ")");
}

void sql_add_rows(struct sql *s, enum query_of of, const char *index)
{
    sql_add(s, of == QUERY_RUNS ? "run " : "job ");
    sql_add(s, index);
    sql_add(s, " WHERE TRUE");
}

void sql_add_found(struct sql *s, enum query_of of, const struct query_test *t)
{
    if (t->of.field == QUERY_SPEC) {
        sql_add(s, "(");
        sql_add_spec_search(s, t, false);
        sql_add(s,
                ") AS found CROSS JOIN run NOT INDEXED ON run.id = found.id WHERE TRUE");
        return;
    }
    struct query_source source = query_source(of, t->of.field);
    const char *first = source.jobs != NULL ? source.jobs : source.value;
    sql_add_rows(s, of, t->op == QUERY_MISSING ? source.lacking : source.index);
    sql_add(s, " AND ");
    sql_add(s, first);
    sql_add_comparison(s, t);
    close_parentheses(s, first);
}

void sql_add_count(struct sql *s, enum query_of of, const struct query_test *t, int most)
{
    bool is_spec = t->of.field == QUERY_SPEC;
    sql_add(s, "SELECT ");
    if (is_spec) { /* rows that are not there cannot be found */
        sql_add(s, "iif((");
        sql_add_spec_standard(s, t);
        sql_add(s, ") IS TRUE, ");
        sql_bind(s, VALUE_OF_NUMBER(most));
        sql_add(s, ", ");
    }
    sql_add(s, "(SELECT count(*) FROM (");
    if (is_spec) {
        sql_add_spec_search(s, t, true);
    } else {
        sql_add(s, "SELECT 1 FROM ");
        sql_add_found(s, of, t);
    }
    sql_add(s, " LIMIT ");
    sql_bind(s, VALUE_OF_NUMBER(most));
    sql_add(s, is_spec ? ")))" : "))");
}

static void bind(sqlite3_stmt *q, int at, const struct value *v)
{
    if (v->kind == VALUE_TEXT)
        bind_text(q, at, v->text);
    else if (v->kind == VALUE_NUMBER && v->number == rint(v->number) &&
             fabs(v->number) < 0x1p53)
        sqlite3_bind_int64(q, at, (int64_t)v->number);
    else if (v->kind == VALUE_NUMBER)
        sqlite3_bind_double(q, at, v->number);
}

sqlite3_stmt *sql_prepare(struct conn *c, const struct sql *s)
{
    sqlite3_stmt *q = NULL;
    if (s->text.failed)
        return NULL;
    if (sqlite3_prepare_v2(c->db, s->text.data, (int)s->text.len, &q, NULL) != SQLITE_OK)
        log_error("SQL: %s in %s", sqlite3_errmsg(c->db), s->text.data);
    for (size_t i = 0; q != NULL && i < s->binds; i++)
        bind(q, (int)i + 1, &s->bind[i]);
    return q;
}
