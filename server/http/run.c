/* /v1/runs/{id}: one run; what it waits for, what it has been through; and its
 * verification. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/jobs.h"
#include "base/clock.h"
#include "http/body.h"
#include "http/page.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"
#include "store/attempts.h"
#include "store/jobs.h"
#include "store/verifications.h"

struct one_run {
    const struct app *app;
    struct conn *reader;
    json_t *json;
    bool lasts; /* it says nothing of the queue or of work that goes on */
};

static bool visit_one(void *arg, const struct run *run)
{
    struct one_run *o = arg;
    struct queue_place place = {.place = 0};
    if (run->state == RUN_QUEUED)
        store_queue_place(o->reader, run->id, clock_now_ms(), &place);
    o->lasts = run->state != RUN_QUEUED && run->state != RUN_RUNNING;
    o->json = view_run(o->app, run, place.place);
    json_object_set_new(o->json, "changes", view_changes(o->reader, run->id));
    return false;
}

static void reply_run(struct request *r, unsigned code)
{
    struct one_run o = {.app = r->app, .reader = request_reader(r)};
    if (o.reader == NULL)
        return;
    enum status status = store_run_get(o.reader, r->id, visit_one, &o);
    r->keeps = o.lasts;
    if (status == STATUS_OK)
        reply_json(r, code, o.json);
    else
        reply_no_run(r, status);
}

void runs_get(struct request *r)
{
    reply_run(r, MHD_HTTP_OK);
}

static json_t *view_waiting(int64_t run, const struct waiting_run *w)
{
    const struct queue_place *p = &w->place;
    int64_t start = isfinite(w->seconds_until)
                        ? clock_now_ms() + (int64_t)(w->seconds_until * 1000)
                        : 0;
    json_t *place = p->place > 0 ? json_integer(p->place) : json_null();
    return json_pack("{s:I, s:s, s:s, s:o, s:I, s:I, s:o, s:o, s:i, s:i, s:b, s:b}",
                     "run", (json_int_t)run, "state", run_state_name(w->state), "why",
                     w->why, "place", place, "ahead_own", (json_int_t)p->ahead_own,
                     "ahead_others", (json_int_t)p->ahead_others, "expected_start",
                     json_time(start), "expected_seconds", json_measure(w->seconds_until),
                     "workers", (int)w->workers.count, "busy", (int)w->workers.busy,
                     "draining", (int)w->workers.draining, "disk_full",
                     (int)w->workers.starved);
}

void runs_why(struct request *r)
{
    struct waiting_run w;
    struct conn *c = request_reader(r);
    if (c == NULL)
        return;
    enum status status = waiting_run_read(r->app, c, r->id, &w);
    if (status == STATUS_OK)
        reply_json(r, MHD_HTTP_OK, view_waiting(r->id, &w));
    else
        reply_no_run(r, status);
}

static json_t *view_attempt(const struct attempt *a)
{
    return json_pack("{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "number",
                     (json_int_t)a->number, "state", a->state, "outcome",
                     json_text(a->outcome), "reason", json_text(a->reason), "started",
                     json_time(a->started), "finished", json_time(a->finished), "seconds",
                     json_measure(a->seconds), "build", json_text(a->build), "core",
                     json_text(a->core), "host", json_text(a->host), "resumed",
                     a->anew ? json_null() : json_integer(a->resumed));
}

static bool add_attempt(void *page, const struct attempt *a)
{
    return page_add(page, a->number, page_is_full(page) ? NULL : view_attempt(a));
}

static bool is_there(void *arg, const struct run *run)
{
    (void)arg;
    (void)run;
    return false;
}

void runs_attempts(struct request *r)
{
    struct page p;
    int64_t after = 0;
    struct conn *c = request_reader(r);
    if (c == NULL || !page_begin(r, &p, &after))
        return;
    enum status status = store_run_get(c, r->id, is_there, NULL);
    if (status == STATUS_OK)
        status = store_attempt_list(c, r->id, after, p.limit + 1, add_attempt, &p);
    json_t *list = page_json(&p);
    json_object_set_new(list, "run", json_integer(r->id));
    if (status == STATUS_OK) {
        reply_json(r, MHD_HTTP_OK, list);
        return;
    }
    json_decref(list);
    reply_no_run(r, status);
}

struct verify_write {
    int64_t run;
    const char *state; /* set by apply_verify, where the run does not fit */
};

static enum status apply_verify(struct conn *c, void *own)
{
    struct verify_write *w = own;
    return store_verification_request(c, w->run, clock_now_ms(), &w->state);
}

static void verify_accepted(struct request *r)
{
    char detail[120];
    const struct verify_write *w = r->own;
    if (r->outcome == STATUS_OK) {
        workers_wake(r->app->workers);
        reply_run(r, MHD_HTTP_ACCEPTED);
    } else if (r->outcome == STATUS_CONFLICT) {
        snprintf(detail, sizeof detail,
                 "run %lld is %s: it has no whole trace to compare", (long long)r->id,
                 w->state);
        reply_problem(r, r->outcome, detail, NULL);
    } else {
        reply_no_run(r, r->outcome);
    }
}

void runs_verify(struct request *r)
{
    json_t *body = body_object(r, "");
    if (body == NULL)
        return;
    json_decref(body);
    struct verify_write *w = calloc(1, sizeof *w);
    if (w == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    w->run = r->id;
    r->own = w;
    r->own_free = free;
    r->apply = apply_verify;
    r->resume = verify_accepted;
}
