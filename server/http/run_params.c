/* In: a run, and places in specs that some job sweeps. Out: the run's values there. */
#include "http/run_params.h"

#include <stdlib.h>
#include <string.h>

#include "spec/run_values.h"

void run_params_release(struct run_params *p)
{
    free(p->spec);
    p->spec = NULL;
}

static bool copy_spec(void *arg, const struct job *j)
{
    struct run_params *p = arg;
    p->spec = strdup(j->spec);
    p->job = j->id;
    return false;
}

static bool find_spec(struct run_params *p, struct conn *c, int64_t job)
{
    if (p->spec != NULL && p->job == job)
        return true;
    run_params_release(p);
    return store_job_get(c, job, copy_spec, p) == STATUS_OK && p->spec != NULL;
}

static bool has_all(const json_t *params, char *const *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_object_get(params, places[i]) == NULL)
            return false;
    return true;
}

/* The spec of another version, which nobody can read, adds nothing. */
static bool add_values(const struct run_params *p, const struct run *run, json_t *params,
                       char *const *places, size_t count)
{
    struct run_values values;
    enum status status = run_values_read(p->spec, run->params, &values);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const json_t *value = run_value(&values, places[i]);
        if (value != NULL && json_object_get(params, places[i]) == NULL)
            json_object_set_new(params, places[i], json_deep_copy(value));
    }
    run_values_release(&values);
    return status != STATUS_NO_MEMORY;
}

json_t *run_params_read(struct run_params *p, struct conn *c, const struct run *run,
                        char *const *places, size_t count)
{
    json_t *params = json_stored(run->params);
    if (has_all(params, places, count) ||
        (find_spec(p, c, run->job) && add_values(p, run, params, places, count)))
        return params;
    json_decref(params);
    return NULL;
}
