/* What verbs that change a job say at their end. */
#ifndef FRUGAL_CLIENT_CHANGED_H
#define FRUGAL_CLIENT_CHANGED_H

#include <jansson.h>

#include "verbs.h"

/* The rows of the options that changed_print obeys. */
#define CHANGED_OPTIONS                                                                  \
    VERBS_FLAG("json", 0, json, "print the job as JSON"),                                \
        VERBS_QUIET("print the number of the job only")

/* Prints how the job stands now; takes it. */
enum ending changed_print(const struct options *given, json_t *job);

#endif
