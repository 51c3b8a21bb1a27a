/* In: a token, as text or to be made. Out: who that is. */
#include "app/accounts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

const char anonymous[] = "anonymous";

static bool is_current(const struct token *t, int64_t now)
{
    return t->revoked == 0 && (t->expires == 0 || now < t->expires);
}

enum status account_identify(struct conn *c, const char *token, int64_t now,
                             struct identity *ret)
{
    static const struct token nobody = {.digest = "none"};
    struct token_parts shown;
    struct token t = nobody;
    *ret = (struct identity){.role = ROLE_ANYBODY};
    if (!token_split(token, &shown))
        return STATUS_UNAUTHORIZED;
    memcpy(ret->token, shown.id, sizeof ret->token);
    enum status status = store_token_get(c, shown.id, &t);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    bool known = token_matches(t.digest, shown.digest); /* with nobody's, too */
    if (!known || !is_current(&t, now))
        return STATUS_UNAUTHORIZED;
    memcpy(ret->user, t.user, sizeof ret->user);
    ret->role = t.role;
    ret->unused_on = t.used != now / DAY_MS ? now / DAY_MS : 0;
    return STATUS_OK;
}

bool account_is_current(struct conn *c, const struct identity *who, int64_t now)
{
    struct token t;
    return who->token[0] == '\0' ||
           (store_token_get(c, who->token, &t) == STATUS_OK && is_current(&t, now));
}

enum status account_owns(struct conn *c, const struct identity *who,
                         enum account_thing thing, int64_t id, bool *ret)
{
    return thing == ACCOUNT_JOB ? store_job_is_of(c, id, who->user, ret)
                                : store_run_is_of(c, id, who->user, ret);
}

bool account_is_name(const char *name)
{
    static const char inner[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789._-";
    size_t n = strspn(name, inner);
    return n >= 1 && n <= USER_NAME_MAX && name[n] == '\0' &&
           strchr("._-", name[0]) == NULL && strchr("._-", name[n - 1]) == NULL &&
           strcmp(name, anonymous) != 0;
}

void token_order_init(struct token_order *o, char text[static TOKEN_TEXT])
{
    struct token_parts parts;
    *o = (struct token_order){.token.created = clock_now_ms()};
    token_make(text);
    token_split(text, &parts);
    memcpy(o->token.id, parts.id, sizeof parts.id);
    memcpy(o->token.digest, parts.digest, sizeof parts.digest);
}

enum status token_order_apply(struct conn *c, void *arg)
{
    struct token_order *o = arg;
    struct token *t = &o->token;
    enum role of_user;
    enum status status = store_user_role(c, t->user, &of_user);
    if (status == STATUS_NOT_FOUND) {
        of_user = t->role != ROLE_ANYBODY ? t->role : ROLE_USER;
        status = store_user_insert(c, t->user, of_user, t->created);
    }
    if (status != STATUS_OK)
        return status;
    if (t->role == ROLE_ANYBODY)
        t->role = of_user;
    o->why = "the role is more than the user may; change the role of the user first";
    return t->role <= of_user ? store_token_insert(c, t) : STATUS_CONFLICT;
}
