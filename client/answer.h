/* Statistics over seeds, asked of the server: the client computes none. */
#ifndef FRUGAL_CLIENT_ANSWER_H
#define FRUGAL_CLIENT_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "ending.h"
#include "http.h"

enum { ANSWER_GOAL = 64 };

/* The goal that every run of a job stops at, as at= takes it: "test_accuracy>=0.95".
 * False: they have none, or not the same one. */
bool answer_goal(const json_t *job, char ret[static ANSWER_GOAL]);

/* The summary of a job; at, baseline: NULL, or as the server takes them. */
enum ending answer_summary(struct http *http, int64_t job, const char *at,
                           const char *baseline, json_t **ret);

/* The same of all runs that a filter finds. */
enum ending answer_of_runs(struct http *http, const char *filter, const char *at,
                           const char *baseline, json_t **ret);

/* "9/10": runs that reached the goal, of those that have ended by themselves or reached
 * it; with those still open behind it. */
void answer_reached(char text[static ANSWER_GOAL], const json_t *cell);

#endif
