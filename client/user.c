/* In: a word of an admin. Out: a user, made, changed or deleted, or the list of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "items.h"
#include "number.h"
#include "table.h"
#include "talk.h"
#include "verbs.h"

enum { NAME_MAX_BYTES = 256 };

static const struct opt options[] = {
    VERBS_ROLE("create: reader, user, admin or worker; user if not given"),
    VERBS_JSON,
    VERBS_CSV,
    VERBS_QUIET("ls, create: print names only; else nothing"),
};

static const struct csv_column columns[] = {
    {"name", "name"}, {"role", "role"}, {"tokens", "tokens"}, {"created", "created"}};

enum { COLUMNS = sizeof columns / sizeof *columns };

static enum ending print_table(const json_t *items)
{
    char text[NUMBER_TEXT];
    struct table t;
    table_init(&t, COLUMNS);
    for (size_t k = 0; k < COLUMNS; k++)
        table_header(&t, k == 2 ? TABLE_RIGHT : TABLE_LEFT, columns[k].title);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *user = json_array_get(items, i);
        table_cell(&t, PLAIN, field_text(user, "name", "?"));
        table_cell(&t, PLAIN, field_text(user, "role", "?"));
        snprintf(text, sizeof text, "%" PRId64, field_count(user, "tokens"));
        table_cell(&t, PLAIN, text);
        snprintf(text, sizeof text, "%.10s", field_text(user, "created", "-"));
        table_cell(&t, PLAIN, text);
    }
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}

static enum ending list(const struct options *given, struct http *http)
{
    return items_list(given, http, "/v1/users", "name", columns, COLUMNS, print_table);
}

static enum ending print_user(const struct options *given, const json_t *user, bool fresh)
{
    const char *name = field_text(user, "name", "?");
    if (given->json)
        return dump_print(user);
    if (given->quiet && fresh)
        tell("%s", name);
    else if (!given->quiet && json_is_true(json_object_get(user, "deleted")))
        tell("user %s is deleted with all tokens; the jobs stay", name);
    else if (!given->quiet)
        tell("user %s has the role %s", name, field_text(user, "role", "?"));
    return ENDING_OK;
}

/* Sends, takes the body, and prints the user of the answer; name: NULL for a new one. */
static enum ending change(const struct options *given, struct http *http,
                          const char *method, const char *name, json_t *body)
{
    json_t *user;
    struct buf word;
    buf_init(&word, 4 * NAME_MAX_BYTES);
    if (name != NULL)
        buf_addc(&word, '/');
    if (name != NULL)
        http_add_escaped(&word, name);
    enum ending ending = api_order(http, &user, method, body, "/v1/users%s", word.data);
    buf_release(&word);
    json_decref(body);
    if (ending != ENDING_OK)
        return ending;
    ending = print_user(given, user, name == NULL);
    json_decref(user);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    const char *const *word = words->word;
    size_t n = words->count;
    if (strcmp(word[0], "ls") == 0 && n == 1)
        return list(given, http);
    if (strcmp(word[0], "create") == 0 && n == 2)
        return change(given, http, "POST", NULL,
                      json_pack("{s:s, s:s*}", "name", word[1], "role", given->role));
    if (strcmp(word[0], "role") == 0 && n == 3)
        return change(given, http, "PATCH", word[1], json_pack("{s:s}", "role", word[2]));
    if (strcmp(word[0], "rm") == 0 && n == 2)
        return change(given, http, "DELETE", word[1], NULL);
    return verbs_refuse(&verb_user, word[0],
                        "ls, create NAME, role NAME ROLE, or rm NAME");
}

const struct verb verb_user = {
    .name = "user",
    .words = "ls|create|role|rm [NAME [ROLE]]",
    .choices = "ls create role rm",
    .summary = "Lists, makes, changes and deletes users, for admins",
    .more =
        "user ls              who there is, with his role and how many tokens he has\n"
        "user create NAME     makes one, without a token; frugal token create gives one\n"
        "user role NAME ROLE  what he may do from now on: reader, user, admin or worker\n"
        "user rm NAME         deletes him and his tokens; his jobs stay\n",
    .words_min = 1,
    .words_max = 3,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
