#include "store/accounts.h"

#include <stdio.h>
#include <string.h>

#include "store/conn.h"

static const char *const role_names[ROLES] = {"anybody", "worker", "reader", "user",
                                              "admin"};

bool role_may(enum role has, enum role takes)
{
    return takes == ROLE_WORKER ? has == ROLE_WORKER || has == ROLE_ADMIN : has >= takes;
}

const char *role_name(enum role r)
{
    return role_names[r];
}

enum role role_of(const char *name)
{
    enum role r = ROLE_WORKER; /* "anybody" is not to be given */
    while (r < ROLES && strcmp(role_names[r], name) != 0)
        r++;
    return r;
}

/* Runs a statement that must change a row. */
static enum status change_one(struct conn *c, sqlite3_stmt *q, enum status otherwise)
{
    enum status status = conn_run(c, q);
    return status == STATUS_OK && sqlite3_changes(c->db) == 0 ? otherwise : status;
}

static sqlite3_stmt *with_text(struct conn *c, enum statement s, const char *text)
{
    sqlite3_stmt *q = conn_prepare(c, s);
    if (q != NULL)
        bind_text(q, 1, text);
    return q;
}

enum status store_user_role(struct conn *c, const char *name, enum role *ret)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_USER_ROLE, name);
    if (q == NULL)
        return conn_status(c);
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW)
        *ret = role_of(column_text(q, 0));
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

enum status store_user_insert(struct conn *c, const char *name, enum role role,
                              int64_t now)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_USER_INSERT, name);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 2, role_name(role));
    sqlite3_bind_int64(q, 3, now);
    return change_one(c, q, STATUS_CONFLICT);
}

enum status store_user_change(struct conn *c, const char *name, enum role role)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_USER_CHANGE, name);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 2, role_name(role));
    return change_one(c, q, STATUS_NOT_FOUND);
}

enum status store_user_is_last_admin(struct conn *c, const char *name, int64_t now,
                                     bool *ret)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_USER_LAST_ADMIN, name);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 2, now);
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW)
        *ret = sqlite3_column_int(q, 0) != 0;
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

enum status store_user_delete(struct conn *c, const char *name)
{
    enum status status = conn_run(c, with_text(c, STATEMENT_USER_TOKENS_DELETE, name));
    if (status != STATUS_OK)
        return status;
    return change_one(c, with_text(c, STATEMENT_USER_DELETE, name), STATUS_NOT_FOUND);
}

enum status store_user_list(struct conn *c, bool (*visit)(void *, const struct user *),
                            void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_USER_LIST);
    if (q == NULL)
        return conn_status(c);
    int code;
    bool more = true;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW)
        more = visit(arg, &(struct user){.name = column_text(q, 0),
                                         .role = role_of(column_text(q, 1)),
                                         .created = sqlite3_column_int64(q, 2),
                                         .tokens = sqlite3_column_int64(q, 3)});
    enum status status = more && code != SQLITE_DONE ? conn_status(c) : STATUS_OK;
    sqlite3_reset(q);
    return status;
}

enum status store_token_insert(struct conn *c, const struct token *t)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_TOKEN_INSERT, t->id);
    if (q == NULL)
        return conn_status(c);
    bind_text(q, 2, t->digest);
    bind_text(q, 3, t->user);
    bind_text(q, 4, role_name(t->role));
    bind_text(q, 5, t->name);
    sqlite3_bind_int64(q, 6, t->created);
    if (t->expires != 0)
        sqlite3_bind_int64(q, 7, t->expires);
    return change_one(c, q, STATUS_CONFLICT);
}

static void read_token(sqlite3_stmt *q, struct token *t)
{
    enum role own = role_of(column_text(q, 3)), of_user = role_of(column_text(q, 4));
    snprintf(t->id, sizeof t->id, "%s", column_text(q, 0));
    snprintf(t->digest, sizeof t->digest, "%s", column_text(q, 1));
    snprintf(t->user, sizeof t->user, "%s", column_text(q, 2));
    snprintf(t->name, sizeof t->name, "%s", column_text(q, 5));
    t->role = own < of_user ? own : of_user;
    if (t->role == ROLES) /* of a later version */
        t->role = ROLE_ANYBODY;
    t->created = sqlite3_column_int64(q, 6);
    t->expires = sqlite3_column_int64(q, 7);
    t->revoked = sqlite3_column_int64(q, 8);
    t->used = sqlite3_column_int64(q, 9);
}

enum status store_token_get(struct conn *c, const char *id, struct token *ret)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_TOKEN_GET, id);
    if (q == NULL)
        return conn_status(c);
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW)
        read_token(q, ret);
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

enum status store_token_revoke(struct conn *c, const char *id, int64_t now)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_TOKEN_REVOKE, id);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 2, now);
    return change_one(c, q, STATUS_NOT_FOUND);
}

enum status store_token_used(struct conn *c, const char *id, int64_t day)
{
    sqlite3_stmt *q = with_text(c, STATEMENT_TOKEN_USED, id);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 2, day);
    return conn_run(c, q);
}

enum status store_token_list(struct conn *c, bool (*visit)(void *, const struct token *),
                             void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_TOKEN_LIST);
    if (q == NULL)
        return conn_status(c);
    int code;
    bool more = true;
    struct token t;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        read_token(q, &t);
        more = visit(arg, &t);
    }
    enum status status = more && code != SQLITE_DONE ? conn_status(c) : STATUS_OK;
    sqlite3_reset(q);
    return status;
}

static enum status is_of(struct conn *c, enum statement s, int64_t id, const char *owner,
                         bool *ret)
{
    sqlite3_stmt *q = conn_prepare(c, s);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, id);
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW)
        *ret = strcmp(column_text(q, 0), owner) == 0;
    enum status status = conn_row_status(c, code);
    sqlite3_reset(q);
    return status;
}

enum status store_job_is_of(struct conn *c, int64_t job, const char *owner, bool *ret)
{
    return is_of(c, STATEMENT_JOB_OWNER, job, owner, ret);
}

enum status store_run_is_of(struct conn *c, int64_t run, const char *owner, bool *ret)
{
    return is_of(c, STATEMENT_RUN_OWNER, run, owner, ret);
}
