/* In: the specs of cells. Out: their values in the store, for queries. */
#include <stdlib.h>
#include <string.h>

#include "app/plans.h"
#include "base/log.h"
#include "spec/paths.h"
#include "store/query.h"

struct values {
    struct conn *c;
    int64_t job, cell;
    enum status status;
};

static bool insert_value(void *arg, const char *path, const struct value *value)
{
    struct values *v = arg;
    v->status = store_spec_value_add(v->c, v->job, v->cell, path, value);
    return v->status == STATUS_OK;
}

enum status values_insert(struct conn *c, int64_t job, int64_t cell, const struct spec *s,
                          const struct spec *base)
{
    enum { EVERY_CELL = -1 };
    struct values v = {.c = c, .job = job, .cell = base != NULL ? cell : EVERY_CELL};
    enum status status = spec_values(s, base, insert_value, &v);
    return status == STATUS_OK ? v.status : status;
}

/* A job whose values are missing. */
struct late_job {
    struct conn *c;
    int64_t job;
    char *spec;
    struct spec *cell, *base; /* of one allocation */
    bool has_base;
    enum status status;
};

static bool copy_spec(void *arg, const struct job *j)
{
    ((struct late_job *)arg)->spec = strdup(j->spec);
    return false;
}

/* A spec that this version does not understand any more has no values. */
static bool insert_late_cell(void *arg, int64_t cell, const char *params)
{
    struct late_job *l = arg;
    l->status = spec_of_run(l->spec, params, l->has_base ? l->cell : l->base);
    if (l->status == STATUS_NO_MEMORY)
        return false;
    if (l->status == STATUS_OK && l->has_base)
        l->status = values_insert(l->c, l->job, cell, l->cell, l->base);
    else if (l->status == STATUS_OK)
        l->status = values_insert(l->c, l->job, cell, l->base, NULL);
    else
        log_warning("job %lld: its spec cannot be read any more", (long long)l->job);
    bool readable = l->status == STATUS_OK;
    l->has_base = l->has_base || readable;
    if (l->status == STATUS_BAD_JSON || l->status == STATUS_INVALID_SPEC)
        l->status = STATUS_OK;
    return readable;
}

static enum status insert_late(struct conn *c, void *arg)
{
    struct late_job l = {.c = c, .job = *(int64_t *)arg};
    l.cell = malloc(2 * sizeof *l.cell);
    enum status status = store_job_get(c, l.job, copy_spec, &l);
    if (status == STATUS_OK && (l.cell == NULL || l.spec == NULL))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        l.base = l.cell + 1;
        status = store_cell_list(c, l.job, insert_late_cell, &l);
    }
    if (status == STATUS_OK)
        status = l.status;
    free(l.cell);
    free(l.spec);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) /* being purged */
        return status;
    return store_spec_values_done(c, l.job);
}

enum status app_catch_up(const struct app *app)
{
    struct conn *reader = store_reader(app->store);
    int64_t job = 0;
    enum status status = STATUS_OK;
    if (reader == NULL)
        return STATUS_NO_MEMORY;
    for (int64_t n = 0; status == STATUS_OK; n++) {
        status = store_spec_values_next(reader, job, &job);
        if (status == STATUS_OK)
            status = store_write(app->store, insert_late, &job);
        if (status == STATUS_NOT_FOUND && n > 0)
            log_info("the specs of %lld jobs can be searched now", (long long)n);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
