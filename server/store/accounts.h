/* Users, their tokens, and whose a job is. Functions that change something belong into
 * the `apply` of a write; the others take any connection. */
#ifndef FRUGAL_STORE_ACCOUNTS_H
#define FRUGAL_STORE_ACCOUNTS_H

#include "base/token.h"
#include "store/store.h"

/* Each may do what those before it may, but for ROLE_WORKER. */
enum role {
    ROLE_ANYBODY, /* without a token */
    ROLE_WORKER,  /* compute runs, which nobody else may but admins; and nothing else */
    ROLE_READER,  /* look at everything */
    ROLE_USER,    /* submit jobs, and change his own */
    ROLE_ADMIN,   /* change all jobs; workers, backups, users, tokens */
    ROLES,
};

/* Whether somebody may do what takes a role. */
bool role_may(enum role has, enum role takes);

const char *role_name(enum role r);
enum role role_of(const char *name); /* ROLES: there is none of that name */

enum { USER_NAME_MAX = 64, TOKEN_NAME_MAX = 100 };

struct user {
    const char *name; /* lives as long as the visit */
    enum role role;
    int64_t created, tokens; /* that are not revoked */
};

struct token {
    char id[TOKEN_ID], digest[HASH_TEXT];
    char user[USER_NAME_MAX + 1], name[TOKEN_NAME_MAX + 1];
    enum role role;                    /* what it allows: not more than its user may */
    int64_t created, expires, revoked; /* ms since 1970; 0: never */
    int64_t used;                      /* days since 1970; 0: never */
};

/* NOT_FOUND. */
enum status store_user_role(struct conn *c, const char *name, enum role *ret);

/* CONFLICT: there is one of that name. */
enum status store_user_insert(struct conn *c, const char *name, enum role role,
                              int64_t now);

/* NOT_FOUND. */
enum status store_user_change(struct conn *c, const char *name, enum role role);

/* Whether nobody else has a token that makes him admin, and he has one. */
enum status store_user_is_last_admin(struct conn *c, const char *name, int64_t now,
                                     bool *ret);

/* With his tokens; his jobs stay. NOT_FOUND. */
enum status store_user_delete(struct conn *c, const char *name);

enum status store_user_list(struct conn *c,
                            bool (*visit)(void *arg, const struct user *u), void *arg);

/* `used` and `revoked` are ignored. CONFLICT: the id is taken. */
enum status store_token_insert(struct conn *c, const struct token *t);

/* NOT_FOUND. */
enum status store_token_get(struct conn *c, const char *id, struct token *ret);
enum status store_token_revoke(struct conn *c, const char *id, int64_t now);

enum status store_token_used(struct conn *c, const char *id, int64_t day);

enum status store_token_list(struct conn *c,
                             bool (*visit)(void *arg, const struct token *t), void *arg);

/* Whether the job, or the run, is of that owner. NOT_FOUND. */
enum status store_job_is_of(struct conn *c, int64_t job, const char *owner, bool *ret);
enum status store_run_is_of(struct conn *c, int64_t run, const char *owner, bool *ret);

#endif
