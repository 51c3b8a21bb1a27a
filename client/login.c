/* In: a token, typed or from a pipe. Out: a file that has it, once the server knows it.
 */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "api.h"
#include "credentials.h"
#include "field.h"
#include "talk.h"
#include "verbs.h"

static const char beginning[] = "frg_";

/* What is typed is not shown. */
static bool read_hidden(char *line, int room)
{
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        fprintf(stderr, "Token: ");
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool ok = fgets(line, room, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fprintf(stderr, "\n");
    }
    return ok;
}

static enum ending keep(const char *token, const json_t *me)
{
    struct buf path;
    buf_init(&path, 8000);
    enum ending ending = credentials_keep(token, &path);
    if (ending == ENDING_OK)
        say("you are %s, with the role %s; the token is kept in %s",
            field_text(me, "user", "?"), field_text(me, "role", "?"), path.data);
    buf_release(&path);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    (void)given, (void)words;
    char token[CREDENTIALS_MAX + 2];
    json_t *me;
    bool ok = read_hidden(token, sizeof token);
    if (ok)
        token[strcspn(token, "\r\n")] = '\0';
    if (!ok || !credentials_are_sound(token) ||
        strncmp(token, beginning, strlen(beginning)) != 0) {
        say("that is no token; one begins with %s", beginning);
        return ENDING_USAGE;
    }
    http_use_token(http, token);
    enum ending ending = api_get(http, &me, "/v1/me");
    if (ending != ENDING_OK)
        return ending;
    ending = keep(token, me);
    json_decref(me);
    return ending;
}

const struct verb verb_login = {
    .name = "login",
    .words = "",
    .summary = "Asks for your token and keeps it",
    .more =
        "The token is read from the terminal, or from a pipe, and kept in the file\n"
        "frugal/token in XDG_CONFIG_HOME, which is ~/.config, for you alone to read.\n"
        "FRUGAL_TOKEN goes before it. Who looks after the server makes tokens, with\n"
        "frugald token create or frugal token create.\n",
    .without_token = true,
    .run = run,
};
