/* Trains one run without a server and prints its trace with every bit:
 *
 *     trace FOLDERS SPEC [KERNELS]
 *
 * FOLDERS holds data sets, SPEC is a job spec as JSON, of which the first cell and seed are
 * run, KERNELS names one variant of the inner loops. Status 1: the run could not be made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "data/catalogue.h"
#include "learn/trace.h"
#include "spec/spec.h"

static enum train_wish go_on(void *arg, uint64_t samples)
{
    (void)arg;
    (void)samples;
    return WISH_GO_ON;
}

static enum status print_row(void *arg, const struct trace_row *row)
{
    double value[TRACE_COLUMNS_MAX];
    (void)arg;
    trace_values(row, value);
    for (uint32_t i = 0; i < trace_columns(row->layers, row->exponents); i++)
        printf("%s%a", i > 0 ? "," : "", value[i]);
    printf("\n");
    return STATUS_OK;
}

static bool run(const struct plan *plan, struct catalogue *catalogue,
                const struct kernels *kernels, struct buf *why)
{
    struct spec *spec = calloc(1, sizeof *spec);
    const struct dataset *d;
    enum train_outcome outcome;
    bool ok = spec != NULL;
    if (ok) {
        plan_cell_spec(plan, 0, spec);
        ok = catalogue_get(catalogue, spec->dataset, &d, why) == STATUS_OK;
    }
    if (ok) {
        const struct samples *training = d->train[spec->centre];
        struct train_observer observer = {.poll = go_on, .row = print_row};
        struct train_spec t;
        spec_train(spec, plan_seed(plan, 0), training->features, training->classes,
                   training->count, &t);
        ok = train_run(&t, training, d->test[spec->centre], kernels, &observer, &outcome) ==
             STATUS_OK;
    }
    free(spec);
    return ok;
}

int main(int argc, char **argv)
{
    struct problems *problems = calloc(1, sizeof *problems);
    struct catalogue *catalogue = NULL;
    struct plan *plan = NULL;
    struct buf why;
    buf_init(&why, 1000);
    log_set_level(LOG_LEVEL_WARNING);
    const struct kernels *kernels = kernels_for(argc > 3 ? argv[3] : NULL);
    bool ok = argc >= 3 && problems != NULL && kernels != NULL && hash_start() &&
              catalogue_open(argv[1], "", &catalogue) == STATUS_OK &&
              plan_parse(argv[2], strlen(argv[2]), &plan, problems) == STATUS_OK &&
              run(plan, catalogue, kernels, &why);
    if (!ok) {
        fprintf(stderr, "usage: trace FOLDERS SPEC [KERNELS]: %s\n", why.data);
        for (size_t i = 0; problems != NULL && i < problems->count; i++)
            fprintf(stderr, "%s: %s\n", problems->item[i].pointer,
                    problems->item[i].detail);
    }
    if (problems != NULL)
        problems_release(problems);
    free(problems);
    plan_free(plan);
    catalogue_close(catalogue);
    buf_release(&why);
    return ok ? 0 : 1;
}
