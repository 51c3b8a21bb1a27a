/* From text to struct spec, key by key. Private to the floor. */
#ifndef FRUGAL_SPEC_PARSE_H
#define FRUGAL_SPEC_PARSE_H

#include "spec/fields.h"

enum { POINTER_MAX = 128 };

/* Text to a tree of bounded depth that is an object; a new reference. BAD_JSON,
 * INVALID_SPEC, both with a problem. */
enum status parse_document(const char *text, size_t length, json_t **ret,
                           struct problems *problems);

/* Every field at its default. */
void parse_defaults(struct spec *s);

/* Sets every key of an object that has a row, below the pointer `section` ("" at the top).
 * Seeds and sweep have rows but no place in a spec; they are the plan's. */
void parse_section(const json_t *object, const char *section, struct spec *into,
                   struct problems *problems);

/* Sets a whole section, fields that the object leaves out to their defaults; null switches
 * an optional section off. */
void parse_value_of_section(const json_t *value, const char *pointer, struct spec *into,
                            struct problems *problems);

/* Reports the fields that have no default and are not there. */
void parse_missing(const json_t *root, struct problems *problems);

/* Appends /key to a pointer, escaped as RFC 6901 says; false when it gets too long. */
bool pointer_join(char *ret, size_t room, const char *section, const char *key);

#endif
