/* In: the ids of runs, page by page. Out: cells of one spec each, with their runs. Specs
 * are compared as canonical texts, in which the seed is left out. */
#include "app/pool.h"

#include <stdlib.h>
#include <string.h>

#include "spec/differences.h"
#include "spec/spec.h"
#include "store/jobs.h"

static bool note_run(void *arg, const struct run *r)
{
    struct pool *p = arg;
    p->run[p->runs++] =
        (struct pooled_run){.id = r->id, .job = r->job, .cell = r->cell, .seed = r->seed};
    return false;
}

static enum status note_runs(struct conn *c, const struct query_found *found,
                             struct pool *p)
{
    enum status status = STATUS_OK;
    struct pooled_run *run = realloc(p->run, (p->runs + found->count + 1) * sizeof *run);
    if (run == NULL)
        return STATUS_NO_MEMORY;
    p->run = run;
    for (size_t i = 0; i < found->count && status == STATUS_OK; i++) {
        status = store_run_get(c, found->id[i], note_run, p);
        if (status == STATUS_NOT_FOUND) /* it has gone meanwhile */
            status = STATUS_OK;
    }
    return status;
}

static enum status find_runs(struct conn *c, struct listing *runs,
                             const struct halt *halt, struct pool *p)
{
    struct query_found found = {.more = true};
    enum status status = STATUS_OK;
    while (status == STATUS_OK && found.more) {
        if (halt_is_asked(halt))
            return STATUS_STOPPED;
        status = store_query(c, listing_query(runs), &found);
        if (status == STATUS_OK)
            status = note_runs(c, &found, p);
        if (status == STATUS_OK && found.more)
            listing_go_on(runs, &found);
        query_found_release(&found);
    }
    return status;
}

static int compare_integers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
    const struct pooled_run *x = a, *y = b;
    int order = compare_integers(x->job, y->job);
    return order != 0 ? order : compare_integers(x->cell, y->cell);
}

static int by_cell(const void *a, const void *b)
{
    const struct pooled_run *x = a, *y = b;
    int order = compare_integers((int64_t)x->of, (int64_t)y->of);
    order = order != 0 ? order : compare_integers(x->seed, y->seed);
    return order != 0 ? order : compare_integers(x->id, y->id);
}

static bool copy_spec(void *arg, const struct job *j)
{
    *(char **)arg = strdup(j->spec);
    return false;
}

static bool copy_params(void *arg, const struct run *r)
{
    *(char **)arg = strdup(r->params);
    return false;
}

static enum status unreadable(int64_t job, struct buf *why)
{
    buf_addf(why, "the spec of job %lld cannot be read by this version", (long long)job);
    return STATUS_INTERNAL;
}

/* The specs of the cells, by job: that of the job is read once. */
struct reading {
    struct conn *c;
    const struct halt *halt;
    struct buf *why;
    int64_t job;
    struct job_spec *spec; /* of the job; NULL: none yet */
};

static enum status read_job(struct reading *r, int64_t job)
{
    char *text = NULL;
    if (r->spec != NULL && r->job == job)
        return STATUS_OK;
    job_spec_close(r->spec);
    r->spec = NULL;
    r->job = job;
    enum status status = store_job_get(r->c, job, copy_spec, &text);
    if (status == STATUS_OK && text == NULL)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        status = job_spec_open(text, &r->spec);
        if (status != STATUS_OK && status != STATUS_NO_MEMORY)
            status = unreadable(job, r->why);
    }
    free(text);
    return status;
}

static enum status read_spec(struct reading *r, const struct pooled_run *run, char **ret)
{
    char *params = NULL;
    struct spec *spec = malloc(sizeof *spec);
    enum status status = spec != NULL ? read_job(r, run->job) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = store_run_get(r->c, run->id, copy_params, &params);
    if (status == STATUS_OK && params == NULL)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        status = job_spec_of_cell(r->spec, params, spec);
        if (status != STATUS_OK && status != STATUS_NO_MEMORY)
            status = unreadable(run->job, r->why);
    }
    *ret = status == STATUS_OK ? spec_canonical(spec, 0) : NULL;
    free(spec);
    free(params);
    return status == STATUS_OK && *ret == NULL ? STATUS_NO_MEMORY : status;
}

static enum status add_place(struct pool *p, struct reading *reading,
                             const struct pooled_run *run)
{
    if (halt_is_asked(reading->halt))
        return STATUS_STOPPED;
    if (p->cells == POOL_CELLS_MAX) {
        buf_addf(reading->why,
                 "these runs are of more than %d cells: say which with a "
                 "filter that finds fewer",
                 POOL_CELLS_MAX);
        return STATUS_BAD_REQUEST;
    }
    struct pooled_cell *cell = &p->cell[p->cells++];
    *cell = (struct pooled_cell){.job = run->job, .cell = run->cell};
    return read_spec(reading, run, &cell->spec);
}

/* One cell for each place, job and cell, that a run is of. */
static enum status list_places(struct pool *p, struct reading *reading)
{
    enum status status = STATUS_OK;
    size_t most = p->runs < POOL_CELLS_MAX ? p->runs : POOL_CELLS_MAX;
    qsort(p->run, p->runs, sizeof *p->run, by_place);
    p->cell = calloc(most + 1, sizeof *p->cell);
    if (p->cell == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < p->runs && status == STATUS_OK; i++) {
        struct pooled_run *r = &p->run[i];
        if (i == 0 || by_place(r - 1, r) != 0)
            status = add_place(p, reading, r);
        r->of = p->cells - 1;
    }
    job_spec_close(reading->spec);
    return status;
}

/* Pointers to cells: those of one spec side by side, the first of them first. */
static int by_spec(const void *a, const void *b)
{
    const struct pooled_cell *x = *(struct pooled_cell *const *)a,
                             *y = *(struct pooled_cell *const *)b;
    int order = strcmp(x->spec, y->spec);
    return order != 0 ? order : (x > y) - (x < y);
}

/* For each cell the first with the same spec: [cells]. */
static bool find_firsts(const struct pool *p, size_t *first)
{
    const struct pooled_cell **sorted = malloc((p->cells + 1) * sizeof *sorted);
    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < p->cells; i++)
        sorted[i] = &p->cell[i];
    qsort(sorted, p->cells, sizeof *sorted, by_spec);
    for (size_t i = 0, head = 0; i < p->cells; i++) {
        if (strcmp(sorted[i]->spec, sorted[head]->spec) != 0)
            head = i;
        first[sorted[i] - p->cell] = (size_t)(sorted[head] - p->cell);
    }
    free(sorted);
    return true;
}

/* Cells of one spec become the first of them. */
static enum status join_cells(struct pool *p)
{
    size_t *at = malloc((p->cells + 1) * sizeof *at), cells = 0;
    if (at == NULL || !find_firsts(p, at)) {
        free(at);
        return STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < p->cells; i++) {
        if (at[i] == i) {
            p->cell[cells] = p->cell[i];
            at[i] = cells++;
        } else {
            at[i] = at[at[i]]; /* one before it, which has moved already */
            free(p->cell[i].spec);
        }
    }
    p->cells = cells;
    for (size_t i = 0; i < p->runs; i++)
        p->run[i].of = at[p->run[i].of];
    qsort(p->run, p->runs, sizeof *p->run, by_cell);
    free(at);
    return STATUS_OK;
}

static enum status describe_cells(struct pool *p)
{
    const char **specs = calloc(p->cells + 1, sizeof *specs);
    char **params = calloc(p->cells + 1, sizeof *params);
    enum status status = STATUS_NO_MEMORY;
    for (size_t i = 0; specs != NULL && i < p->cells; i++)
        specs[i] = p->cell[i].spec;
    if (specs != NULL && params != NULL)
        status = spec_differences(specs, p->cells, params);
    for (size_t i = 0; i < p->cells && status == STATUS_OK; i++)
        p->cell[i].params = params[i];
    free(specs);
    free(params);
    return status;
}

enum status pool_gather(struct conn *reader, struct listing *runs,
                        const struct halt *halt, struct pool *ret, struct buf *why)
{
    struct reading reading = {.c = reader, .halt = halt, .why = why};
    *ret = (struct pool){.runs = 0};
    enum status status = find_runs(reader, runs, halt, ret);
    if (status == STATUS_OK)
        status = list_places(ret, &reading);
    if (status == STATUS_OK)
        status = join_cells(ret);
    if (status == STATUS_OK)
        status = describe_cells(ret);
    if (status != STATUS_OK)
        pool_release(ret);
    return status;
}

void pool_release(struct pool *p)
{
    for (size_t i = 0; i < p->cells; i++) {
        free(p->cell[i].spec);
        free(p->cell[i].params);
    }
    free(p->cell);
    free(p->run);
    *p = (struct pool){.runs = 0};
}
