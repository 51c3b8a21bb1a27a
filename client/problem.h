/* An answer that is no success: what to say about it, and how the command ends. */
#ifndef FRUGAL_CLIENT_PROBLEM_H
#define FRUGAL_CLIENT_PROBLEM_H

#include "ending.h"
#include "http.h"

/* Says what application/problem+json in the reply tells, one line per error of the spec
 * with its pointer and suggestion. Never returns ENDING_OK. */
enum ending problem_say(const struct http_reply *reply);

#endif
