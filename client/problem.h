/* An answer that is no success: what to say about it, and how the command ends. */
#ifndef FRUGAL_CLIENT_PROBLEM_H
#define FRUGAL_CLIENT_PROBLEM_H

#include "ending.h"
#include "http.h"
#include "spec_file.h"

/* The spec that was sent, and the file that it is from. */
struct problem_source {
    const struct spec_file *file;
    json_t *sent;
};

/* Says what application/problem+json in the reply tells, one line per error of the spec
 * with its pointer and suggestion, and the line of its file; `from` may be NULL. Never
 * returns ENDING_OK. */
enum ending problem_say(const struct http_reply *reply,
                        const struct problem_source *from);

#endif
