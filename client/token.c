/* In: a word of an admin. Out: a token, made or revoked, or the list of them. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "items.h"
#include "table.h"
#include "talk.h"
#include "verbs.h"

enum { DAYS_MAX = 36500, DATE = 10 };

static const struct csv_column columns[] = {
    {"id", "id"},           {"user", "user"},       {"role", "role"},
    {"created", "created"}, {"expires", "expires"}, {"last_used", "last_used_day"},
    {"revoked", "revoked"}, {"name", "name"},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static const struct opt options[] = {
    VERBS_ROLE(
        "create: reader, user, admin or worker; that of the user if not given, of a new "
        "one user"),
    {"name", 0, OPT_TEXT, offsetof(struct options, name), "NAME", NULL, 0, 0,
     "create: what it is for"},
    {"expires", 0, OPT_COUNT, offsetof(struct options, expires), "DAYS", NULL, 1,
     DAYS_MAX, "create: days until it expires; never if not given"},
    VERBS_JSON,
    VERBS_CSV,
    VERBS_QUIET("ls: print the ids only; revoke: print nothing"),
};

static enum ending create(const struct options *given, const char *user,
                          struct http *http)
{
    json_t *token, *body = json_pack("{s:s}", "user", user);
    if (given->role != NULL)
        json_object_set_new(body, "role", json_string(given->role));
    if (given->name != NULL)
        json_object_set_new(body, "name", json_string(given->name));
    if (given->expires > 0)
        json_object_set_new(body, "expires_days", json_integer(given->expires));
    enum ending ending = api_order(http, &token, "POST", body, "/v1/tokens");
    json_decref(body);
    if (ending != ENDING_OK)
        return ending;
    const char *text = field_text(token, "token", "");
    if (given->json)
        ending = dump_print(token);
    else if (text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789-_")] == '\0')
        printf("%s\n", text);
    json_decref(token);
    return ending;
}

/* A time cut to its day. */
static void add_day(struct table *t, const json_t *token, const char *key)
{
    char day[DATE + 1];
    snprintf(day, sizeof day, "%s", field_text(token, key, "-"));
    table_cell(t, PLAIN, day);
}

static bool is_day(size_t column)
{
    return column >= 3 && column <= 6;
}

static enum ending print_table(const json_t *items)
{
    struct table t;
    table_init(&t, COLUMNS);
    for (size_t k = 0; k < COLUMNS; k++)
        table_header(&t, k + 1 < COLUMNS ? TABLE_LEFT : TABLE_ELASTIC,
                     k == 5 ? "last used" : columns[k].title);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *token = json_array_get(items, i);
        for (size_t k = 0; k < COLUMNS; k++)
            if (is_day(k))
                add_day(&t, token, columns[k].path);
            else
                table_cell(&t, PLAIN, field_text(token, columns[k].path, "?"));
    }
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}

static enum ending list(const struct options *given, struct http *http)
{
    return items_list(given, http, "/v1/tokens", "id", columns, COLUMNS, print_table);
}

static enum ending revoke_token(const struct options *given, const char *id,
                                struct http *http)
{
    json_t *token;
    struct buf word;
    buf_init(&word, 200);
    http_add_escaped(&word, id);
    enum ending ending =
        api_order(http, &token, "DELETE", NULL, "/v1/tokens/%s", word.data);
    buf_release(&word);
    if (ending != ENDING_OK)
        return ending;
    if (given->json)
        ending = dump_print(token);
    else if (!given->quiet)
        tell("token %s of %s is revoked", field_text(token, "id", "?"),
             field_text(token, "user", "?"));
    json_decref(token);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    const char *what = words->word[0];
    if (strcmp(what, "create") == 0 && words->count == 2)
        return create(given, words->word[1], http);
    if (strcmp(what, "ls") == 0 && words->count == 1)
        return list(given, http);
    if (strcmp(what, "revoke") == 0 && words->count == 2)
        return revoke_token(given, words->word[1], http);
    return verbs_refuse(&verb_token, what, "create USER, ls, or revoke ID");
}

const struct verb verb_token = {
    .name = "token",
    .words = "create|ls|revoke [WORD]",
    .choices = "create ls revoke",
    .summary = "Makes, lists and revokes tokens, for admins",
    .more =
        "token create USER  makes one, and the user if he is new, and prints it this "
        "once\n"
        "token ls           lists them\n"
        "token revoke ID    no request with it is served any more\n\n"
        "A reader looks at everything, a user also submits jobs and changes his own, an\n"
        "admin may do everything.\n",
    .words_min = 1,
    .words_max = 2,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
