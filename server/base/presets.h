/* The presets, as both programs carry them: an index, and a job spec for each. JSON is
 * for those to read who know it.
 *
 * An entry of the index has: name (that of the file in schema/examples, whose own name
 * and note are the title and what the paper found); look: what to look at; figures: x is
 * a swept pointer, or "accuracy" with the bounds `from` and `to`; scale of x; y: results
 * to draw, one figure each; baseline: the params of the cell that savings are against;
 * quick: members that take the place of the spec's for a quick look; seconds of
 * computing. */
#ifndef FRUGAL_BASE_PRESETS_H
#define FRUGAL_BASE_PRESETS_H

#include <stddef.h>

struct preset {
    const char *name;
    const char *spec; /* JSON, with a NUL behind it */
};

/* In the order of the index. */
extern const struct preset presets[];
extern const size_t presets_count;

/* JSON, with a NUL behind it: a list of entries. */
const char *presets_index(void);

#endif
