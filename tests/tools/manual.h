/* Parts of manual pages, in mdoc(7). A page is a template in schema/manual; its lines
 * @name@ stand for what a program prints from the tables of the code. */
#ifndef FRUGAL_TESTS_MANUAL_H
#define FRUGAL_TESTS_MANUAL_H

#include "base/opts.h"

struct manual_part {
    const char *name; /* "@options@" */
    void (*print)(void);
};

/* Copies standard input to standard output with its parts, the last of which is NULL, in
 * place, and @version@ everywhere; an exit code. */
int manual_fill(const struct manual_part *parts);

/* Text as lines of its own: one sentence each, with a full stop, and nothing that roff
 * would obey. */
void manual_text(const char *text);

/* The same as part of a line. */
void manual_words(const char *text);

/* One item of a list of options. */
void manual_option(const struct opt *o);

#endif
