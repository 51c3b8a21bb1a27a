/* In: words of the command line. Out: a user, a token, or a list of them. The secret of a
 * token never leaves the process that made it. */
#include "host_order.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"

enum { FIELDS_MAX = 8, DAY_MS = 24 * 60 * 60 * 1000, DATE = 10 };

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static bool write_creation(const struct options *o, struct buf *order,
                           char secret[static TOKEN_TEXT], struct buf *why)
{
    const char *user = o->words.word[2];
    struct token_order t;
    if (!account_is_name(user))
        buf_addf(why,
                 "\"%s\" cannot be the name of a user: it takes 1 to 64 letters, digits, "
                 "and . _ - in between",
                 user);
    else if (*o->role != '\0' && role_of(o->role) == ROLES)
        buf_addf(why, "--role takes reader, user, admin or worker, not \"%s\"", o->role);
    else if (strlen(o->name) > TOKEN_NAME_MAX || !is_printable(o->name))
        buf_adds(why, "--name takes one line of at most 100 bytes");
    if (why->len > 0)
        return false;
    token_order_init(&t, secret);
    int64_t expires = o->expires > 0 ? t.token.created + o->expires * DAY_MS : 0;
    return buf_addf(order, "create\n%s\n%s\n%s\n%s\n%lld\n%s\n", t.token.id,
                    t.token.digest, user, o->role, (long long)expires, o->name);
}

bool host_order_write(const struct options *o, struct buf *order,
                      char secret[static TOKEN_TEXT], struct buf *why)
{
    const struct opts_words *w = &o->words;
    const char *verb = w->count > 1 ? w->word[1] : "";
    secret[0] = '\0';
    if (strcmp(verb, "create") == 0 && w->count == 3)
        return write_creation(o, order, secret, why);
    if (strcmp(verb, "ls") == 0 && w->count == 2)
        return buf_adds(order, "ls\n");
    if (strcmp(verb, "revoke") == 0 && w->count == 3 && is_printable(w->word[2]))
        return buf_addf(order, "revoke\n%s\n", w->word[2]);
    buf_adds(why, "token takes create USER, ls, or revoke ID");
    return false;
}

static int failed(enum status status, const char *why, struct buf *answer)
{
    buf_adds(answer, why != NULL ? why : status_text(status));
    return status == STATUS_NOT_FOUND || status == STATUS_CONFLICT ? EX_DATAERR
                                                                   : EX_SOFTWARE;
}

static int create(struct store *s, char *const *field, struct buf *answer)
{
    struct token_order o = {.token.created = clock_now_ms(),
                            .token.expires = strtoll(field[5], NULL, 10)};
    struct token *t = &o.token;
    snprintf(t->id, sizeof t->id, "%s", field[1]);
    snprintf(t->digest, sizeof t->digest, "%s", field[2]);
    snprintf(t->user, sizeof t->user, "%s", field[3]);
    snprintf(t->name, sizeof t->name, "%s", field[6]);
    t->role = *field[4] != '\0' ? role_of(field[4]) : ROLE_ANYBODY;
    enum status status = store_write(s, token_order_apply, &o);
    if (status != STATUS_OK)
        return failed(status, status == STATUS_CONFLICT ? o.why : NULL, answer);
    log_info("token %s of %s (%s) was made on this machine", t->id, t->user,
             role_name(t->role));
    return 0;
}

static void add_day(struct buf *b, int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_text(ms, text);
    buf_addf(b, "  %-10.*s", DATE, ms != 0 ? text : "never");
}

static bool add_token(void *arg, const struct token *t)
{
    struct buf *b = arg;
    buf_addf(b, "%-8s  %-16s  %-6s", t->id, t->user, role_name(t->role));
    add_day(b, t->created);
    add_day(b, t->expires);
    add_day(b, t->used * DAY_MS);
    return buf_addf(b, "  %s%s\n", t->revoked != 0 ? "(revoked) " : "", t->name);
}

static int list(struct store *s, struct buf *answer)
{
    struct conn *c = store_reader(s);
    buf_addf(answer, "%-8s  %-16s  %-6s  %-10s  %-10s  %-10s  name\n", "id", "user",
             "role", "created", "expires", "last used");
    enum status status =
        c != NULL ? store_token_list(c, add_token, answer) : STATUS_NO_MEMORY;
    return status == STATUS_OK ? 0 : failed(status, NULL, answer);
}

static enum status apply_revoke(struct conn *c, void *id)
{
    return store_token_revoke(c, id, clock_now_ms());
}

static int revoke(struct store *s, char *id, struct buf *answer)
{
    enum status status = store_write(s, apply_revoke, id);
    if (status != STATUS_OK)
        return failed(
            status, status == STATUS_NOT_FOUND ? "there is no such token" : NULL, answer);
    log_info("token %s was revoked on this machine", id);
    return 0;
}

int host_order_do(struct store *s, char *order, struct buf *answer)
{
    char *field[FIELDS_MAX], *end;
    size_t n = 0;
    for (; n < FIELDS_MAX && (end = strchr(order, '\n')) != NULL; order = end + 1) {
        *end = '\0';
        field[n++] = order;
    }
    if (n == 7 && strcmp(field[0], "create") == 0)
        return create(s, field, answer);
    if (n == 1 && strcmp(field[0], "ls") == 0)
        return list(s, answer);
    if (n == 2 && strcmp(field[0], "revoke") == 0)
        return revoke(s, field[1], answer);
    buf_adds(answer, "the server does not understand this; is it of another version?");
    return EX_PROTOCOL;
}
