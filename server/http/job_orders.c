/* POST /v1/jobs/{id}/cancel, hold, release, retry. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/jobs.h"
#include "http/body.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"

static void free_order(void *own)
{
    job_order_release(own);
    free(own);
}

/* 409 and 404 name what does not fit. */
static void reply_misfit(struct request *r, const struct job_order *o)
{
    char detail[160];
    const struct step_result *result = &o->result;
    const char *verb = run_step_name(o->order.step);
    if (r->outcome == STATUS_NOT_FOUND && result->run != 0)
        snprintf(detail, sizeof detail, "job %lld has no run %lld",
                 (long long)o->order.job, (long long)result->run);
    else if (r->outcome == STATUS_NOT_FOUND)
        snprintf(detail, sizeof detail, "there is no such job");
    else if (result->run != 0)
        snprintf(detail, sizeof detail, "run %lld is %s: it cannot be told to %s",
                 (long long)result->run, result->state, verb);
    else
        snprintf(detail, sizeof detail, "job %lld is %s%s: there is nothing to %s",
                 (long long)o->order.job,
                 run_state_of(result->state) == RUN_STATES ? "in the " : "",
                 result->state, verb);
    reply_problem(r, r->outcome, detail, NULL);
}

static void obeyed(struct request *r)
{
    const struct job_order *o = r->own;
    if (r->outcome == STATUS_NOT_FOUND || r->outcome == STATUS_CONFLICT) {
        reply_misfit(r, o);
    } else if (r->outcome != STATUS_OK) {
        reply_problem(r, r->outcome, NULL, NULL);
    } else {
        job_order_announce(o);
        reply_job(r, r->id, o->result.stopping > 0 ? MHD_HTTP_ACCEPTED : MHD_HTTP_OK);
    }
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Ascending, each once. */
static void settle_runs(struct job_order *o, size_t n)
{
    size_t kept = 0;
    qsort(o->runs, n, sizeof *o->runs, by_number);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || o->runs[i] != o->runs[i - 1])
            o->runs[kept++] = o->runs[i];
    o->order.count = kept;
}

/* "runs": [3, 4]. False: the request has been answered. */
static bool read_runs(struct request *r, const json_t *body, struct job_order *o)
{
    const json_t *list = json_object_get(body, "runs");
    if (list == NULL)
        return true;
    size_t n = json_array_size(list);
    o->runs = n > 0 ? calloc(n, sizeof *o->runs) : NULL;
    for (size_t i = 0; i < n && o->runs != NULL; i++) {
        o->runs[i] = json_integer_value(json_array_get(list, i));
        if (o->runs[i] < 1) {
            body_refuse(r, "/runs", "wrong_type", "must be a list of numbers of runs");
            return false;
        }
    }
    if (o->runs != NULL)
        settle_runs(o, n);
    else
        body_refuse(r, "/runs", "wrong_type", "must be a list of at least one run");
    return o->runs != NULL;
}

/* "only": "failed". */
static bool read_only(struct request *r, const json_t *body, struct job_order *o)
{
    const json_t *only = json_object_get(body, "only");
    const char *word = json_string_value(only);
    if (only != NULL &&
        (word == NULL || strcmp(word, "failed") != 0 || o->runs != NULL)) {
        body_refuse(r, "/only", "wrong_value", "must be \"failed\", and leave out runs");
        return false;
    }
    o->order.only_failed = only != NULL;
    return true;
}

static void take_order(struct request *r, enum run_step step, const char *keys)
{
    json_t *body = body_object(r, keys);
    if (body == NULL)
        return;
    struct job_order *o = calloc(1, sizeof *o);
    r->own = o;
    r->own_free = o != NULL ? free_order : NULL;
    if (o == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
    } else {
        o->app = r->app;
        o->order.job = r->id;
        o->order.step = step;
        if (read_runs(r, body, o) && read_only(r, body, o)) {
            r->apply = job_order_apply;
            r->resume = obeyed;
        }
    }
    json_decref(body);
}

void jobs_cancel(struct request *r)
{
    take_order(r, STEP_CANCEL, " runs ");
}

void jobs_hold(struct request *r)
{
    take_order(r, STEP_HOLD, " runs ");
}

void jobs_release(struct request *r)
{
    take_order(r, STEP_RELEASE, " runs ");
}

void jobs_retry(struct request *r)
{
    take_order(r, STEP_RETRY, " runs only ");
}
