/* Stores in folders of their own, and short names for what tests do with them. */
#ifndef FRUGAL_TESTS_STORES_H
#define FRUGAL_TESTS_STORES_H

#include "helpers.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/log.h"
#include "store/attempts.h"
#include "store/events.h"
#include "store/jobs.h"
#include "store/query.h"
#include "store/queue.h"
#include "store/recover.h"
#include "store/steps.h"
#include "store/store.h"
#include "store/traces.h"

static inline struct store *store_at(const char *folder)
{
    struct store *s = NULL;
    struct buf why;
    buf_init(&why, 1000);
    if (store_open(folder, &s, &why) != STATUS_OK) {
        fprintf(stderr, "%s\n", why.data);
        abort();
    }
    buf_release(&why);
    return s;
}

/* Runs SQL on the database file itself. */
static inline void sql(const char *folder, const char *text)
{
    char path[FILE_PATH + 20];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/frugal.db", folder);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", text, sqlite3_errmsg(db));
        abort();
    }
    sqlite3_close(db);
    chmod(path, 0600); /* where it is new */
}

/* A job with `runs` runs, whose seeds are 1, 2 ... */
struct new_job {
    int64_t runs, priority, parallel;
    const char *owner;  /* NULL: anonymous */
    int64_t job, first; /* set by add_job; ids of the runs are consecutive */
};

static inline enum status add_job(struct conn *c, void *arg)
{
    struct new_job *n = arg;
    struct job job = {.name = "name",
                      .note = "note",
                      .tags = "[\"tag\"]",
                      .dataset = "d",
                      .owner = n->owner != NULL ? n->owner : "anonymous",
                      .parallel = n->parallel,
                      .spec = "{}",
                      .cells = 1,
                      .priority = n->priority,
                      .created = 1000};
    enum status status = store_job_insert(c, &job, &n->job);
    for (int64_t i = 0; status == STATUS_OK && i < n->runs; i++) {
        struct new_run run = {.job = n->job,
                              .cell = i,
                              .created = 1000,
                              .seed = (uint64_t)i + 1,
                              .params = "{}"};
        int64_t id = 0;
        status = store_run_insert(c, &run, &id);
        n->first = i == 0 ? id : n->first;
    }
    return status;
}

/* All that a query finds, page by page. */
static inline enum status list_all(struct conn *c, struct query q,
                                   enum status (*show)(struct conn *, int64_t, void *),
                                   void *arg)
{
    static struct query_found found;
    struct query_place after;
    enum status status = STATUS_OK;
    q.limit = q.limit > 0 ? q.limit : QUERY_LIMIT_MAX;
    do {
        status = store_query(c, &q, &found);
        for (size_t i = 0; i < found.count && status == STATUS_OK; i++)
            status = show(c, found.id[i], arg);
        after = found.last;
        q.after = &after;
    } while (status == STATUS_OK && found.more);
    return status;
}

struct job_listing {
    job_visit *visit;
    void *arg;
};

static inline enum status show_job(struct conn *c, int64_t id, void *arg)
{
    struct job_listing *l = arg;
    return store_job_list(c, id, l->visit, l->arg);
}

/* Jobs that are not in the trash, newest first. */
static inline enum status list_jobs(struct store *s, job_visit *visit, void *arg)
{
    struct job_listing l = {visit, arg};
    return list_all(store_reader(s), (struct query){.of = QUERY_JOBS, .newest_first = true},
                    show_job, &l);
}

struct run_listing {
    run_visit *visit;
    void *arg;
};

static inline enum status show_run(struct conn *c, int64_t id, void *arg)
{
    struct run_listing *l = arg;
    return store_run_get(c, id, l->visit, l->arg);
}

/* Runs of a job (0: of any) in a state (RUN_STATES: in any). */
static inline enum status list_runs(struct store *s, int64_t job, enum run_state state,
                                    run_visit *visit, void *arg)
{
    struct run_listing l = {visit, arg};
    struct value name = {.kind = VALUE_TEXT};
    struct query_node node = {
        .test = {.of = {.field = QUERY_STATE}, .value = &name, .values = 1}};
    struct query q = {.job = job, .where = state != RUN_STATES ? &node : NULL};
    if (state != RUN_STATES)
        name.text = run_state_name(state);
    return list_all(store_reader(s), q, show_run, &l);
}

static inline enum status claim_run(struct conn *c, void *arg)
{
    return store_claim(c, &(struct schedule_limits){0}, 2000, arg);
}

/* The process has ended like that; arg: struct blame. */
static inline enum status recover_all(struct conn *c, void *arg)
{
    struct recovery found;
    return store_recover(c, arg, 2600, &found);
}

static inline enum status finish_run(struct conn *c, void *arg)
{
    return store_run_finish(c, arg);
}

static inline enum status add_event(struct conn *c, void *arg)
{
    return store_event_add(c, arg);
}

static inline void claim_free(struct claim *c)
{
    free(c->params);
    free(c->spec);
    free(c->data_sha256);
}

#endif
