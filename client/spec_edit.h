/* Changes that the command line makes to a job spec before it is sent. What the members
 * mean is for the server to judge. */
#ifndef FRUGAL_CLIENT_SPEC_EDIT_H
#define FRUGAL_CLIENT_SPEC_EDIT_H

#include <jansson.h>

#include "ending.h"

/* "network.hidden=[100]" or "/network/hidden/0=100": puts the value, read as JSON and
 * else taken as a text, at the path. Objects, and lists where an index 0 follows, are
 * made on the way; "-" or the length of a list appends to it. */
enum ending spec_edit_set(json_t *spec, const char *assignment);

/* "3": three seeds; "1,5,9": these. */
enum ending spec_edit_seeds(json_t *spec, const char *seeds);

/* "network.hidden.0=[800]": adds the values, a list or one alone, to that axis of
 * spec's sweep. */
enum ending spec_edit_sweep(json_t *spec, const char *assignment);

#endif
