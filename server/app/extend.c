/* In: a job, and seeds or values to add. Out: the runs that were missing, in the store.
 */
#include <stdlib.h>
#include <string.h>

#include "app/jobs.h"
#include "app/plans.h"
#include "base/clock.h"

static bool copy_spec(void *arg, const struct job *j)
{
    *(char **)arg = strdup(j->spec);
    return false;
}

enum status extension_prepare(const struct app *app, struct conn *reader, int64_t job,
                              const char *more, size_t length, bool may_block,
                              struct extension *ret, struct problems *problems)
{
    *ret = (struct extension){.app = app, .job = job};
    enum status status = store_job_get(reader, job, copy_spec, &ret->before);
    if (status == STATUS_OK && ret->before == NULL)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = plan_extend(ret->before, more, length, &ret->plan, problems);
    if (status == STATUS_OK)
        status = plan_check(app, ret->plan, may_block, problems);
    if (status == STATUS_OK) {
        ret->after = plan_json(ret->plan);
        status = ret->after != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status != STATUS_OK)
        extension_release(ret);
    return status;
}

void extension_release(struct extension *e)
{
    plan_free(e->plan);
    free(e->before);
    free(e->after);
    *e = (struct extension){.plan = NULL};
}

/* The cells that a job has: a cell is what its params are, whatever its place in the
 * grid. */
struct known_cell {
    char *params;
    int64_t cell;
};

struct known {
    struct known_cell *cell;
    size_t count, room;
    int64_t next; /* number of the next new cell */
    enum status status;
};

static bool add_known(void *arg, int64_t cell, const char *params)
{
    struct known *k = arg;
    if (k->count == k->room) {
        size_t room = k->room == 0 ? 64 : 2 * k->room;
        struct known_cell *more = realloc(k->cell, room * sizeof *more);
        if (more == NULL) {
            k->status = STATUS_NO_MEMORY;
            return false;
        }
        k->cell = more;
        k->room = room;
    }
    struct known_cell *one = &k->cell[k->count];
    *one = (struct known_cell){.params = strdup(params), .cell = cell};
    if (one->params == NULL) {
        k->status = STATUS_NO_MEMORY;
        return false;
    }
    k->count++;
    k->next = cell >= k->next ? cell + 1 : k->next;
    return true;
}

static int by_params(const void *a, const void *b)
{
    return strcmp(((const struct known_cell *)a)->params,
                  ((const struct known_cell *)b)->params);
}

static void known_release(struct known *k)
{
    for (size_t i = 0; i < k->count; i++)
        free(k->cell[i].params);
    free(k->cell);
}

static enum status insert_values(struct conn *c, const struct extension *e, size_t i,
                                 int64_t cell)
{
    struct spec *spec = malloc(2 * sizeof *spec), *base = spec + 1;
    if (spec == NULL)
        return STATUS_NO_MEMORY;
    plan_cell_spec(e->plan, i, spec);
    plan_cell_spec(e->plan, 0, base);
    enum status status = values_insert(c, e->job, cell, spec, base);
    free(spec);
    return status;
}

/* What a held job gets is held, too: it shall not run yet. */
static enum status insert_missing(struct conn *c, struct extension *e, struct known *k)
{
    bool held = false;
    enum status status = store_job_is_held(c, e->job, &held);
    int64_t now = clock_now_ms();
    for (size_t i = 0; i < plan_cells(e->plan) && status == STATUS_OK; i++) {
        struct known_cell wanted = {.params = plan_cell_params(e->plan, i)},
                          *found = NULL;
        if (wanted.params == NULL)
            return STATUS_NO_MEMORY;
        if (k->count > 0)
            found = bsearch(&wanted, k->cell, k->count, sizeof wanted, by_params);
        struct new_run run = {.job = e->job,
                              .cell = found != NULL ? found->cell : k->next++,
                              .created = now,
                              .held = held};
        if (found == NULL)
            status = insert_values(c, e, i, run.cell);
        if (status == STATUS_OK)
            status = plan_insert_cell(c, e->plan, wanted.params, &run);
        free(wanted.params);
    }
    return status;
}

enum status extension_apply(struct conn *c, void *arg)
{
    struct extension *e = arg;
    if (workers_state(e->app->workers).starved)
        return STATUS_NO_SPACE;
    struct known known = {.count = 0};
    enum status status =
        store_job_extend(c, e->job, e->before, e->after, (int64_t)plan_cells(e->plan));
    if (status == STATUS_OK)
        status = store_cell_list(c, e->job, add_known, &known);
    if (status == STATUS_OK)
        status = known.status;
    if (status == STATUS_OK) {
        qsort(known.cell, known.count, sizeof *known.cell, by_params);
        status = insert_missing(c, e, &known);
    }
    if (status == STATUS_OK)
        status = quota_check(c, e->app, e->job, 0);
    known_release(&known);
    return status;
}

void extension_announce(const struct extension *e)
{
    workers_wake(e->app->workers);
}
