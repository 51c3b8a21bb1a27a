/* In: the spec of a run as it is stored. Out: what the core is told to do, and the
 * samples. Everything from here on decides the numbers, and so is part of the core's
 * identity (CORE_SOURCES in the Makefile). */
#include "work/ending.h"

enum status load_setup(struct execution *e, struct setup *s, struct buf *why)
{
    if (e->claim->spec == NULL || e->claim->params == NULL)
        return STATUS_NO_MEMORY;
    enum status status = spec_of_run(e->claim->spec, e->claim->params, &s->spec);
    if (status != STATUS_OK) {
        buf_adds(why, "the stored spec cannot be read by this version");
        return status;
    }
    status = e->place->desk->data(e->place->desk, s->spec.dataset, &s->data, why);
    if (status == STATUS_OK)
        status = check_fit(s, why);
    if (status != STATUS_OK)
        return status;
    bool centre = s->spec.centre;
    s->training = s->data->train[centre];
    s->test = s->data->test[centre];
    spec_train(&s->spec, e->claim->seed, s->training->features, s->training->classes,
               s->training->count, &s->train);
    e->stop_seconds = s->spec.stop_seconds;
    e->keeps_weights = s->spec.record_weights;
    return STATUS_OK;
}
