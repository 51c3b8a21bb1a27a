#include "base/opts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

enum { HELP_COLUMN = 28, HELP_WIDTH = 90 };

static bool add_word(struct opts_words *words, const char *word, struct buf *error)
{
    if (words->count == OPTS_WORDS_MAX) {
        buf_addf(error, "more than %d words", OPTS_WORDS_MAX);
        return false;
    }
    words->word[words->count++] = word;
    return true;
}

static bool set_count(const struct opt *o, const char *value, long *target,
                      struct buf *error)
{
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || errno != 0 || n < o->min || n > o->max) {
        buf_addf(error, "--%s takes a whole number from %ld to %ld, not \"%s\"", o->name,
                 o->min, o->max, value);
        return false;
    }
    *target = n;
    return true;
}

static bool set(const struct opt *o, const char *value, void *into, struct buf *error)
{
    void *target = (char *)into + o->offset;
    switch (o->kind) {
    case OPT_FLAG:
        *(bool *)target = true;
        return true;
    case OPT_TEXT:
        *(const char **)target = value;
        return true;
    case OPT_COUNT:
        return set_count(o, value, target, error);
    case OPT_WORDS:
        return add_word(target, value, error);
    }
    return false;
}

static const struct opt *find_long(const struct opt *table, size_t rows, const char *name,
                                   size_t length, struct buf *error)
{
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), name);
    struct nearest near;
    nearest_init(&near, word);
    for (size_t i = 0; i < rows; i++) {
        if (strcmp(table[i].name, word) == 0)
            return &table[i];
        nearest_consider(&near, table[i].name);
    }
    buf_addf(error, "there is no option --%s", word);
    if (near.best != NULL)
        buf_addf(error, "; did you mean --%s?", near.best);
    return NULL;
}

static const struct opt *find_letter(const struct opt *table, size_t rows, char letter,
                                     struct buf *error)
{
    for (size_t i = 0; i < rows; i++)
        if (table[i].letter == letter)
            return &table[i];
    buf_addf(error, "there is no option -%c", letter);
    return NULL;
}

static bool read_environment(const struct opt *table, size_t rows, void *into,
                             struct buf *error)
{
    for (size_t i = 0; i < rows; i++) {
        const char *value = table[i].env != NULL ? getenv(table[i].env) : NULL;
        if (value == NULL || *value == '\0')
            continue;
        if (!set(&table[i], value, into, error)) {
            buf_addf(error, " (from the environment, %s)", table[i].env);
            return false;
        }
    }
    return true;
}

bool opts_parse(const struct opt *table, size_t rows, int argc, char *const *argv,
                void *into, struct opts_words *ret_rest, struct buf *error)
{
    ret_rest->count = 0;
    if (!read_environment(table, rows, into, error))
        return false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *value = NULL;
        const struct opt *o;
        if (strcmp(word, "--") == 0) {
            while (++i < argc)
                if (!add_word(ret_rest, argv[i], error))
                    return false;
            return true;
        }
        if (word[0] != '-' || word[1] == '\0') {
            if (!add_word(ret_rest, word, error))
                return false;
            continue;
        }
        if (word[1] == '-') {
            const char *equals = strchr(word, '=');
            size_t length = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
            o = find_long(table, rows, word + 2, length, error);
            value = equals ? equals + 1 : NULL;
        } else {
            o = find_letter(table, rows, word[1], error);
            value = word[2] != '\0' ? word + 2 : NULL;
        }
        if (o == NULL)
            return false;
        if (o->kind == OPT_FLAG && value != NULL) {
            buf_addf(error, "--%s takes no value", o->name);
            return false;
        }
        if (o->kind != OPT_FLAG && value == NULL) {
            if (++i == argc) {
                buf_addf(error, "--%s needs a value: %s", o->name, o->metavar);
                return false;
            }
            value = argv[i];
        }
        if (!set(o, value, into, error))
            return false;
    }
    return true;
}

/* Prints text from column HELP_COLUMN on, broken at spaces. */
static void print_wrapped(const char *text, FILE *out)
{
    int column = HELP_COLUMN;
    while (*text != '\0') {
        int word = (int)strcspn(text, " ");
        if (column > HELP_COLUMN && column + word + 1 > HELP_WIDTH) {
            fprintf(out, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        if (column > HELP_COLUMN)
            column += fprintf(out, " ");
        column += fprintf(out, "%.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fprintf(out, "\n");
}

void opts_help(const struct opt *table, size_t rows, FILE *out)
{
    for (size_t i = 0; i < rows; i++) {
        const struct opt *o = &table[i];
        char letter[8] = "    ";
        if (o->letter != 0)
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        int n = fprintf(out, "  %s--%s%s%s", letter, o->name, o->metavar ? " " : "",
                        o->metavar ? o->metavar : "");
        if (n >= HELP_COLUMN)
            fprintf(out, "\n%*s", HELP_COLUMN, "");
        else
            fprintf(out, "%*s", HELP_COLUMN - n, "");
        char help[600];
        snprintf(help, sizeof help, "%s%s%s%s", o->help, o->env ? " (also " : "",
                 o->env ? o->env : "", o->env ? ")" : "");
        print_wrapped(help, out);
    }
}
