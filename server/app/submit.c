/* In: the text of a job spec. Out: a job and its runs in the store, or all the problems. */
#include <stdlib.h>
#include <string.h>

#include "app/plans.h"
#include "base/clock.h"
#include "base/hash.h"
#include "store/jobs.h"
#include "store/query.h"
#include "store/queue.h"

enum { TRACE_ROWS_MAX = 1000000, KEY_MAX = 64 };

static const double RUN_BYTES_MAX = 4.0 * (1 << 30);

/* Bytes of weights that a run keeps: the present and the first ones. */
static double weight_bytes(const struct train_spec *t)
{
    double floats = 0;
    for (uint32_t l = 0; l < t->learner.net.layers; l++)
        floats += ((double)t->learner.net.units[l] + 1) *
                  ((double)t->learner.net.units[l + 1] + LANES);
    return floats * 2 * sizeof(float);
}

static void check_extent(const struct spec *s, const struct dataset *d,
                         struct problems *problems)
{
    const struct samples *training = d->train[s->centre];
    struct train_spec t;
    spec_check_layers(s, training->features, training->classes, problems);
    spec_train(s, 0, training->features, training->classes, training->count, &t);
    if (weight_bytes(&t) > RUN_BYTES_MAX)
        problems_add(problems, "/network/hidden", "too_large", NULL,
                     "the weights would take %.1f GiB of memory, more than %.0f",
                     weight_bytes(&t) / (1 << 30), RUN_BYTES_MAX / (1 << 30));
    if (t.stop_samples / t.evaluate_every > TRACE_ROWS_MAX)
        problems_add(problems, "/evaluate/every", "too_many_rows", NULL,
                     "%llu samples with an evaluation every %llu make more than %d trace "
                     "rows",
                     (unsigned long long)t.stop_samples,
                     (unsigned long long)t.evaluate_every, TRACE_ROWS_MAX);
}

enum status plan_check(const struct app *app, const struct plan *plan,
                       struct problems *problems)
{
    struct spec *s = malloc(sizeof *s);
    if (s == NULL)
        return STATUS_NO_MEMORY;
    struct buf why;
    buf_init(&why, 1000);
    enum status status = STATUS_OK;
    for (size_t cell = 0; cell < plan_cells(plan) && problems->count == 0; cell++) {
        const struct dataset *d;
        plan_cell_spec(plan, cell, s);
        buf_clear(&why);
        status = catalogue_get(app->catalogue, s->dataset, &d, &why);
        if (status == STATUS_NO_MEMORY)
            break;
        if (status == STATUS_OK) {
            check_extent(s, d, problems);
            plan_name_cell(plan, cell, 0, problems);
        } else {
            problems_add(problems, "/dataset",
                         status == STATUS_NOT_FOUND ? "unknown_dataset" : "bad_dataset",
                         NULL, "\"%s\": %s", s->dataset, why.data);
        }
    }
    buf_release(&why);
    free(s);
    if (status == STATUS_NO_MEMORY)
        return status;
    return problems->count > 0 ? STATUS_INVALID_SPEC : STATUS_OK;
}

enum status submission_prepare(const struct app *app, const char *json, size_t length,
                               struct submission *ret, struct problems *problems)
{
    *ret = (struct submission){.app = app};
    enum status status = plan_parse(json, length, &ret->plan, problems);
    if (status == STATUS_OK)
        status = plan_check(app, ret->plan, problems);
    if (status == STATUS_OK) {
        ret->spec = plan_json(ret->plan);
        status = ret->spec != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status != STATUS_OK)
        submission_release(ret);
    return status;
}

void submission_release(struct submission *s)
{
    plan_free(s->plan);
    free(s->spec);
    *s = (struct submission){.plan = NULL};
}

enum status plan_insert_cell(struct conn *c, const struct plan *plan, const char *params,
                             struct new_run *run)
{
    enum status status = STATUS_OK;
    run->params = params;
    for (size_t i = 0; i < plan_seeds(plan) && status == STATUS_OK; i++) {
        int64_t id;
        run->seed = plan_seed(plan, i);
        status = store_run_insert(c, run, &id);
    }
    return status;
}

static enum status insert_cell(struct conn *c, const struct submission *s, size_t cell,
                               int64_t now)
{
    char *params = plan_cell_params(s->plan, cell);
    if (params == NULL)
        return STATUS_NO_MEMORY;
    struct new_run run = {.job = s->job, .cell = (int64_t)cell, .created = now};
    enum status status = plan_insert_cell(c, s->plan, params, &run);
    free(params);
    return status;
}

/* The cells with what their specs say. */
static enum status insert_cells(struct conn *c, const struct submission *s, int64_t now)
{
    struct spec *spec = malloc(2 * sizeof *spec), *base = spec + 1;
    enum status status = spec != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    if (spec != NULL)
        plan_cell_spec(s->plan, 0, base);
    for (size_t cell = 0; cell < plan_cells(s->plan) && status == STATUS_OK; cell++) {
        plan_cell_spec(s->plan, cell, spec);
        status = values_insert(c, s->job, (int64_t)cell, spec, cell > 0 ? base : NULL);
        if (status == STATUS_OK)
            status = insert_cell(c, s, cell, now);
    }
    free(spec);
    return status == STATUS_OK ? store_spec_values_done(c, s->job) : status;
}

bool submission_is_key(const char *key)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-_";
    size_t n = strspn(key, characters);
    return n >= 1 && n <= KEY_MAX && key[n] == '\0';
}

/* NOT_FOUND: the job is new. */
static enum status find_earlier(struct conn *c, const struct job *j, struct submission *s)
{
    bool same = false;
    if (j->key == NULL)
        return STATUS_NOT_FOUND;
    enum status status = store_job_by_key(c, j, &s->job, &same);
    s->replayed = status == STATUS_OK && same;
    return status == STATUS_OK && !same ? STATUS_CONFLICT : status;
}

enum status quota_check(struct conn *c, const struct app *app, int64_t job, int64_t more)
{
    int64_t waiting = 0, most = app->waiting_per_owner;
    if (most == 0)
        return STATUS_OK;
    enum status status = store_owner_waiting(c, job, &waiting);
    return status == STATUS_OK && waiting + more > most ? STATUS_OVER_QUOTA : status;
}

static enum status insert_job(struct conn *c, struct submission *s, const struct job *j)
{
    if (workers_state(s->app->workers).starved)
        return STATUS_NO_SPACE;
    enum status status = store_job_insert(c, j, &s->job);
    if (status == STATUS_OK)
        status = quota_check(c, s->app, s->job,
                             (int64_t)(plan_cells(s->plan) * plan_seeds(s->plan)));
    return status == STATUS_OK ? insert_cells(c, s, j->created) : status;
}

enum status submission_apply(struct conn *c, void *arg)
{
    struct submission *s = arg;
    const struct spec *base = plan_base(s->plan);
    char key_spec[HASH_TEXT];
    hash_text(s->spec, strlen(s->spec), key_spec);
    char *tags = spec_tags_json(base);
    if (tags == NULL)
        return STATUS_NO_MEMORY;
    struct job j = {.name = base->name,
                    .note = base->note,
                    .tags = tags,
                    .dataset = base->dataset,
                    .owner = s->owner,
                    .spec = s->spec,
                    .cells = (int64_t)plan_cells(s->plan),
                    .priority = base->priority,
                    .parallel = base->parallel,
                    .reuse = base->reuse,
                    .key = s->key,
                    .key_spec = s->key != NULL ? key_spec : NULL,
                    .created = clock_now_ms()};
    enum status status = find_earlier(c, &j, s);
    if (status == STATUS_NOT_FOUND)
        status = insert_job(c, s, &j);
    free(tags);
    return status;
}

void submission_announce(const struct submission *s)
{
    workers_wake(s->app->workers);
}
