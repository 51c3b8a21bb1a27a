/* In: queries. Out: the ids of the rows that they find, in order. */
#include "store/query.h"

#include <stdlib.h>
#include <string.h>

#include "store/query_plan.h"

/* In the order of an index, rows with a value of the first key are asked for before those
 * without. */
enum stage { STAGE_ALL, STAGE_PRESENT, STAGE_MISSING };

static bool is_nullable(const struct query *q, size_t key)
{
    return query_source(q->of, q->key[key].of.field).nullable;
}

static bool ids_descend(const struct query *q)
{
    return q->keys > 0 ? q->key[q->keys - 1].descending : q->newest_first;
}

static void add_key(struct sql *s, const struct query *q, size_t key)
{
    sql_add_term(s, q->of, &q->key[key].of);
}

static void add_scope(struct sql *s, const struct query *q)
{
    if (q->job != 0) {
        sql_add(s, "run.job = ");
        sql_bind(s, VALUE_OF_NUMBER((double)q->job));
        sql_add(s, " AND run.job NOT IN (SELECT id FROM job INDEXED BY job_trashed WHERE "
                   "trashed IS NOT NULL AND purging)");
    } else if (q->of == QUERY_RUNS) {
        sql_add(s, "run.job NOT IN (SELECT id FROM job INDEXED BY job_trashed WHERE "
                   "trashed IS NOT NULL)");
    } else if (q->trashed) {
        sql_add(s, "job.trashed IS NOT NULL AND NOT job.purging");
    } else {
        sql_add(s,
                "job.id NOT IN (SELECT t.id FROM job AS t INDEXED BY job_trashed WHERE "
                "t.trashed IS NOT NULL)");
    }
}

/* Rows behind a place, as far as its keys from `key` on tell. */
static void add_behind(struct sql *s, const struct query *q, size_t key)
{
    const struct query_place *p = q->after;
    if (key == q->keys) {
        sql_add(s, q->of == QUERY_RUNS ? "run.id" : "job.id");
        sql_add(s, ids_descend(q) ? " < " : " > ");
        sql_bind(s, VALUE_OF_NUMBER((double)p->id));
        return;
    }
    bool has_value = p->key[key].kind != VALUE_MISSING;
    sql_add(s, "(");
    if (has_value) {
        add_key(s, q, key);
        sql_add(s, q->key[key].descending ? " < " : " > ");
        sql_bind(s, p->key[key]);
        sql_add(s, " OR ");
        if (is_nullable(q, key)) {
            add_key(s, q, key);
            sql_add(s, " IS NULL OR ");
        }
    }
    add_key(s, q, key);
    sql_add(s, " IS ");
    sql_bind(s, p->key[key]);
    sql_add(s, " AND ");
    add_behind(s, q, key + 1);
    sql_add(s, ")");
}

static void add_place(struct sql *s, const struct query *q, enum stage stage)
{
    if (stage != STAGE_ALL) {
        sql_add(s, " AND ");
        add_key(s, q, 0);
        sql_add(s, stage == STAGE_PRESENT ? " IS NOT NULL" : " IS NULL");
    }
    if (q->after == NULL)
        return;
    if (stage == STAGE_MISSING) {
        if (q->after->key[0].kind != VALUE_MISSING)
            return; /* all of them are behind it */
        sql_add(s, " AND ");
        add_behind(s, q, 1);
        return;
    }
    if (stage == STAGE_PRESENT) { /* where the index begins */
        sql_add(s, " AND ");
        add_key(s, q, 0);
        sql_add(s, q->key[0].descending ? " <= " : " >= ");
        sql_bind(s, q->after->key[0]);
    }
    sql_add(s, " AND ");
    add_behind(s, q, 0);
}

static void add_order(struct sql *s, const struct query *q, enum stage stage)
{
    sql_add(s, " ORDER BY ");
    for (size_t i = stage == STAGE_MISSING; i < q->keys; i++) {
        buf_addf(&s->text, "%zu%s%s, ", i + 2, q->key[i].descending ? " DESC" : "",
                 (i > 0 || stage == STAGE_ALL) && is_nullable(q, i) ? " NULLS LAST" : "");
    }
    sql_add(s, ids_descend(q) ? "1 DESC" : "1");
}

static void add_found(struct sql *s, const struct query *q, const struct query_plan *plan,
                      enum stage stage)
{
    const char *lacking = NULL;
    if (stage == STAGE_MISSING)
        lacking = query_source(q->of, q->key[0].of.field).lacking;
    if (plan->search != NULL)
        sql_add_found(s, q->of, plan->search);
    else
        sql_add_rows(s, q->of, lacking != NULL ? lacking : plan->index);
}

static void add_query(struct sql *s, const struct query *q, const struct query_plan *plan,
                      enum stage stage, size_t limit)
{
    sql_add(s, q->of == QUERY_RUNS ? "SELECT run.id" : "SELECT job.id");
    for (size_t i = 0; i < q->keys; i++) {
        sql_add(s, ", ");
        add_key(s, q, i);
    }
    sql_add(s, " FROM ");
    add_found(s, q, plan, stage);
    sql_add(s, " AND ");
    add_scope(s, q);
    s->known = plan->search;
    if (q->where != NULL) {
        sql_add(s, " AND ");
        sql_add_node(s, q->of, q->where);
    }
    add_place(s, q, stage);
    add_order(s, q, stage);
    sql_add(s, " LIMIT ");
    sql_bind(s, VALUE_OF_NUMBER((double)limit));
}

void query_place_release(struct query_place *p)
{
    for (size_t i = 0; i < QUERY_KEYS_MAX; i++)
        if (p->key[i].kind == VALUE_TEXT)
            free((char *)(uintptr_t)p->key[i].text);
    *p = (struct query_place){.id = 0};
}

static enum status read_place(sqlite3_stmt *row, size_t keys, struct query_place *ret)
{
    ret->id = sqlite3_column_int64(row, 0);
    for (size_t i = 0; i < keys; i++) {
        int column = (int)i + 1, type = sqlite3_column_type(row, column);
        if (type == SQLITE_NULL)
            continue;
        if (type != SQLITE_TEXT) {
            ret->key[i] = VALUE_OF_NUMBER(sqlite3_column_double(row, column));
            continue;
        }
        char *text = strdup(column_text(row, column));
        if (text == NULL)
            return STATUS_NO_MEMORY;
        ret->key[i] = VALUE_OF_TEXT(text);
    }
    return STATUS_OK;
}

static enum status read_rows(struct conn *c, sqlite3_stmt *rows, const struct query *q,
                             struct query_found *ret)
{
    enum status status = STATUS_OK;
    int code = SQLITE_DONE;
    while (status == STATUS_OK && !ret->more &&
           (code = sqlite3_step(rows)) == SQLITE_ROW) {
        if (ret->count == q->limit) {
            ret->more = true;
            break;
        }
        ret->id[ret->count++] = sqlite3_column_int64(rows, 0);
        if (ret->count == q->limit)
            status = read_place(rows, q->keys, &ret->last);
    }
    if (status == STATUS_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        status = conn_status(c);
    return status;
}

static enum status run_stage(struct conn *c, const struct query *q,
                             const struct query_plan *plan, enum stage stage,
                             struct query_found *ret)
{
    struct sql s;
    sql_init(&s);
    add_query(&s, q, plan, stage, q->limit + 1 - ret->count);
    sqlite3_stmt *rows = sql_prepare(c, &s);
    enum status status = rows != NULL ? read_rows(c, rows, q, ret) : conn_status(c);
    if (rows == NULL && status == STATUS_OK)
        status = STATUS_NO_MEMORY;
    sqlite3_finalize(rows);
    sql_release(&s);
    return status;
}

enum status store_query(struct conn *c, const struct query *q, struct query_found *ret)
{
    struct query_plan plan;
    *ret = (struct query_found){.count = 0};
    enum status status = query_plan(c, q, &plan);
    if (status == STATUS_OK &&
        (q->keys == 0 || !is_nullable(q, 0) || plan.search != NULL))
        return run_stage(c, q, &plan, STAGE_ALL, ret);
    bool past = q->after != NULL && q->after->key[0].kind == VALUE_MISSING;
    if (status == STATUS_OK && !past)
        status = run_stage(c, q, &plan, STAGE_PRESENT, ret);
    if (status == STATUS_OK && !ret->more)
        status = run_stage(c, q, &plan, STAGE_MISSING, ret);
    if (status != STATUS_OK)
        query_found_release(ret);
    return status;
}

void query_found_release(struct query_found *f)
{
    query_place_release(&f->last);
}
