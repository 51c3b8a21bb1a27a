/* Who asks, and who may ask. */
#ifndef FRUGAL_APP_ACCOUNTS_H
#define FRUGAL_APP_ACCOUNTS_H

#include "store/accounts.h"

/* Owns what is submitted without a token; no user can have that name. */
extern const char anonymous[];

/* Whoever made a request. */
struct identity {
    char user[USER_NAME_MAX + 1];
    char token[TOKEN_ID]; /* its id; "": none was shown */
    enum role role;
    int64_t
        unused_on; /* the day that the store shall know the token was used on; 0: none */
};

/* Whose token it is. UNAUTHORIZED: nobody's, or it is revoked or expired, in a time that
 * does not tell which; what the text claims to be is in ret->token then, if it has that
 * form. Any thread. */
enum status account_identify(struct conn *c, const char *token, int64_t now,
                             struct identity *ret);

/* Whether a token that was good still is. Any thread. */
bool account_is_current(struct conn *c, const struct identity *who, int64_t now);

/* Whether a job or a run is his. NOT_FOUND. */
enum account_thing { ACCOUNT_JOB, ACCOUNT_RUN };
enum status account_owns(struct conn *c, const struct identity *who,
                         enum account_thing thing, int64_t id, bool *ret);

/* 1 to 64 letters, digits, and . _ - in between; not "anonymous". */
bool account_is_name(const char *name);

/* A token to be made, and its user if he is new. token.role: ROLE_ANYBODY for the user's
 * own role, of a new user ROLE_USER. */
struct token_order {
    struct token token;
    const char *why; /* set on CONFLICT; static */
};

/* The secret is shown in `text`, and is nowhere else. */
void token_order_init(struct token_order *o, char text[static TOKEN_TEXT]);

/* The `apply` of a write. CONFLICT: the role is more than the user may. arg: struct
 * token_order. */
enum status token_order_apply(struct conn *c, void *arg);

#endif
