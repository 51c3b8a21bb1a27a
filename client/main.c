/* In: the command line, the environment and a file of settings. Out: one verb done, and
 * its exit code. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "about.h"
#include "credentials.h"
#include "help.h"
#include "settings.h"
#include "talk.h"
#include "verbs.h"

enum { ERROR_MAX_BYTES = 1024, OPTIONS_MAX = 32 };

static enum ending usage(const char *error, const struct verb *verb)
{
    say("%s", error);
    say_more("frugal help%s%s says more", verb ? " " : "", verb ? verb->name : "");
    return ENDING_USAGE;
}

/* Whether an option that stands before the verb has its value in the next word. */
static bool takes_next(const char *word)
{
    for (size_t i = 0; i < verbs_options_rows; i++)
        if (verbs_options[i].kind != OPT_FLAG && strncmp(word, "--", 2) == 0 &&
            strcmp(word + 2, verbs_options[i].name) == 0)
            return true;
    return false;
}

/* The place of the verb among the words, or argc. */
static int find_verb(int argc, char *const *argv)
{
    int i = 1;
    while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0')
        i += takes_next(argv[i]) ? 2 : 1;
    return i < argc ? i : argc;
}

/* The verb's options and those of every verb. The environment was read before, and must
 * not win now over an option that stood before the verb. */
static size_t join_tables(const struct verb *verb, struct opt *ret)
{
    size_t rows = 0;
    for (size_t i = 0; i < verb->rows; i++)
        ret[rows++] = verb->options[i];
    for (size_t i = 0; i < verbs_options_rows; i++) {
        ret[rows] = verbs_options[i];
        ret[rows++].env = NULL;
    }
    return rows;
}

static enum ending read_words(int argc, char *const *argv, const struct verb *verb,
                              struct options *into, struct opts_words *ret_words)
{
    struct opt table[OPTIONS_MAX];
    size_t rows = verbs_options_rows;
    if (verb == NULL)
        memcpy(table, verbs_options, rows * sizeof *table);
    else
        rows = join_tables(verb, table);
    struct buf error;
    buf_init(&error, ERROR_MAX_BYTES);
    bool ok = opts_parse(table, rows, argc, argv, into, ret_words, &error);
    enum ending ending = ok ? ENDING_OK : usage(error.data, verb);
    buf_release(&error);
    return ending;
}

/* The token of the person, if there is one. */
static enum ending show_token(struct http *http)
{
    struct buf token;
    buf_init(&token, CREDENTIALS_MAX);
    enum ending ending = credentials_find(&token);
    if (ending == ENDING_OK && token.len > 0)
        http_use_token(http, token.data);
    buf_release(&token);
    return ending;
}

static enum ending run(const struct verb *verb, const struct options *options,
                       const struct opts_words *words)
{
    if (words->count < verb->words_min || words->count > verb->words_max) {
        struct buf error;
        buf_init(&error, ERROR_MAX_BYTES);
        buf_addf(&error, "%s takes %s", verb->name,
                 verb->words_max == 0 ? "no further words" : verb->words);
        enum ending ending = usage(error.data, verb);
        buf_release(&error);
        return ending;
    }
    struct http *http;
    enum ending ending = http_open(options->server, &http);
    if (ending != ENDING_OK)
        return ending;
    if (options->cacert != NULL)
        http_trust(http, options->cacert);
    ending = verb->without_token ? ENDING_OK : show_token(http);
    if (ending == ENDING_OK)
        ending = verb->run(options, words, http);
    http_close(http);
    return ending;
}

static enum ending command(int argc, char *const *argv, struct conf *conf)
{
    struct options options = {.server = "http://127.0.0.1:8750"};
    struct opts_words words;
    const struct verb *verb = NULL;
    int at = find_verb(argc, argv);
    enum ending ending = settings_read(&options, conf);
    if (ending == ENDING_OK)
        ending = read_words(at, argv, NULL, &options, &words);
    if (ending == ENDING_OK && at < argc) {
        verb = verbs_find(argv[at]);
        if (verb == NULL)
            return ENDING_USAGE;
        ending = read_words(argc - at, argv + at, verb, &options, &words);
    }
    if (ending != ENDING_OK)
        return ending;
    if (options.version)
        printf("frugal %s\n", about_version);
    else if (options.help && verb != NULL)
        help_verb(verb, stdout);
    else if (options.help)
        help_overview(stdout);
    else if (verb != NULL)
        return run(verb, &options, &words);
    else
        help_overview(stderr);
    return options.version || options.help ? ENDING_OK : ENDING_USAGE;
}

int main(int argc, char **argv)
{
    struct conf conf;
    enum ending ending = command(argc, argv, &conf);
    conf_release(&conf);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        say("the output could not be written: %s", strerror(errno));
        return ENDING_LOCAL;
    }
    return (int)ending;
}
