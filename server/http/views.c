#include "http/views.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "app/start.h"
#include "data/catalogue.h"
#include "http/reply.h"

json_t *view_job(const struct job *j)
{
    long long total = 0, ended = 0;
    json_t *runs = json_object();
    for (int s = 0; s < RUN_STATES; s++) {
        total += j->runs[s];
        ended += run_state_is_final((enum run_state)s) ? j->runs[s] : 0;
        json_object_set_new(runs, run_state_name((enum run_state)s),
                            json_integer(j->runs[s]));
    }
    json_object_set_new(runs, "total", json_integer(total));
    double done = total > 0 ? ((double)ended + j->running) / (double)total : 0;
    json_t *o = json_object();
    json_object_set_new(o, "id", json_integer(j->id));
    json_object_set_new(o, "name", json_string(j->name));
    json_object_set_new(o, "tags", json_stored(j->tags));
    json_object_set_new(o, "note", json_string(j->note));
    json_object_set_new(o, "state", json_string(job_state_of(j->runs)));
    json_object_set_new(o, "priority", json_integer(j->priority));
    json_object_set_new(o, "owner", json_string(j->owner));
    json_object_set_new(o, "parallel",
                        j->parallel > 0 ? json_integer(j->parallel) : json_null());
    json_object_set_new(o, "dataset", json_string(j->dataset));
    json_object_set_new(o, "cells", json_integer(j->cells));
    json_object_set_new(o, "runs", runs);
    json_object_set_new(o, "progress", json_real(done));
    json_object_set_new(o, "created", json_time(j->created));
    json_object_set_new(o, "started", json_time(j->started));
    json_object_set_new(o, "finished", json_time(j->finished));
    json_object_set_new(o, "trashed", json_time(j->trashed));
    if (j->spec != NULL)
        json_object_set_new(o, "spec", json_stored(j->spec));
    return o;
}

static json_t *ratio(double a, double b)
{
    return b > 0 ? json_measure(a / b) : json_null();
}

/* Whether a trace column is the total of a further energy: "m0.5", "m0.5_direct". */
static bool is_further_energy(const char *name, size_t length)
{
    static const char *const always[] = {"m0", "m1", "m0_direct", "m1_direct"};
    if (name[0] != 'm' || !isdigit((unsigned char)name[1]) ||
        memmem(name, length, "_layer", strlen("_layer")) != NULL)
        return false;
    for (int i = 0; i < 4; i++)
        if (strlen(always[i]) == length && memcmp(name, always[i], length) == 0)
            return false;
    return true;
}

static void add_further_energies(json_t *o, const struct run *r)
{
    const char *name = r->columns;
    for (size_t at = 0; at < r->newest_size && *name != '\0'; at += sizeof(double)) {
        size_t length = strcspn(name, " ");
        double x;
        memcpy(&x, (const char *)r->newest + at, sizeof x);
        if (is_further_energy(name, length))
            json_object_setn_new(o, name, length, json_measure(x));
        name += length + (name[length] == ' ');
    }
}

static json_t *view_results(const struct run *r)
{
    if (r->last < 0)
        return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "samples", json_integer(r->samples));
    json_object_set_new(o, "epochs", json_measure(r->epochs));
    json_object_set_new(o, "test_accuracy", json_measure(r->test_accuracy));
    json_object_set_new(o, "m0", json_count(r->m0));
    json_object_set_new(o, "m1", json_measure(r->m1));
    json_object_set_new(o, "m0_direct", json_count(r->m0_direct));
    json_object_set_new(o, "m1_direct", json_measure(r->m1_direct));
    json_object_set_new(o, "inefficiency_m0", ratio(r->m0, r->m0_direct));
    json_object_set_new(o, "inefficiency_m1", ratio(r->m1, r->m1_direct));
    json_object_set_new(o, "maintenance", json_measure(r->maintenance));
    json_object_set_new(o, "seconds", json_measure(r->seconds));
    add_further_energies(o, r);
    return o;
}

/* Live for a run at work, else from its newest row. */
static json_t *view_progress(const struct app *app, const struct run *r)
{
    struct progress live = {0, 0};
    double samples = (double)r->samples, rate = 0, left = NAN;
    double of = (double)r->stop_samples;
    if (r->last < 0 && (r->state == RUN_QUEUED || r->state == RUN_HELD))
        return json_null();
    if (r->state == RUN_RUNNING && workers_progress(app->workers, r->id, &live)) {
        samples = fmax(samples, (double)live.samples);
        rate = live.per_second;
        left = start_seconds_left(r, &live);
    } else if (run_state_is_final(r->state) && r->seconds > 0) {
        rate = samples / r->seconds;
        left = 0;
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "samples", json_count(samples), "of",
                     of > 0 ? json_count(of) : json_null(), "per_second",
                     rate > 0 ? json_measure(round(rate)) : json_null(), "seconds_left",
                     json_measure(left));
}

/* The hashes of the four files under their names. */
static json_t *view_data_sha256(const char *text)
{
    json_t *o = json_object();
    for (int f = 0; f < DATASET_FILES && *text != '\0'; f++) {
        size_t n = strcspn(text, " ");
        json_object_set_new(o, dataset_file_name((enum dataset_file)f),
                            json_stringn(text, n));
        text += n + (text[n] == ' ');
    }
    return o;
}

static json_t *view_provenance(const struct run *r)
{
    if (r->spec_sha256 == NULL || r->data_sha256 == NULL)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "spec_sha256", r->spec_sha256,
                     "dataset_sha256", view_data_sha256(r->data_sha256), "build",
                     json_text(r->build), "core", json_text(r->core), "cpu",
                     json_text(r->cpu), "host", json_text(r->host));
}

static json_t *view_verified(const struct run *r)
{
    if (r->verified.state == NULL)
        return json_null();
    int64_t row = r->verified.seq;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "state", r->verified.state,
                     "requested", json_time(r->verified.requested), "finished",
                     json_time(r->verified.finished), "row",
                     row >= 0 ? json_integer(row) : json_null(), "reason",
                     json_text(r->verified.reason), "build", json_text(r->verified.build),
                     "core", json_text(r->verified.core));
}

json_t *view_run(const struct app *app, const struct run *r, int64_t place)
{
    json_t *o = json_object();
    bool has_weights = run_state_is_final(r->state) && r->weights > 0;
    json_object_set_new(o, "id", json_integer(r->id));
    json_object_set_new(o, "job", json_integer(r->job));
    json_t *params = json_stored(r->params), *swept = json_object_get(params, "/dataset");
    json_object_set_new(o, "dataset",
                        swept != NULL ? json_incref(swept) : json_string(r->dataset));
    json_object_set_new(o, "cell", json_integer(r->cell));
    json_object_set_new(o, "seed", json_integer(r->seed));
    json_object_set_new(o, "params", params);
    json_object_set_new(o, "state", json_string(run_state_name(r->state)));
    json_object_set_new(o, "outcome", json_text(r->outcome));
    json_object_set_new(o, "reason", json_text(r->reason));
    json_object_set_new(o, "reused",
                        r->reused > 0 ? json_integer(r->reused) : json_null());
    json_object_set_new(o, "verified", view_verified(r));
    json_object_set_new(o, "attempts", json_integer(r->attempts));
    json_object_set_new(o, "place", place > 0 ? json_integer(place) : json_null());
    json_object_set_new(o, "progress", view_progress(app, r));
    json_object_set_new(o, "results", view_results(r));
    json_object_set_new(o, "weights",
                        has_weights ? json_integer(r->weights) : json_null());
    json_object_set_new(o, "provenance", view_provenance(r));
    json_object_set_new(o, "created", json_time(r->created));
    json_object_set_new(o, "started", json_time(r->started));
    json_object_set_new(o, "finished", json_time(r->finished));
    return o;
}
