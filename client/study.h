/* A preset on its way through reproduce: from the index to a job that has ended. */
#ifndef FRUGAL_CLIENT_STUDY_H
#define FRUGAL_CLIENT_STUDY_H

#include <jansson.h>
#include <stdbool.h>

#include "http.h"

enum { STUDIES_MAX = 64 };

struct study {
    const json_t *entry;         /* of the index; borrowed */
    json_t *spec;                /* as submitted; owned */
    double seconds;              /* of computing, as known from an earlier time */
    double goals_from, goals_to; /* of a figure against the accuracy */
    int64_t job;                 /* 0: not submitted yet */
    int64_t runs, done;
};

struct studies {
    struct study study[STUDIES_MAX];
    size_t count;
    json_t *index; /* owned */
};

/* Takes the presets of these names, or all for none. data_set: NULL for that of the
 * presets; another one is harder, so the accuracies asked for are lowered by
 * STUDY_EASIER. */
#define STUDY_EASIER 0.1
enum ending studies_choose(struct studies *s, const char *const *names, size_t count,
                           bool quick, const char *data_set);
void studies_release(struct studies *s);

/* Submits what is not there yet: the same specs to the same server give the same jobs. */
enum ending studies_submit(struct studies *s, struct http *http);

/* Returns when all runs have ended, with the progress on standard error. */
enum ending studies_wait(struct studies *s, struct http *http, long workers);

/* Seconds of computing that are left, by what is known of each preset. */
double studies_seconds_left(const struct studies *s);

#endif
