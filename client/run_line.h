/* One run as one line. */
#ifndef FRUGAL_CLIENT_RUN_LINE_H
#define FRUGAL_CLIENT_RUN_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends where the run is at, aligned with the lines of other runs and at most `columns`
 * wide: what matters least is left out first, and a bar takes what is left over. */
void run_line_add(struct buf *b, const json_t *run, size_t columns, bool colours);

/* Appends what happened to the run, as a sentence: that it started, or how it ended. */
void run_line_add_event(struct buf *b, const json_t *run);

/* Appends text, made safe and clipped. */
void run_line_add_text(struct buf *b, const char *text, size_t columns);

#endif
