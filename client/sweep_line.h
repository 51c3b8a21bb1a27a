/* All runs of a job as one line. */
#ifndef FRUGAL_CLIENT_SWEEP_LINE_H
#define FRUGAL_CLIENT_SWEEP_LINE_H

#include <jansson.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends a bar, how many runs have ended, how fast samples are trained and how long it
 * takes at most, for a run may reach its goal early; as much of it as `columns` hold. */
void sweep_line_add(struct buf *b, const json_t *runs, size_t columns);

/* Appends "5 of 12 runs have ended, at most 3 min left". */
void sweep_line_add_sentence(struct buf *b, const json_t *runs);

#endif
