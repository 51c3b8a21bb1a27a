/* What every function that can fail returns. The list itself is schema/status.def. */
#ifndef FRUGAL_BASE_STATUS_H
#define FRUGAL_BASE_STATUS_H

enum status {
#define STATUS(name, http, text) STATUS_##name,
#include "status.def"
#undef STATUS
};

/* Any thread. The HTTP status code that reports s. */
int status_http(enum status s);

/* Any thread. A sentence for people; a static string. */
const char *status_text(enum status s);

/* Any thread. The name as in the list, e.g. "NOT_FOUND"; a static string. */
const char *status_name(enum status s);

#endif
