/* /v1/me, /v1/tokens, /v1/users. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/body.h"
#include "http/http.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static json_t *view_token(const struct token *t)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id", t->id, "user",
                     t->user, "role", role_name(t->role), "name", t->name, "created",
                     json_time(t->created), "expires", json_time(t->expires), "revoked",
                     json_time(t->revoked), "last_used_day",
                     t->used != 0 ? json_day(t->used) : json_null());
}

void me_get(struct request *r)
{
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s, s:o}", "user", r->who.user, "role",
                         role_name(r->who.role), "token",
                         json_text(r->who.token[0] != '\0' ? r->who.token : NULL)));
}

/* Answers with what a list has gathered. */
static void reply_items(struct request *r, json_t *items, enum status status)
{
    if (status == STATUS_OK) {
        reply_json(r, MHD_HTTP_OK, json_pack("{s:o}", "items", items));
        return;
    }
    json_decref(items);
    reply_problem(r, status, NULL, NULL);
}

static bool add_token(void *arg, const struct token *t)
{
    return json_array_append_new(arg, view_token(t)) == 0;
}

void tokens_list(struct request *r)
{
    struct conn *c = request_reader(r);
    json_t *items = json_array();
    if (c != NULL)
        reply_items(r, items, store_token_list(c, add_token, items));
    else
        json_decref(items);
}

static bool add_user(void *arg, const struct user *u)
{
    return json_array_append_new(arg, json_pack("{s:s, s:s, s:o, s:I}", "name", u->name,
                                                "role", role_name(u->role), "created",
                                                json_time(u->created), "tokens",
                                                (json_int_t)u->tokens)) == 0;
}

void users_list(struct request *r)
{
    struct conn *c = request_reader(r);
    json_t *items = json_array();
    if (c != NULL)
        reply_items(r, items, store_user_list(c, add_user, items));
    else
        json_decref(items);
}

/* The name of a user in a body; NULL: the request has been answered. */
static const char *read_user(struct request *r, const json_t *body, const char *key)
{
    char pointer[16];
    const char *name = json_string_value(json_object_get(body, key));
    if (name != NULL && account_is_name(name))
        return name;
    snprintf(pointer, sizeof pointer, "/%s", key);
    body_refuse(r, pointer, "wrong_value",
                "must be a name: 1 to 64 letters, digits, and . _ - in between");
    return NULL;
}

/* "role" in a body, `otherwise` if it is not there; ROLES: the request has been answered.
 */
static enum role read_role(struct request *r, const json_t *body, enum role otherwise)
{
    const json_t *word = json_object_get(body, "role");
    if (word == NULL)
        return otherwise;
    enum role role = json_is_string(word) ? role_of(json_string_value(word)) : ROLES;
    if (role == ROLES)
        body_refuse(r, "/role", "wrong_value", "must be reader, user, admin or worker");
    return role;
}

struct new_token {
    struct token_order order; /* first */
    char text[TOKEN_TEXT];
};

static void token_made(struct request *r)
{
    const struct new_token *n = r->own;
    const struct token *t = &n->order.token;
    if (r->outcome != STATUS_OK) {
        reply_problem(r, r->outcome, r->outcome == STATUS_CONFLICT ? n->order.why : NULL,
                      NULL);
        return;
    }
    log_info("%s made token %s of %s (%s)", r->who.user, t->id, t->user,
             role_name(t->role));
    json_t *j = view_token(t);
    json_object_set_new(j, "token", json_string(n->text));
    reply_json(r, MHD_HTTP_CREATED, j);
}

/* "name" and "expires_days"; false: the request has been answered. */
static bool read_token(struct request *r, const json_t *body, struct token *t)
{
    const json_t *name = json_object_get(body, "name");
    const json_t *days = json_object_get(body, "expires_days");
    json_int_t n = json_integer_value(days);
    if (name != NULL &&
        (!json_is_string(name) || json_string_length(name) > TOKEN_NAME_MAX)) {
        body_refuse(r, "/name", "wrong_value", "must be at most 100 bytes of text");
        return false;
    }
    if (days != NULL && (n < 1 || n > LIMIT_TOKEN_DAYS)) {
        body_refuse(r, "/expires_days", "out_of_range",
                    "must be a number from 1 to 36500");
        return false;
    }
    snprintf(t->name, sizeof t->name, "%s", name != NULL ? json_string_value(name) : "");
    t->expires = days != NULL ? t->created + n * DAY_MS : 0;
    return true;
}

static void make_token(struct request *r, const json_t *body, struct new_token *n)
{
    struct token *t = &n->order.token;
    token_order_init(&n->order, n->text);
    const char *user = read_user(r, body, "user");
    if (user == NULL)
        return;
    snprintf(t->user, sizeof t->user, "%s", user);
    t->role = read_role(r, body, ROLE_ANYBODY);
    if (t->role == ROLES || !read_token(r, body, t))
        return;
    r->apply = token_order_apply;
    r->resume = token_made;
}

void tokens_make(struct request *r)
{
    json_t *body = body_object(r, " user role name expires_days ");
    if (body == NULL)
        return;
    r->own = calloc(1, sizeof(struct new_token));
    r->own_free = free;
    if (r->own != NULL)
        make_token(r, body, r->own);
    else
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
    json_decref(body);
}

/* A change of one user or token, whose name the path or the body has. */
struct account_change {
    char word[USER_NAME_MAX + 1];
    enum role role;
    bool needs_admin; /* nobody could look after the server without one who has a token */
};

static struct account_change *begin_change(struct request *r, const char *word)
{
    struct account_change *a = calloc(1, sizeof *a);
    r->own = a;
    r->own_free = free;
    if (a == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return NULL;
    }
    snprintf(a->word, sizeof a->word, "%s", word);
    a->needs_admin = http_requires_tokens(r->http);
    return a;
}

static const char last_admin[] =
    "this is the last admin with a token: make another one first; on the machine of the "
    "server, frugald token create makes one too";

/* CONFLICT: without the user as admin there would be none. */
static enum status spare(struct conn *c, const struct account_change *a)
{
    bool is_last = false;
    if (!a->needs_admin)
        return STATUS_OK;
    enum status status = store_user_is_last_admin(c, a->word, clock_now_ms(), &is_last);
    return status == STATUS_OK && is_last ? STATUS_CONFLICT : status;
}

static enum status apply_revoke(struct conn *c, void *own)
{
    return store_token_revoke(c, ((struct account_change *)own)->word, clock_now_ms());
}

static void token_revoked(struct request *r)
{
    const struct account_change *a = r->own;
    struct token t;
    struct conn *c = request_reader(r);
    if (c == NULL)
        return;
    if (r->outcome == STATUS_OK)
        r->outcome = store_token_get(c, a->word, &t);
    if (r->outcome != STATUS_OK) {
        reply_problem(r, r->outcome,
                      r->outcome == STATUS_NOT_FOUND ? "there is no such token" : NULL,
                      NULL);
        return;
    }
    log_info("%s revoked token %s of %s", r->who.user, t.id, t.user);
    reply_json(r, MHD_HTTP_OK, view_token(&t));
}

void tokens_revoke(struct request *r)
{
    if (begin_change(r, r->word[0]) == NULL)
        return;
    r->apply = apply_revoke;
    r->resume = token_revoked;
}

static void user_changed(struct request *r)
{
    const struct account_change *a = r->own;
    bool made = strcmp(r->route->method, "POST") == 0;
    if (r->outcome != STATUS_OK) {
        reply_problem(r, r->outcome,
                      r->outcome == STATUS_NOT_FOUND  ? "there is no such user"
                      : r->outcome != STATUS_CONFLICT ? NULL
                      : made                          ? "there is a user of that name"
                                                      : last_admin,
                      NULL);
        return;
    }
    log_info("%s: %s /v1/users, %s as %s", r->who.user, r->route->method, a->word,
             role_name(a->role));
    reply_json(r, made ? MHD_HTTP_CREATED : MHD_HTTP_OK,
               json_pack("{s:s, s:s}", "name", a->word, "role", role_name(a->role)));
}

static enum status apply_user(struct conn *c, void *own)
{
    const struct account_change *a = own;
    return store_user_insert(c, a->word, a->role, clock_now_ms());
}

void users_make(struct request *r)
{
    json_t *body = body_object(r, " name role ");
    const char *name = body != NULL ? read_user(r, body, "name") : NULL;
    enum role role = name != NULL ? read_role(r, body, ROLE_USER) : ROLES;
    struct account_change *a = role != ROLES ? begin_change(r, name) : NULL;
    if (a != NULL) {
        a->role = role;
        r->apply = apply_user;
        r->resume = user_changed;
    }
    json_decref(body);
}

static enum status apply_role(struct conn *c, void *own)
{
    const struct account_change *a = own;
    enum status status = a->role != ROLE_ADMIN ? spare(c, a) : STATUS_OK;
    return status == STATUS_OK ? store_user_change(c, a->word, a->role) : status;
}

void users_patch(struct request *r)
{
    json_t *body = body_object(r, " role ");
    enum role role = body != NULL ? read_role(r, body, ROLE_ANYBODY) : ROLES;
    if (role == ROLE_ANYBODY)
        body_refuse(r, "/role", "required", "must be reader, user, admin or worker");
    bool good = role != ROLE_ANYBODY && role != ROLES;
    struct account_change *a = good ? begin_change(r, r->word[0]) : NULL;
    if (a != NULL) {
        a->role = role;
        r->apply = apply_role;
        r->resume = user_changed;
    }
    json_decref(body);
}

static enum status apply_deletion(struct conn *c, void *own)
{
    const struct account_change *a = own;
    enum status status = spare(c, a);
    return status == STATUS_OK ? store_user_delete(c, a->word) : status;
}

static void user_deleted(struct request *r)
{
    const struct account_change *a = r->own;
    if (r->outcome != STATUS_OK) {
        reply_problem(r, r->outcome,
                      r->outcome == STATUS_NOT_FOUND  ? "there is no such user"
                      : r->outcome == STATUS_CONFLICT ? last_admin
                                                      : NULL,
                      NULL);
        return;
    }
    log_info("%s deleted the user %s", r->who.user, a->word);
    reply_json(r, MHD_HTTP_OK, json_pack("{s:s, s:b}", "name", a->word, "deleted", 1));
}

void users_delete(struct request *r)
{
    if (begin_change(r, r->word[0]) == NULL)
        return;
    r->apply = apply_deletion;
    r->resume = user_deleted;
}
