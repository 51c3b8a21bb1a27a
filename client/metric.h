/* The results that summaries and curves are about: how people call them and write them.
 */
#ifndef FRUGAL_CLIENT_METRIC_H
#define FRUGAL_CLIENT_METRIC_H

#include <jansson.h>
#include <stdbool.h>

#include "ending.h"
#include "number.h"

enum { METRIC_LIST_MAX = 16, METRIC_TEXT = NUMBER_TEXT + 16 };

struct metric {
    const char *key;   /* in the answers of the server */
    const char *title; /* of a column */
    const char *label; /* of an axis, with its unit */
    void (*format)(char text[static NUMBER_TEXT], double mean, double sem);
};

/* NULL: no such result. */
const struct metric *metric_find(const char *key);

/* Reads "m0,samples" into ret [METRIC_LIST_MAX], which ends with NULL; says what is wrong
 * with it. */
enum ending metric_list(const char *text, const struct metric **ret);

/* "mean ± s.e.m."; "≥ bound" where seeds never got there and a bound is known; else "-".
 * `statistics` is an object of the server's summary, or NULL. */
void metric_text(char text[static METRIC_TEXT], const struct metric *m,
                 const json_t *statistics);

#endif
