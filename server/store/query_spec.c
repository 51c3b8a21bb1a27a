/* SQL for the values of specs: of a run, those of its cell, else those of all cells, else
 * the standard; of a job, those of any of its cells. */
#include "store/query_sql.h"

/* Of the present run: that of its cell, else that of all cells. */
static const char *const spec_of_run[] = {
    "nullif(coalesce((SELECT value FROM spec_value WHERE spec_value.job = run.job AND "
    "spec_value.cell = run.cell AND path = ",
    "), (SELECT value FROM spec_value WHERE spec_value.job = run.job AND spec_value.cell "
    "= -1 "
    "AND path = "};

void sql_add_spec(struct sql *s, const struct query_term *t)
{
    for (int i = 0; i < 2; i++) {
        sql_add(s, spec_of_run[i]);
        sql_bind(s, VALUE_OF_TEXT(t->path));
    }
    sql_add(s, "), ");
    sql_bind(s, t->standard);
    sql_add(s, "), x'')");
}

/* Whether the standard value, which stands for rows that are not there, fulfils a test.
 */
void sql_add_spec_standard(struct sql *s, const struct query_test *t)
{
    sql_bind(s, t->of.standard);
    sql_add_comparison(s, t);
    if (sql_needs_number(t)) {
        sql_add(s, " AND typeof(");
        sql_bind(s, t->of.standard);
        sql_add(s, ") <> 'text'");
    }
}

/* Whether a cell of the job has a row that fulfils it; or the first cell has none, and
 * the standard value does. */
void sql_add_spec_of_job(struct sql *s, const struct query_test *t)
{
    sql_add(s,
            "EXISTS (SELECT 1 FROM spec_value WHERE spec_value.job = job.id AND path = ");
    sql_bind(s, VALUE_OF_TEXT(t->of.path));
    sql_add(s, " AND nullif(value, x'')");
    sql_add_comparison(s, t);
    if (sql_needs_number(t))
        sql_add(s, " AND typeof(value) <> 'text'");
    sql_add(s, ") OR ((");
    sql_add_spec_standard(s, t);
    sql_add(
        s, ") AND NOT EXISTS (SELECT 1 FROM spec_value WHERE spec_value.job = job.id AND "
           "cell = -1 AND path = ");
    sql_bind(s, VALUE_OF_TEXT(t->of.path));
    sql_add(s, "))");
}

/* The values that a test fulfils, under its path. */
static void add_spec_values(struct sql *s, const struct query_test *t)
{
    sql_add(s, " AND v.path = ");
    sql_bind(s, VALUE_OF_TEXT(t->of.path));
    sql_add(s, " AND v.value");
    sql_add_comparison(s, t);
    if (t->op == QUERY_MORE || t->op == QUERY_AT_LEAST)
        sql_add(s, " AND v.value < ''"); /* all numbers are */
    if (t->op == QUERY_CONTAINS)
        sql_add(s, " AND v.value <> x''");
}

/* The ids of the runs whose cells have the value: once for what all cells have that have
 * nothing of their own, once for the others. `rough`: such cells may be there, too. The
 * second is not told by v.cell >= 0, which would be taken for the way to find its runs.
 */
void sql_add_spec_search(struct sql *s, const struct query_test *t, bool rough)
{
    sql_add(s,
            "SELECT r.id FROM spec_value AS v INDEXED BY spec_value_by_value CROSS JOIN "
            "run AS r INDEXED BY run_by_job ON r.job = v.job WHERE v.cell = -1");
    add_spec_values(s, t);
    if (!rough)
        sql_add(s,
                " AND NOT EXISTS (SELECT 1 FROM spec_value AS o WHERE o.job = v.job AND "
                "o.path = v.path AND o.cell = r.cell)");
    sql_add(s,
            " UNION ALL SELECT r.id FROM spec_value AS v INDEXED BY spec_value_by_value "
            "CROSS JOIN run AS r INDEXED BY run_by_cell ON r.job = v.job AND "
            "r.cell = v.cell WHERE v.cell <> -1");
    add_spec_values(s, t);
}
