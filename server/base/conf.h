/* A file of settings: the rows of a table of options that have an environment variable,
 * as lines of KEY = VALUE. */
#ifndef FRUGAL_BASE_CONF_H
#define FRUGAL_BASE_CONF_H

#include "base/opts.h"

enum { CONF_KEYS_MAX = 64 };

/* The texts that a struct of options borrows from what was read. */
struct conf {
    size_t count;
    char *text[CONF_KEYS_MAX];
    int line[CONF_KEYS_MAX];
};

/* Whether a row can stand in a file. */
bool conf_has(const struct opt *o);

/* Reads a file into the struct at `into`. On failure puts one sentence with the file and
 * the line into `error` and returns false; what was read until then stays. Release ret in
 * any case, once `into` is no longer used. Not for several threads. */
bool conf_read(const struct opt *table, size_t rows, const char *path, void *into,
               struct conf *ret, struct buf *error);
void conf_release(struct conf *c);

/* The line that a text borrowed from there stands in; 0: it is not from there. */
int conf_line(const struct conf *c, const char *text);

/* Prints a file in which every setting is a comment that says what it does, with its
 * default, which the struct at `defaults` holds; `note` has more to say of a row, or
 * NULL. */
void conf_print(const struct opt *table, size_t rows, const void *defaults,
                const char *(*note)(const struct opt *o), FILE *out);

#endif
