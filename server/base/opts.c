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

static bool set_count(const struct opt *o, const char *lead, const char *value,
                      long *target, struct buf *error)
{
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || errno != 0 || n < o->min || n > o->max) {
        buf_addf(error, "%s%s takes a whole number from %ld to %ld, not \"%s\"", lead,
                 o->name, o->min, o->max, value);
        return false;
    }
    *target = n;
    return true;
}

static bool set_flag(const struct opt *o, const char *lead, const char *value,
                     bool *target, struct buf *error)
{
    bool yes = strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "no") != 0) {
        buf_addf(error, "%s%s takes yes or no, not \"%s\"", lead, o->name, value);
        return false;
    }
    *target = yes;
    return true;
}

/* The word at a place of "first|second", with its length; NULL: there is none. */
static const char *choice_at(const char *choices, int place, size_t *ret_length)
{
    while (place-- > 0 && choices != NULL) {
        choices = strchr(choices, '|');
        choices += choices != NULL;
    }
    if (choices != NULL)
        *ret_length = strcspn(choices, "|");
    return choices;
}

static bool set_choice(const struct opt *o, const char *lead, const char *value,
                       int *target, struct buf *error)
{
    const char *word;
    size_t n;
    for (int i = 0; (word = choice_at(o->metavar, i, &n)) != NULL; i++)
        if (strlen(value) == n && strncmp(word, value, n) == 0) {
            *target = i;
            return true;
        }
    buf_addf(error, "%s%s takes %s, not \"%s\"", lead, o->name, o->metavar, value);
    return false;
}

bool opts_set(const struct opt *o, const char *lead, const char *value, void *into,
              struct buf *error)
{
    void *target = (char *)into + o->offset;
    switch (o->kind) {
    case OPT_FLAG:
        return set_flag(o, lead, value, target, error);
    case OPT_TEXT:
    case OPT_FILE:
        *(const char **)target = value;
        return true;
    case OPT_COUNT:
        return set_count(o, lead, value, target, error);
    case OPT_CHOICE:
        return set_choice(o, lead, value, target, error);
    case OPT_WORDS:
        return add_word(target, value, error);
    }
    return false;
}

bool opts_text(const struct opt *o, const void *from, char *text, size_t room)
{
    const void *source = (const char *)from + o->offset;
    const char *word = NULL;
    size_t length;
    long n;
    text[0] = '\0';
    switch (o->kind) {
    case OPT_FLAG:
        word = *(const bool *)source ? "yes" : "no";
        break;
    case OPT_TEXT:
    case OPT_FILE:
        word = *(const char *const *)source;
        break;
    case OPT_COUNT:
        n = *(const long *)source;
        if (n >= o->min && n <= o->max)
            snprintf(text, room, "%ld", n);
        break;
    case OPT_CHOICE:
        word = choice_at(o->metavar, *(const int *)source, &length);
        snprintf(text, room, "%.*s", (int)length, word);
        return true;
    case OPT_WORDS:
        break;
    }
    if (word != NULL)
        snprintf(text, room, "%s", word);
    return text[0] != '\0';
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
        if (!opts_set(&table[i], "--", value, into, error)) {
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
        if (o->kind == OPT_FLAG) {
            value = "yes";
        } else if (value == NULL) {
            if (++i == argc) {
                buf_addf(error, "--%s needs a value: %s", o->name, o->metavar);
                return false;
            }
            value = argv[i];
        }
        if (!opts_set(o, "--", value, into, error))
            return false;
    }
    return true;
}

void opts_print_wrapped(const char *text, const char *lead, int width, FILE *out)
{
    int first = (int)strlen(lead), column = first;
    while (*text != '\0') {
        int word = (int)strcspn(text, " ");
        if (column > first && column + word + 1 > width) {
            fprintf(out, "\n%s", lead);
            column = first;
        }
        if (column > first)
            column += fprintf(out, " ");
        column += fprintf(out, "%.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fprintf(out, "\n");
}

static void print_help(const struct opt *o, const void *defaults, FILE *out)
{
    char text[1000], value[100], margin[HELP_COLUMN + 1];
    bool has_default = defaults != NULL && o->metavar != NULL &&
                       opts_text(o, defaults, value, sizeof value);
    snprintf(text, sizeof text, "%s%s%s%s%s%s", o->help, has_default ? ". Default: " : "",
             has_default ? value : "", o->env ? " (also " : "", o->env ? o->env : "",
             o->env ? ")" : "");
    snprintf(margin, sizeof margin, "%*s", HELP_COLUMN, "");
    opts_print_wrapped(text, margin, HELP_WIDTH, out);
}

void opts_help(const struct opt *table, size_t rows, const void *defaults, FILE *out)
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
        print_help(o, defaults, out);
    }
}
