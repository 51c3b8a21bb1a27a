/* Checks that several types of fields share. Private to the floor. */
#ifndef FRUGAL_SPEC_VALUES_H
#define FRUGAL_SPEC_VALUES_H

#include "spec/fields.h"

/* Reports that the value should have been `wanted`: "a list of numbers". */
void value_wrong_type(struct problems *p, const char *pointer, const char *wanted,
                      const json_t *value);

/* One number of a field or of its list, in the range of the row; false is reported. */
bool value_read_number(const struct field *f, const json_t *value, const char *pointer,
                       double *ret, struct problems *problems);

/* Sets a list of exponents, all of them different. */
void exponents_set(const struct field *f, const json_t *value, const char *pointer,
                   struct exponents *target, struct problems *problems);

#endif
