/* The presets that this program carries; base/presets.h says what an entry has. */
#ifndef FRUGAL_CLIENT_PRESET_H
#define FRUGAL_CLIENT_PRESET_H

#include <jansson.h>
#include <stdbool.h>

#include "ending.h"

/* The index, each entry with its "spec". The caller owns it. */
enum ending preset_index(json_t **ret);

/* The entry of that name, borrowed; says what was meant and returns NULL when there is
 * none. */
json_t *preset_find(json_t *index, const char *name);

/* The job spec of an entry, in full or for a quick look. The caller owns it. */
json_t *preset_spec(const json_t *entry, bool quick);

/* The job spec of the preset of that name. The caller owns *ret. */
enum ending preset_load(const char *name, bool quick, json_t **ret);

#endif
