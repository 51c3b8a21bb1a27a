/* Times of the server as distances from now. */
#ifndef FRUGAL_CLIENT_AGE_H
#define FRUGAL_CLIENT_AGE_H

#include "number.h"

/* "3 min" for "2026-11-23T17:00:00.123Z"; "-" for what is no time. */
void age_text(char text[static NUMBER_TEXT], const char *when);

#endif
