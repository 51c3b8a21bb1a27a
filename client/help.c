/* In: the tables of verbs, options and endings. Out: text; no table is repeated here. */
#include "help.h"

static const struct {
    int code;
    const char *text;
} endings[] = {
#define ENDING(name, code, text) {code, text},
    ENDINGS(ENDING)
#undef ENDING
};

void help_overview(FILE *out)
{
    fprintf(out, "usage: frugal [--server URL] VERB ...\n\n"
                 "Submits training jobs to frugald and shows what became of them.\n\n");
    for (size_t i = 0; verbs[i] != NULL; i++)
        fprintf(out, "  frugal %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    fprintf(out, "\nOptions of every verb:\n");
    opts_help(verbs_options, verbs_options_rows, NULL, out);
    fprintf(out, "\nExit codes:\n");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        fprintf(out, "  %3d  %s\n", endings[i].code, endings[i].text);
}

void help_verb(const struct verb *verb, FILE *out)
{
    const char *space = *verb->words != '\0' ? " " : "";
    fprintf(out, "usage: frugal %s%s%s%s\n\n%s.\n\nOptions:\n", verb->name, space,
            verb->words, verb->rows > 0 ? " [options]" : "", verb->summary);
    opts_help(verb->options, verb->rows, NULL, out);
    opts_help(verbs_options, verbs_options_rows, NULL, out);
    if (verb->more != NULL)
        fprintf(out, "\n%s", verb->more);
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    (void)given, (void)http;
    if (words->count == 0) {
        help_overview(stdout);
        return ENDING_OK;
    }
    const struct verb *verb = verbs_find(words->word[0]);
    if (verb == NULL)
        return ENDING_USAGE;
    help_verb(verb, stdout);
    return ENDING_OK;
}

const struct verb verb_help = {
    .name = "help",
    .words = "[VERB]",
    .summary = "Prints the help of the program or of a verb",
    .words_max = 1,
    .without_token = true,
    .run = run,
};
