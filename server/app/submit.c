/* In: the text of a job spec. Out: a job and its runs in the store, or all the problems.
 */
#include <stdlib.h>
#include <string.h>

#include "app/plans.h"
#include "base/clock.h"
#include "base/hash.h"
#include "store/jobs.h"
#include "store/query.h"
#include "store/queue.h"
#include "work/extent.h"

enum { KEY_MAX = 64 };

/* Why a data set cannot be had; nothing where it is on its way. */
static enum status tell_dataset(const struct app *app, const char *name,
                                enum status status, const struct buf *why,
                                struct problems *problems)
{
    struct arrival_info coming;
    if (status == STATUS_OK || status == STATUS_NO_MEMORY)
        return status;
    if (status == STATUS_NOT_FOUND && arrivals_get(app->arrivals, name, &coming) &&
        coming.state != ARRIVAL_FAILED)
        return STATUS_OK;
    problems_add(problems, "/dataset",
                 status == STATUS_NOT_FOUND ? "unknown_dataset" : "bad_dataset", NULL,
                 "\"%s\": %s", name, why->data);
    return STATUS_INVALID_SPEC;
}

/* What else is wrong with a spec that is refused already: its data set is not loaded for
 * that. */
static void check_name(const struct app *app, const char *json, size_t length,
                       struct problems *problems)
{
    char name[SPEC_DATASET_SIZE];
    struct dataset_info info;
    struct buf why;
    buf_init(&why, 1000);
    if (plan_dataset(json, length, name))
        tell_dataset(app, name, catalogue_info(app->catalogue, name, &info, &why), &why,
                     problems);
    buf_release(&why);
}

/* Only the data set can tell whether the spec fits. One that is on its way cannot yet;
 * then the run is asked, once it is there. */
static enum status check_cell(const struct app *app, const struct spec *s, bool may_block,
                              struct problems *problems)
{
    if (!may_block && !catalogue_is_loaded(app->catalogue, s->dataset))
        return STATUS_UNAVAILABLE;
    const struct dataset *d = NULL;
    struct buf why;
    buf_init(&why, 1000);
    enum status status = catalogue_get(app->catalogue, s->dataset, &d, &why);
    if (status == STATUS_OK) {
        extent_check(s, d, problems);
        catalogue_put(app->catalogue, d);
    }
    status = tell_dataset(app, s->dataset, status, &why, problems);
    buf_release(&why);
    return status;
}

enum status plan_check(const struct app *app, const struct plan *plan, bool may_block,
                       struct problems *problems)
{
    struct spec *s = malloc(sizeof *s);
    enum status status = s != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; i < plan_cells(plan) && status == STATUS_OK; i++) {
        plan_cell_spec(plan, i, s);
        status = check_cell(app, s, may_block, problems);
        if (status == STATUS_OK && problems->count > 0) {
            plan_name_cell(plan, i, 0, problems);
            status = STATUS_INVALID_SPEC;
        }
    }
    free(s);
    return status;
}

enum status submission_prepare(const struct app *app, const char *json, size_t length,
                               bool may_block, struct submission *ret,
                               struct problems *problems)
{
    *ret = (struct submission){.app = app};
    enum status status = plan_parse(json, length, &ret->plan, problems);
    if (status == STATUS_INVALID_SPEC)
        check_name(app, json, length, problems);
    if (status == STATUS_OK)
        status = plan_check(app, ret->plan, may_block, problems);
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
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
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
