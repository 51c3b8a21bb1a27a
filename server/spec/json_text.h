/* JSON documents as text that reads back as exactly the same numbers. */
#ifndef FRUGAL_SPEC_JSON_TEXT_H
#define FRUGAL_SPEC_JSON_TEXT_H

#include <jansson.h>

/* The text with as few digits as all numbers of the document need. The caller frees it.
 * NULL without memory. Any thread. */
char *json_exact_text(const json_t *j, size_t flags);

#endif
