/* What the stream at hand can do: whether somebody looks at it, how large it is, whether
 * it takes colours. The only place that knows escape sequences for colours. */
#ifndef FRUGAL_CLIENT_TERMINAL_H
#define FRUGAL_CLIENT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

enum colour { PLAIN, BOLD, RED, GREEN, YELLOW, CYAN };

struct terminal_size {
    size_t columns, rows;
};

bool terminal_is(FILE *f);

/* True for a terminal on which lines can be drawn again in place. */
bool terminal_redraws(FILE *f);

/* True for a terminal, unless NO_COLOR is set or TERM is "dumb". */
bool terminal_colours(FILE *f);

/* 80 x 24 where the terminal does not say. */
struct terminal_size terminal_size(FILE *f);

/* Appends text, in the colour when `colours` is set. */
void terminal_paint(struct buf *b, bool colours, enum colour colour, const char *text);

#endif
