/* Members of a JSON object that came from elsewhere: anything may be missing or of
 * another type. The only place that knows how jansson tells integers from reals. */
#ifndef FRUGAL_CLIENT_FIELD_H
#define FRUGAL_CLIENT_FIELD_H

#include <jansson.h>
#include <stdint.h>

/* The text, borrowed; `otherwise` where there is none. */
const char *field_text(const json_t *object, const char *key, const char *otherwise);

/* The number, integer or real; NaN where there is none. */
double field_number(const json_t *object, const char *key);

/* The whole number from 0 on; -1 where there is none. */
int64_t field_count(const json_t *object, const char *key);

/* Prints that member of every object of a list, one per line: a text, or a count. */
void field_print_all(const json_t *list, const char *key);

#endif
