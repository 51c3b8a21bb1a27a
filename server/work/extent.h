/* What only the data set can tell of a spec. */
#ifndef FRUGAL_WORK_EXTENT_H
#define FRUGAL_WORK_EXTENT_H

#include "data/catalogue.h"
#include "spec/spec.h"

/* Adds a problem for each count that is above what its layer has, and for a run that
 * would be too large. Any thread. */
void extent_check(const struct spec *s, const struct dataset *d,
                  struct problems *problems);

/* About how many seconds of one core a run takes for so many samples; 0 samples: as many
 * as it may learn from, INFINITY if that is any number. Right within a factor of two or
 * three. Any thread. */
double extent_seconds(const struct spec *s, const struct dataset *d, int64_t samples);

#endif
