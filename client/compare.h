/* What cells need, as other verbs show it too. */
#ifndef FRUGAL_CLIENT_COMPARE_H
#define FRUGAL_CLIENT_COMPARE_H

#include "ending.h"
#include "http.h"

/* Prints every statistic of the usual results of one job's cells as CSV. */
enum ending compare_csv(struct http *http, const char *job);

#endif
