/* Command line options as a table: the rows parse, check, and print the help. */
#ifndef FRUGAL_BASE_OPTS_H
#define FRUGAL_BASE_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

enum { OPTS_WORDS_MAX = 64 };

/* Words in the order in which they came; borrowed from argv or the environment. */
struct opts_words {
    size_t count;
    const char *word[OPTS_WORDS_MAX];
};

enum opt_kind {
    OPT_FLAG,   /* bool: given is true; in the environment and in files yes or no */
    OPT_TEXT,   /* const char * */
    OPT_FILE,   /* const char *: a file of settings, so that it is no setting itself */
    OPT_COUNT,  /* long, between min and max */
    OPT_CHOICE, /* int: the place of the word in metavar, "first|second|third" */
    OPT_WORDS,  /* struct opts_words: may be given several times */
};

struct opt {
    const char *name; /* long name without the dashes */
    char letter;      /* short name, or 0 */
    enum opt_kind kind;
    size_t offset;       /* of the target in the struct that opts_parse fills */
    const char *metavar; /* name of the value in the help; NULL for flags */
    const char *env;     /* environment variable that is read first, or NULL */
    long min, max;       /* OPT_COUNT only */
    const char *help;
};

/* Reads the environment, then argv[1] onwards, into the struct at `into`, which holds the
 * defaults. Words that are no options go to ret_rest. On failure puts one sentence into
 * `error` and returns false; what was read until then stays. Not for several threads. */
bool opts_parse(const struct opt *table, size_t rows, int argc, char *const *argv,
                void *into, struct opts_words *ret_rest, struct buf *error);

/* Sets the option to a value that is given as text; `lead` stands before its name in what
 * is said on failure, as in opts_parse. Text is borrowed. */
bool opts_set(const struct opt *o, const char *lead, const char *value, void *into,
              struct buf *error);

/* The value of the option in a struct, as text; false, and "": it has none. */
bool opts_text(const struct opt *o, const void *from, char *text, size_t room);

/* Prints one aligned line, or more for long texts, per option; with the defaults in the
 * struct at `defaults`, unless it is NULL. */
void opts_help(const struct opt *table, size_t rows, const void *defaults, FILE *out);

/* Prints text broken at spaces, on lines that begin with `lead`, the first one without
 * it. */
void opts_print_wrapped(const char *text, const char *lead, int width, FILE *out);

#endif
