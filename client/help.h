/* The help of the program and of its verbs, printed from their tables. */
#ifndef FRUGAL_CLIENT_HELP_H
#define FRUGAL_CLIENT_HELP_H

#include <stdio.h>

#include "verbs.h"

void help_overview(FILE *out);
void help_verb(const struct verb *verb, FILE *out);

#endif
