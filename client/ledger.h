/* Where the runs of a report come from: builds, machines, data, and the time they took.
 */
#ifndef FRUGAL_CLIENT_LEDGER_H
#define FRUGAL_CLIENT_LEDGER_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "ending.h"
#include "http.h"

struct ledger {
    json_t *builds, *cpus, *hosts; /* objects with a member for each; owned */
    json_t *data;                  /* the hashes of each data set; owned */
    double seconds;                /* of computing */
};

void ledger_init(struct ledger *l);
void ledger_release(struct ledger *l);

/* Takes the runs of a job. */
enum ending ledger_add(struct ledger *l, struct http *http, int64_t job);

/* Appends a section of HTML; `command` makes the report again. */
void ledger_write(const struct ledger *l, const char *command, struct buf *page);

#endif
