/* States of jobs and runs, as far as showing them needs to tell them apart. A state that
 * this program does not know counts as an end, so that nobody waits for ever. */
#ifndef FRUGAL_CLIENT_STATE_H
#define FRUGAL_CLIENT_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "terminal.h"

bool state_is_waiting(const char *state);
bool state_is_running(const char *state);
bool state_is_final(const char *state);
bool state_is_success(const char *state);
enum colour state_colour(const char *state);

/* Runs that have ended, from the "runs" object of a job. */
int64_t state_runs_done(const json_t *runs);

/* Appends "1 queued, 2 running" for an object of numbers by state; zeros are left out. */
void state_add_counts(struct buf *b, json_t *counts);

#endif
