/* In: a template, and printers. Out: a page. */
#include "tests/tools/manual.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "version.h"

enum { LINE_MAX_BYTES = 4096, WIDTH = 76 };

void manual_words(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\\')
            printf("\\e");
        else if (*text == '-')
            printf("\\-");
        else
            putchar(*text);
}

/* Whether a sentence ends here and another one begins. */
static bool ends(const char *text)
{
    return (*text == '.' || *text == ';') && text[1] == ' ' &&
           (*text == ';' || isupper((unsigned char)text[2]));
}

void manual_text(const char *text)
{
    int column = 0;
    for (; *text != '\0'; text++) {
        char c[2] = {*text, '\0'};
        if (column == 0 && (*text == '.' || *text == '\''))
            printf("\\&");
        if (*text == ' ' && (column + (int)strcspn(text + 1, " ") >= WIDTH ||
                             (column > 0 && ends(text - 1)))) {
            printf("\n");
            column = 0;
        } else {
            manual_words(c);
            column++;
        }
    }
    printf("%s\n", column > 0 && text[-1] != '.' ? "." : "");
}

void manual_option(const struct opt *o)
{
    printf(".It ");
    if (o->letter != 0)
        printf("Fl %c , ", o->letter);
    printf("Fl -%s", o->name);
    if (o->metavar != NULL) {
        printf(" Ar ");
        manual_words(o->metavar);
    }
    printf("\n");
    manual_text(o->help);
    if (o->env != NULL)
        printf("Also in the environment, as\n.Ev %s .\n", o->env);
}

static void put_line(const char *line)
{
    const char *version = strstr(line, "@version@");
    if (version == NULL)
        printf("%s", line);
    else
        printf("%.*s%s%s", (int)(version - line), line, FRUGAL_VERSION,
               version + strlen("@version@"));
}

int manual_fill(const struct manual_part *parts)
{
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t n = strcspn(line, "\n"), i = 0;
        while (parts[i].name != NULL && strncmp(parts[i].name, line, n) != 0)
            i++;
        if (n > 0 && parts[i].name != NULL)
            parts[i].print();
        else
            put_line(line);
    }
    return ferror(stdin) != 0 || fflush(stdout) != 0;
}
