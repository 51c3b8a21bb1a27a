/* What the whole spec of one run says, place by place. */
#ifndef FRUGAL_SPEC_RUN_VALUES_H
#define FRUGAL_SPEC_RUN_VALUES_H

#include <jansson.h>

#include "base/status.h"

struct run_values {
    json_t *given, *whole; /* the spec of its job; that of the run, every default in it */
};

/* From what the store keeps, as spec_of_run, and with its errors; NO_MEMORY. Release it
 * in any case. Any thread. */
enum status run_values_read(const char *plan_json, const char *params,
                            struct run_values *ret);
void run_values_release(struct run_values *v);

/* The value at a pointer as a sweep names it, borrowed; a list that the job gives as one
 * number is that number. NULL: the run has nothing there. */
const json_t *run_value(const struct run_values *v, const char *pointer);

#endif
