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
    OPT_FLAG,  /* bool */
    OPT_TEXT,  /* const char * */
    OPT_COUNT, /* long, between min and max */
    OPT_WORDS, /* struct opts_words: may be given several times */
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

/* Prints one aligned line, or more for long texts, per option. */
void opts_help(const struct opt *table, size_t rows, FILE *out);

#endif
