/* What people do with frugal, whatever they do it through. Knows no HTTP. */
#ifndef FRUGAL_APP_APP_H
#define FRUGAL_APP_APP_H

#include "data/arrivals.h"
#include "data/catalogue.h"
#include "remote/slurm.h"
#include "spec/spec.h"
#include "store/store.h"
#include "work/hub.h"
#include "work/workers.h"

/* What all use cases share; set up by main before any thread uses it, but for the atomic
 * members, which main may change at any time. */
struct app {
    struct store *store;
    struct catalogue *catalogue;
    struct arrivals *arrivals;
    struct workers *workers;
    struct hub *hub;
    struct slurm *_Atomic slurm; /* NULL: runs are computed by threads, and by whoever asks */
    _Atomic int64_t per_owner;         /* his runs at work at the same time, and */
    _Atomic int64_t waiting_per_owner; /* those that may wait; 0: any number */
    const char *version;
};

/* Writes what the specs of jobs from an earlier version say, so that lists can be
 * filtered by it; to be called before anybody asks. The first failure, if any. */
enum status app_catch_up(const struct app *app);

/* A job on its way into the store. */
struct submission {
    const struct app *app;
    struct plan *plan; /* owned */
    char *spec;        /* plan_json of it; owned */
    const char *owner; /* borrowed, to be set before submission_apply */
    const char *key;   /* of the client, NULL: none; borrowed until submission_apply */
    int64_t job;       /* set by submission_apply */
    bool replayed;     /* likewise: it is the job of an earlier submission */
};

/* Whether it can be the key of a submission: 1 to 64 letters, digits, - and _. */
bool submission_is_key(const char *key);

/* Checks a job spec against the table of fields and the data sets. INVALID_SPEC and
 * BAD_JSON come with problems; UNAVAILABLE: a data set must be loaded first, and
 * may_block is false; NO_MEMORY. Nothing is stored yet. Any thread. */
enum status submission_prepare(const struct app *app, const char *json, size_t length,
                               bool may_block, struct submission *ret,
                               struct problems *problems);
void submission_release(struct submission *s);

/* About how many seconds of one core the job takes if no run ends before its limits, at
 * the pace of the newest runs here. NAN: nobody knows, as its data set is on its way. Any
 * thread. */
enum status submission_seconds(const struct submission *s, struct conn *reader,
                               double *ret);

/* The `apply` of a write: job and runs in one transaction, unless the key is known.
 * CONFLICT: it came with another spec; NO_SPACE: the disk is nearly full; OVER_QUOTA:
 * more runs would wait than the owner may have. arg: struct submission. */
enum status submission_apply(struct conn *c, void *arg);

/* To be called once the write is durable: the workers look at the queue. Any thread. */
void submission_announce(const struct submission *s);

#endif
