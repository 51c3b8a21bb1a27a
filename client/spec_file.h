/* A job spec from a file. */
#ifndef FRUGAL_CLIENT_SPEC_FILE_H
#define FRUGAL_CLIENT_SPEC_FILE_H

#include <jansson.h>

#include "ending.h"

/* Reads the file, or standard input for "-". Errors of syntax are told with their place;
 * what the members mean is for the server to judge. The caller owns *ret, an object. */
enum ending spec_file_read(const char *name, json_t **ret);

#endif
