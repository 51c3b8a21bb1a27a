/* In: a job that somebody might submit, and what runs have taken lately. Out: what it
 * might take. It knows nothing of the queue, nor of how many cores there are.
 */
#include <math.h>
#include <stdlib.h>

#include "app/plans.h"
#include "work/extent.h"

/* Sums over runs that have ended, of what they should have taken and what they took. */
struct pace {
    const struct app *app;
    struct spec *spec;
    double expected, took;
};

/* NAN: the data set is not there, or would have to be loaded first. */
static double seconds_of(const struct app *app, const struct spec *s, int64_t samples)
{
    const struct dataset *d = NULL;
    double seconds = NAN;
    struct buf why;
    buf_init(&why, 1000);
    if (catalogue_is_loaded(app->catalogue, s->dataset) &&
        catalogue_get(app->catalogue, s->dataset, &d, &why) == STATUS_OK) {
        seconds = extent_seconds(s, d, samples);
        catalogue_put(app->catalogue, d);
    }
    buf_release(&why);
    return seconds;
}

static void add_run(void *arg, const struct run_pace *run)
{
    struct pace *p = arg;
    if (run->samples == 0 || spec_of_run(run->spec, run->params, p->spec) != STATUS_OK)
        return;
    double expected = seconds_of(p->app, p->spec, run->samples);
    if (isfinite(expected)) {
        p->expected += expected;
        p->took += run->seconds;
    }
}

/* A machine may be slower than that of the model, and work on it alone or not. */
static double slowness(const struct pace *p)
{
    return p->expected > 0 ? p->took / p->expected : 1;
}

enum status submission_seconds(const struct submission *s, struct conn *reader,
                               double *ret)
{
    struct pace pace = {.app = s->app, .spec = malloc(sizeof *pace.spec)};
    double seconds = 0;
    if (pace.spec == NULL)
        return STATUS_NO_MEMORY;
    enum status status = store_run_pace(reader, add_run, &pace);
    for (size_t i = 0; i < plan_cells(s->plan); i++) {
        plan_cell_spec(s->plan, i, pace.spec);
        double run = seconds_of(s->app, pace.spec, 0) * slowness(&pace);
        if (pace.spec->stop_seconds > 0 && run > pace.spec->stop_seconds)
            run = pace.spec->stop_seconds;
        seconds += run * (double)plan_seeds(s->plan);
    }
    free(pace.spec);
    if (status == STATUS_OK)
        *ret = seconds;
    return status;
}
