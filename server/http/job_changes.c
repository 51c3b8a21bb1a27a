/* PATCH /v1/jobs/{id}; POST extend; DELETE, which is the way into the trash and out of
 * the world; and POST /v1/jobs/{id}/restore. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/jobs.h"
#include "base/clock.h"
#include "http/access.h"
#include "http/body.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"

static void reply_failure(struct request *r, const char *conflict)
{
    const char *detail = r->outcome == STATUS_CONFLICT    ? conflict
                         : r->outcome == STATUS_NOT_FOUND ? "there is no such job"
                                                          : NULL;
    reply_problem(r, r->outcome, detail, NULL);
}

static bool take_view(void *arg, const struct job *j)
{
    *(json_t **)arg = view_job(j);
    return false;
}

/* Part of a write, before it: whether the job is still what the client has seen, by its
 * ETag. `match` is the If-Match header; NULL: any will do. */
static enum status check_match(struct conn *c, int64_t id, const char *match)
{
    char etag[ETAG_TEXT];
    json_t *job = NULL;
    if (match == NULL)
        return STATUS_OK;
    enum status status = store_job_get(c, id, take_view, &job);
    if (status != STATUS_OK)
        return status;
    char *text = reply_json_text(job);
    json_decref(job);
    if (text == NULL)
        return STATUS_NO_MEMORY;
    etag_of(text, strlen(text), etag);
    free(text);
    return etag_is_listed_strongly(match, etag) ? STATUS_OK : STATUS_PRECONDITION_FAILED;
}

struct change_write {
    const char *match;
    struct job_change change;
    struct spec spec;
    char *tags;
};

static void free_change(void *own)
{
    struct change_write *w = own;
    free(w->tags);
    free(w);
}

static enum status apply_change(struct conn *c, void *own)
{
    struct change_write *w = own;
    enum status status = check_match(c, w->change.job, w->match);
    return status == STATUS_OK ? store_job_change(c, &w->change) : status;
}

static void changed(struct request *r)
{
    if (r->outcome != STATUS_OK) {
        reply_failure(r, NULL);
        return;
    }
    workers_wake(r->app->workers); /* more may run at the same time now */
    reply_job(r, r->id, MHD_HTTP_OK);
}

static void read_change(struct request *r, struct change_write *w,
                        struct problems *problems)
{
    struct spec_change given;
    enum status status =
        spec_change_parse(r->body.data, r->body.len, &w->spec, &given, problems);
    if (status != STATUS_OK) {
        reply_spec_problems(r, status, problems);
        return;
    }
    w->match = request_header(r, "If-Match");
    w->tags = spec_tags_json(&w->spec);
    w->change = (struct job_change){.job = r->id,
                                    .name = given.name ? w->spec.name : NULL,
                                    .note = given.note ? w->spec.note : NULL,
                                    .tags = given.tags ? w->tags : NULL,
                                    .has_priority = given.priority,
                                    .has_parallel = given.parallel,
                                    .priority = w->spec.priority,
                                    .parallel = w->spec.parallel};
    r->apply = apply_change;
    r->resume = changed;
}

void jobs_patch(struct request *r)
{
    struct problems *problems = calloc(1, sizeof *problems);
    struct change_write *w = calloc(1, sizeof *w);
    r->own = w;
    r->own_free = w != NULL ? free_change : NULL;
    if (problems == NULL || w == NULL)
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
    else
        read_change(r, w, problems);
    if (problems != NULL)
        problems_release(problems);
    free(problems);
}

/* An extension between its request and its reply. */
struct extending {
    struct extension extension; /* first */
    struct problems problems;
    struct request *request;
};

static void free_extension(void *own)
{
    struct extending *e = own;
    extension_release(&e->extension);
    problems_release(&e->problems);
    free(e);
}

static void extended(struct request *r)
{
    if (r->outcome != STATUS_OK) {
        reply_failure(r,
                      "the job is in the trash, or is being extended by somebody else");
        return;
    }
    extension_announce(r->own);
    reply_job(r, r->id, MHD_HTTP_OK);
}

static void extension_read(struct request *r)
{
    const struct extending *e = r->own;
    if (r->outcome == STATUS_NOT_FOUND) {
        reply_problem(r, r->outcome, "there is no such job", NULL);
    } else if (r->outcome != STATUS_OK) {
        reply_spec_problems(r, r->outcome, &e->problems);
    } else if (access_submits(r)) {
        r->apply = extension_apply;
        r->resume = extended;
    }
}

static enum status read_extension(struct extending *e, struct conn *c, bool may_block)
{
    const struct request *r = e->request;
    return extension_prepare(r->app, c, r->id, r->body.data, r->body.len, may_block,
                             &e->extension, &e->problems);
}

static enum status read_with_patience(void *own)
{
    struct extending *e = own;
    struct conn *c = store_reader(e->request->app->store);
    return c != NULL ? read_extension(e, c, true) : STATUS_NO_MEMORY;
}

void jobs_extend(struct request *r)
{
    struct conn *c = request_reader(r);
    if (c == NULL)
        return;
    struct extending *e = calloc(1, sizeof *e);
    if (e == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    problems_init(&e->problems);
    e->request = r;
    r->own = e;
    r->own_free = free_extension;
    r->outcome = read_extension(e, c, false);
    if (r->outcome == STATUS_UNAVAILABLE) { /* until the data set is loaded */
        r->labour = read_with_patience;
        r->resume = extension_read;
    } else {
        extension_read(r);
    }
}

struct trash_write {
    const struct store *store; /* for a purge */
    const char *match;
    int64_t job;
    bool into;
    const char *state; /* set by apply_trash */
};

static enum status apply_trash(struct conn *c, void *own)
{
    struct trash_write *w = own;
    enum status status = check_match(c, w->job, w->match);
    return status == STATUS_OK
               ? store_job_trash(c, w->job, w->into, clock_now_ms(), &w->state)
               : status;
}

static void trashed(struct request *r)
{
    char conflict[120];
    const struct trash_write *w = r->own;
    if (r->outcome != STATUS_OK) {
        bool there = run_state_of(w->state) == RUN_STATES;
        snprintf(conflict, sizeof conflict, "job %lld is %s%s", (long long)w->job,
                 there ? "in the trash already" : w->state,
                 there     ? ""
                 : w->into ? ": cancel it first"
                           : ", not in the trash");
        reply_failure(r, conflict);
        return;
    }
    reply_job(r, r->id, MHD_HTTP_OK);
}

static void move(struct request *r, bool into)
{
    struct trash_write *w = calloc(1, sizeof *w);
    r->own = w;
    r->own_free = free;
    if (w == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    *w = (struct trash_write){
        .store = r->app->store, .job = r->id, .into = into, .state = ""};
    w->match = into ? request_header(r, "If-Match") : NULL; /* of a DELETE */
    r->apply = apply_trash;
    r->resume = trashed;
}

static enum status apply_purge_begin(struct conn *c, void *own)
{
    struct trash_write *w = own;
    enum status status = check_match(c, w->job, w->match);
    return status == STATUS_OK ? store_purge_begin(c, w->job) : status;
}

static enum status apply_purge(struct conn *c, void *own)
{
    return store_purge_some(c, ((struct trash_write *)own)->store);
}

static void reply_deleted(struct request *r, unsigned code)
{
    reply_json(
        r, code,
        json_pack("{s:I, s:b}", "id", (json_int_t)r->id, "deleted", code == MHD_HTTP_OK));
}

/* One piece after the other; the writes of others go in between. */
static void purged(struct request *r)
{
    if (r->outcome == STATUS_OK) {
        r->apply = apply_purge;
        r->resume = purged;
    } else if (r->outcome == STATUS_NOT_FOUND) { /* nothing is left */
        reply_deleted(r, MHD_HTTP_OK);
    } else { /* the job is gone for everybody; the keeper goes on with it */
        reply_deleted(r, MHD_HTTP_ACCEPTED);
    }
}

static void purge_begun(struct request *r)
{
    if (r->outcome == STATUS_OK) {
        workers_abandon(r->app->workers, r->id);
        purged(r);
    } else {
        reply_failure(r, "only a job in the trash can be purged: delete it first");
    }
}

void jobs_delete(struct request *r)
{
    int64_t purge = 0;
    if (!request_number(r, "purge", 0, 1, &purge))
        return;
    move(r, true);
    if (purge && r->own != NULL) {
        r->apply = apply_purge_begin;
        r->resume = purge_begun;
    }
}

void jobs_restore(struct request *r)
{
    json_t *body = body_object(r, "");
    json_decref(body);
    if (body != NULL)
        move(r, false);
}
