/* What the verbs that list something do with --json, -q and --csv, and without. */
#ifndef FRUGAL_CLIENT_ITEMS_H
#define FRUGAL_CLIENT_ITEMS_H

#include "csv.h"
#include "ending.h"
#include "http.h"
#include "verbs.h"

/* Gets the list at `path` and prints it: with -q the member `id` of each item. */
enum ending items_list(const struct options *given, struct http *http, const char *path,
                       const char *id, const struct csv_column *columns, size_t count,
                       enum ending (*print_table)(const json_t *items));

#endif
