/* /v1/work: how workers that are elsewhere get runs, and say how they begin and end. In:
 * what a worker says. Out: writes, each of which finds the lease of its run still there,
 * or is refused as a whole. */
#include "http/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/body.h"
#include "http/reply.h"
#include "http/routes.h"
#include "remote/wire.h"
#include "store/attempts.h"
#include "store/changes.h"
#include "store/checkpoints.h"
#include "store/weights.h"
#include "work/desk.h"

void work_refuse(struct request *r, enum status status)
{
    if (status == STATUS_LEASE_LOST)
        log_warning("what came for lease %lld was refused: it is over", (long long)r->id);
    else if (status != STATUS_STOPPED)
        log_warning("what came for lease %lld was refused: %s", (long long)r->id,
                    status_text(status));
    reply_problem(r, status,
                  status == STATUS_PRECONDITION_FAILED
                      ? "it does not go with what the server has of this run"
                  : status == STATUS_CONFLICT
                      ? "a row is not the same as the one that is there"
                      : NULL,
                  NULL);
}

bool work_lease(struct request *r, struct lease *ret)
{
    struct conn *c = request_reader(r);
    if (c == NULL)
        return false;
    enum status status = store_lease_get(c, r->id, ret);
    if (status != STATUS_OK) {
        work_refuse(r, status);
        return false;
    }
    struct crew *crew = workers_crew(r->app->workers);
    if (!crew_hear_of(crew, ret->id, 0, 0))
        crew_give(crew, ret);
    return true;
}

void work_reply(struct request *r, const struct lease *l)
{
    bool unwanted = false;
    struct conn *c = request_reader(r);
    if (c == NULL)
        return;
    enum status status = store_lease_unwanted(c, l, &unwanted);
    if (status == STATUS_OK)
        reply_json(r, MHD_HTTP_OK,
                   json_pack("{s:b, s:f}", "unwanted", (int)unwanted, "heartbeat",
                             crew_heartbeat(workers_crew(r->app->workers))));
    else
        reply_problem(r, status, NULL, NULL);
}

/* A worker that asks for a run. */
struct order {
    const struct app *app;
    struct worker_name who;
    struct schedule_limits limits;
    struct claim claim;
    struct lease lease;
};

static void free_order(void *own)
{
    struct order *o = own;
    claim_release(&o->claim);
    free(o);
}

static enum status apply_claim(struct conn *c, void *own)
{
    struct order *o = own;
    claim_release(&o->claim);
    return store_lease_claim(c, &o->limits, clock_now_ms(), &o->who, &o->claim,
                             &o->lease);
}

/* Nothing is to be done; how soon to ask again, in seconds. */
static void reply_nothing(struct request *r, double again)
{
    reply_json(r, MHD_HTTP_OK, json_pack("{s:n, s:f}", "lease", "again", again));
}

static const double SOON = 0.1, LATER = 1;

static void claimed(struct request *r)
{
    const struct order *o = r->own;
    struct crew *crew = workers_crew(r->app->workers);
    if (r->outcome == STATUS_NOT_FOUND || r->outcome == STATUS_CONFLICT) {
        reply_nothing(r, r->outcome == STATUS_CONFLICT ? SOON : LATER);
        return;
    }
    json_t *claim = r->outcome == STATUS_OK ? wire_claim(&o->claim) : NULL;
    if (claim == NULL) {
        work_refuse(r, r->outcome != STATUS_OK ? r->outcome : STATUS_NO_MEMORY);
        return;
    }
    crew_give(crew, &o->lease);
    log_info("run %lld of job %lld: lease %lld of worker %s on %s",
             (long long)o->lease.run, (long long)o->lease.job, (long long)o->lease.id,
             o->who.worker, o->who.host);
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:I, s:o, s:f, s:f, s:f}", "lease", (json_int_t)o->lease.id,
                         "claim", claim, "lease_seconds", crew_lease_seconds(crew),
                         "heartbeat", crew_heartbeat(crew), "checkpoint_seconds",
                         workers_place(r->app->workers)->checkpoint_seconds));
}

static void refuse_build(struct request *r, const char *version, const char *core)
{
    char detail[400];
    const struct execution_place *ours = workers_place(r->app->workers);
    snprintf(
        detail, sizeof detail,
        "the worker is frugald %.80s with core %.20s, the server %.80s with core %.20s: "
        "runs would not have the same bits; start workers of the server's build",
        version, core, ours->build, ours->core);
    log_warning("a worker was refused: %s", detail);
    reply_problem(r, STATUS_CONFLICT, detail, NULL);
}

static bool copy_word(const json_t *body, const char *key, char *ret, size_t room)
{
    const char *text = wire_text(body, key, room - 1);
    if (text != NULL)
        snprintf(ret, room, "%s", text);
    return text != NULL;
}

static void read_order(struct request *r, const json_t *body, struct order *o)
{
    char cpu[128] = "", version[81], core[CORE_TEXT];
    const struct execution_place *ours = workers_place(r->app->workers);
    struct workers_state s = workers_state(r->app->workers);
    if (!copy_word(body, "worker", o->who.worker, WORKER_TEXT) ||
        o->who.worker[0] == '\0' || !copy_word(body, "host", o->who.host, WORKER_TEXT) ||
        !copy_word(body, "cpu", cpu, sizeof cpu) ||
        !copy_word(body, "version", version, sizeof version) ||
        !copy_word(body, "core", core, sizeof core)) {
        body_refuse(r, "", "wrong_value",
                    "worker, host, cpu, version and core must be texts on one line");
        return;
    }
    copy_word(body, "slurm", o->who.slurm, WORKER_TEXT);
    if (strcmp(core, ours->core) != 0) {
        refuse_build(r, version, core);
    } else if (json_is_true(json_object_get(body, "leaves"))) {
        crew_leave(workers_crew(r->app->workers), o->who.worker);
        reply_nothing(r, LATER);
    } else {
        crew_hear(workers_crew(r->app->workers), &o->who, cpu);
        if (s.draining || s.starved) {
            reply_nothing(r, LATER);
        } else {
            r->apply = apply_claim;
            r->resume = claimed;
        }
    }
}

void work_claim(struct request *r)
{
    json_t *body = body_object(r, " worker host slurm cpu version core leaves ");
    if (body == NULL)
        return;
    struct order *o = calloc(1, sizeof *o);
    r->own = o;
    r->own_free = o != NULL ? free_order : NULL;
    if (o != NULL) {
        o->limits = workers_limits(r->app->workers);
        read_order(r, body, o);
    } else {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
    }
    json_decref(body);
}

void work_sign(struct request *r)
{
    json_t *body = body_object(r, " samples per_second ");
    if (body == NULL)
        return;
    json_int_t samples = json_integer_value(json_object_get(body, "samples"));
    double rate = json_number_value(json_object_get(body, "per_second"));
    json_decref(body);
    struct lease l;
    if (samples > 0)
        crew_hear_of(workers_crew(r->app->workers), r->id, (uint64_t)samples,
                     rate > 0 ? rate : 0);
    if (work_lease(r, &l))
        work_reply(r, &l);
}

/* A start or an end on its way to the writer. */
struct step {
    const struct app *app;
    int64_t id;
    struct lease lease;
    json_t *body; /* what texts are borrowed from */
    struct run_start start;
    struct claim claim;
    bool reused, continues;
    struct wire_end end;
    struct buf absent;
};

static void free_step(void *own)
{
    struct step *s = own;
    json_decref(s->body);
    buf_release(&s->absent);
    free(s);
}

/* NULL: the request has been answered. */
static struct step *begin_step(struct request *r, const char *keys)
{
    json_t *body = body_object(r, keys);
    struct step *s = body != NULL ? calloc(1, sizeof *s) : NULL;
    if (s == NULL) {
        if (body != NULL)
            reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        json_decref(body);
        return NULL;
    }
    *s = (struct step){.app = r->app, .id = r->id, .body = body};
    buf_init(&s->absent, 1 << 17);
    r->own = s;
    r->own_free = free_step;
    return s;
}

static enum status read_reuse(struct conn *c, struct step *s)
{
    struct claim claim = {.run = 0};
    enum status status = store_run_claimed(c, s->lease.run, &claim);
    s->claim.reuse = claim.reuse;
    s->claim.job = claim.job;
    s->start.attempt = claim.attempt;
    claim_release(&claim);
    return status;
}

static enum status apply_start(struct conn *c, void *own)
{
    struct step *s = own;
    enum status status = store_lease_get(c, s->id, &s->lease);
    if (status == STATUS_OK)
        status = read_reuse(c, s);
    s->start.run = s->lease.run;
    if (status == STATUS_OK)
        status = store_run_begin(c, s->app->store, &s->start, &s->claim, clock_now_ms(),
                                 &s->reused);
    if (status == STATUS_OK)
        status = store_checkpoint_exists(c, s->lease.run, &s->continues);
    return status == STATUS_OK && s->reused ? store_lease_close(c, s->id) : status;
}

static void started(struct request *r)
{
    const struct step *s = r->own;
    if (r->outcome != STATUS_OK) {
        work_refuse(r, r->outcome);
        return;
    }
    if (s->reused)
        crew_take(workers_crew(r->app->workers), r->id);
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:b, s:b}", "reused", (int)s->reused, "checkpoint",
                         (int)s->continues));
}

void work_start(struct request *r)
{
    struct lease l;
    struct step *s = begin_step(
        r, " stop_samples columns spec_sha256 data_sha256 build core cpu host timed ");
    if (s == NULL)
        return;
    if (!wire_read_start(s->body, &s->start)) {
        body_refuse(r, "", "wrong_value", "this is not how an attempt begins");
    } else if (work_lease(r, &l)) {
        store_weights_remove(r->app->store, l.run); /* of an earlier attempt */
        r->apply = apply_start;
        r->resume = started;
    }
}

/* The weights file has come before. */
static enum status end_run(struct conn *c, struct step *s)
{
    struct run_end *e = &s->end.run;
    enum status status = STATUS_OK;
    e->run = s->lease.run;
    e->job = s->lease.job;
    e->now = clock_now_ms();
    if (s->end.kind == WIRE_FINISH && e->weights > 0)
        status = store_weights_adopt(s->app->store, e->run, s->id, &e->weights);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_PRECONDITION_FAILED : status;
    if (s->end.kind == WIRE_FINISH)
        return store_run_finish(c, e);
    if (s->end.kind == WIRE_REQUEUE)
        return store_run_requeue(c, e);
    e->reason = s->absent.data;
    return store_run_wait_for(c, e, s->end.dataset);
}

static enum status apply_end(struct conn *c, void *own)
{
    struct step *s = own;
    struct verification_end *v = &s->end.verification;
    enum status status = store_lease_get(c, s->id, &s->lease);
    if (status != STATUS_OK)
        return status;
    if (s->lease.verifies != (s->end.kind == WIRE_VERIFIED))
        return STATUS_PRECONDITION_FAILED;
    v->run = s->lease.run;
    v->job = s->lease.job;
    v->now = clock_now_ms();
    status = s->lease.verifies ? store_verification_end(c, v) : end_run(c, s);
    return status == STATUS_OK ? store_lease_close(c, s->id) : status;
}

static void ended(struct request *r)
{
    const struct step *s = r->own;
    if (r->outcome != STATUS_OK) {
        work_refuse(r, r->outcome);
        return;
    }
    store_weights_drop(r->app->store, s->lease.run, r->id);
    crew_take(workers_crew(r->app->workers), r->id);
    if (s->end.kind != WIRE_FINISH)
        workers_wake(r->app->workers); /* somebody else may go on with it */
    log_info("run %lld, lease %lld: %s%s%s", (long long)s->lease.run, (long long)r->id,
             s->end.kind == WIRE_VERIFIED ? "verified: " : "",
             s->end.kind == WIRE_VERIFIED ? s->end.verification.state
                                          : run_state_name(s->end.run.state),
             s->end.kind == WIRE_REQUEUE ? ", given back" : "");
    reply_json(r, MHD_HTTP_OK, json_object());
}

void work_end(struct request *r)
{
    struct lease l;
    struct step *s = begin_step(r, " kind state outcome reason seconds earlier changes "
                                   "weights stays_suspect dataset seq ");
    if (s == NULL)
        return;
    const struct execution_place *ours = workers_place(r->app->workers);
    if (!wire_read_end(s->body, &s->end)) {
        body_refuse(r, "", "wrong_value", "this is not how an attempt ends");
        return;
    }
    s->end.verification.build = ours->build;
    s->end.verification.core = ours->core;
    if (s->end.kind == WIRE_WAIT)
        desk_say_absent(r->app->catalogue, s->end.dataset, &s->absent);
    if (work_lease(r, &l)) {
        r->apply = apply_end;
        r->resume = ended;
    }
}
