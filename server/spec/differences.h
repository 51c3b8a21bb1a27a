/* What tells specs apart. */
#ifndef FRUGAL_SPEC_DIFFERENCES_H
#define FRUGAL_SPEC_DIFFERENCES_H

#include <stddef.h>

#include "base/status.h"

/* For each of n canonical texts an object, as JSON, of pointers and values: those that
 * are not the same in all of them, null where a spec has none. The caller frees the
 * texts, ret[n]. NO_MEMORY: there are none. Any thread. */
enum status spec_differences(const char *const *canonical, size_t n, char **ret);

#endif
