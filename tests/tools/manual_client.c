/* Fills frugal(1) from the tables of verbs, options and endings. */
#include <stdio.h>
#include <string.h>

#include "ending.h"
#include "tests/tools/manual.h"
#include "verbs.h"

enum { LINE_MAX_BYTES = 400 };

static void print_options(void)
{
    for (size_t i = 0; i < verbs_options_rows; i++)
        manual_option(&verbs_options[i]);
}

/* Text that comes in lines of its own making, up to `end`. */
static void print_lines(const char *text, const char *end)
{
    printf(".Bd -unfilled -compact\n");
    while (text < end) {
        char line[LINE_MAX_BYTES];
        size_t n = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        printf(n == 0 || strchr(".'", line[0]) != NULL ? "\\&" : "");
        manual_words(line);
        printf("\n");
        text += n + 1;
    }
    printf(".Ed\n");
}

/* What every verb with a filter says of it stands in a section of its own. */
static void print_more(const char *more)
{
    const char *filter = strstr(more, VERBS_FILTER_HELP);
    const char *end = filter != NULL ? filter : more + strlen(more);
    if (end > more)
        print_lines(more, end);
}

static void print_filter(void)
{
    const char *text = VERBS_FILTER_HELP;
    print_lines(text + 1, text + strlen(text));
}

static void print_verb(const struct verb *verb)
{
    printf(".It Ic %s", verb->name);
    if (*verb->words != '\0') {
        printf(" Ar ");
        manual_words(verb->words);
    }
    printf("\n%s.\n", verb->summary);
    if (verb->rows > 0)
        printf(".Bl -tag -width Ds -compact\n");
    for (size_t i = 0; i < verb->rows; i++)
        manual_option(&verb->options[i]);
    if (verb->rows > 0)
        printf(".El\n");
    if (verb->more != NULL)
        print_more(verb->more);
}

static void print_verbs(void)
{
    for (size_t i = 0; verbs[i] != NULL; i++)
        print_verb(verbs[i]);
}

static void print_endings(void)
{
#define ENDING(name, code, text) printf(".It %d\n%s\n", code, text);
    ENDINGS(ENDING)
#undef ENDING
}

int main(void)
{
    static const struct manual_part parts[] = {{"@options@", print_options},
                                               {"@verbs@", print_verbs},
                                               {"@filter@", print_filter},
                                               {"@endings@", print_endings},
                                               {NULL, NULL}};
    return manual_fill(parts);
}
