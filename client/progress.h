/* The progress of runs on standard error: on a terminal a block of lines that is drawn
 * again in place, elsewhere one line when a run starts and one when it ends. */
#ifndef FRUGAL_CLIENT_PROGRESS_H
#define FRUGAL_CLIENT_PROGRESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct progress {
    bool redraws, colours;
    size_t drawn;     /* lines of the block that the cursor stands below */
    json_t *reported; /* state by run, as far as lines were printed; owned */
};

void progress_init(struct progress *p);
void progress_release(struct progress *p);

/* Shows what the runs are at. */
void progress_update(struct progress *p, const json_t *runs);

/* Prints a line that stays. The signature is that of http_patience.notice. */
void progress_note(void *progress, const char *text);

#endif
