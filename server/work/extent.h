/* What only the data set can tell of a spec. */
#ifndef FRUGAL_WORK_EXTENT_H
#define FRUGAL_WORK_EXTENT_H

#include "data/catalogue.h"
#include "spec/spec.h"

/* Adds a problem for each count that is above what its layer has, and for a run that
 * would be too large. Any thread. */
void extent_check(const struct spec *s, const struct dataset *d,
                  struct problems *problems);

#endif
