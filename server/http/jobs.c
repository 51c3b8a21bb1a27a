/* /v1/jobs: submit, list, one job. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/access.h"
#include "http/body.h"
#include "http/lists.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"

static bool visit_one(void *arg, const struct job *j)
{
    *(json_t **)arg = view_job(j);
    return false;
}

void reply_job(struct request *r, int64_t id, unsigned code)
{
    json_t *job = NULL;
    struct conn *c = request_reader(r);
    if (c == NULL)
        return;
    r->keeps = true;
    enum status status = store_job_get(c, id, visit_one, &job);
    if (status == STATUS_OK)
        reply_json(r, code, job);
    else
        reply_problem(r, status,
                      status == STATUS_NOT_FOUND ? "there is no such job" : NULL, NULL);
}

void jobs_get(struct request *r)
{
    reply_job(r, r->id, MHD_HTTP_OK);
}

/* A submission between its request and its reply. */
struct submitting {
    struct submission submission; /* first */
    struct problems problems;
    struct request *request;
    bool dry_run;
};

static void free_submission(void *own)
{
    struct submitting *s = own;
    submission_release(&s->submission);
    problems_release(&s->problems);
    free(s);
}

static void submitted(struct request *r)
{
    const struct submission *s = r->own;
    char location[40];
    if (r->outcome == STATUS_CONFLICT) {
        body_refuse(r, "", "key_in_use",
                    "another spec was submitted with this Idempotency-Key");
        return;
    }
    if (r->outcome != STATUS_OK) {
        reply_problem(r, r->outcome, NULL, NULL);
        return;
    }
    submission_announce(s);
    snprintf(location, sizeof location, "/v1/jobs/%lld", (long long)s->job);
    reply_job(r, s->job, s->replayed ? MHD_HTTP_OK : MHD_HTTP_CREATED);
    reply_header(r, "Location", location);
    if (s->replayed)
        reply_header(r, "Idempotency-Replayed", "true");
}

static void reply_plan(struct request *r, const struct submission *s)
{
    json_int_t cells = (json_int_t)plan_cells(s->plan);
    json_int_t runs = cells * (json_int_t)plan_seeds(s->plan);
    double seconds = NAN;
    struct conn *c = request_reader(r);
    if (c == NULL)
        return;
    enum status status = submission_seconds(s, c, &seconds);
    if (status == STATUS_OK)
        reply_json(r, MHD_HTTP_OK,
                   json_pack("{s:o, s:I, s:I, s:o}", "spec", json_stored(s->spec),
                             "cells", cells, "runs", runs, "seconds",
                             json_measure(seconds)));
    else
        reply_problem(r, status, NULL, NULL);
}

/* The header lives as long as the request. */
static bool read_key(struct request *r)
{
    struct submission *s = r->own;
    s->key = request_header(r, "Idempotency-Key");
    return s->key == NULL || submission_is_key(s->key);
}

/* Whether there is a job with the key already, so that none is made. */
static bool is_replay(struct request *r)
{
    const struct submission *s = r->own;
    const struct job wanted = {.owner = s->owner, .key = s->key};
    int64_t id;
    bool same;
    struct conn *c = s->key != NULL ? store_reader(r->app->store) : NULL;
    return c != NULL && store_job_by_key(c, &wanted, &id, &same) == STATUS_OK;
}

/* The spec has been looked at. */
static void prepared(struct request *r)
{
    struct submitting *s = r->own;
    if (r->outcome != STATUS_OK) {
        reply_spec_problems(r, r->outcome, &s->problems);
    } else if (!read_key(r)) {
        reply_problem(r, STATUS_BAD_REQUEST,
                      "Idempotency-Key must be 1 to 64 letters, digits, - and _", NULL);
    } else if (s->dry_run) {
        reply_plan(r, &s->submission);
    } else {
        s->submission.owner = r->who.user; /* which lives as long as the request */
        if (!is_replay(r) && !access_submits(r))
            return;
        r->apply = submission_apply;
        r->resume = submitted;
    }
}

static enum status prepare(struct submitting *s, bool may_block)
{
    const struct request *r = s->request;
    return submission_prepare(r->app, r->body.data, r->body.len, may_block,
                              &s->submission, &s->problems);
}

static enum status prepare_with_patience(void *own)
{
    return prepare(own, true);
}

void jobs_submit(struct request *r)
{
    int64_t dry_run = 0;
    if (!request_number(r, "dry_run", 0, 1, &dry_run))
        return;
    struct submitting *s = calloc(1, sizeof *s);
    if (s == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    problems_init(&s->problems);
    s->request = r;
    s->dry_run = dry_run != 0;
    r->own = s;
    r->own_free = free_submission;
    r->outcome = prepare(s, false);
    if (r->outcome == STATUS_UNAVAILABLE) { /* until the data set is loaded */
        r->labour = prepare_with_patience;
        r->resume = prepared;
    } else {
        prepared(r);
    }
}

static enum status view_item(struct request *r, struct conn *c, int64_t id, json_t **ret)
{
    (void)r;
    return store_job_list(c, id, visit_one, ret);
}

void jobs_list(struct request *r)
{
    struct listing_question asked = {.of = QUERY_JOBS, .state = RUN_STATES};
    int64_t trash = 0;
    if (!request_number(r, "trash", 0, 1, &trash))
        return;
    asked.trashed = trash;
    list_reply(r, &asked, view_item);
}
