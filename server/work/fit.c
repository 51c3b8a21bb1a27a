/* In: a run and its data set. Out: whether they still go together. */
#include <stdlib.h>
#include <string.h>

#include "work/ending.h"
#include "work/extent.h"

enum status check_fit(const struct setup *s, struct buf *why)
{
    struct problems *problems = calloc(1, sizeof *problems);
    if (problems == NULL)
        return STATUS_NO_MEMORY;
    extent_check(&s->spec, s->data, problems);
    bool fits = problems->count == 0;
    if (!fits)
        buf_addf(why, "%s: %s, with the data set \"%s\" as it is now",
                 problems->item[0].pointer, problems->item[0].detail, s->spec.dataset);
    problems_release(problems);
    free(problems);
    return fits ? STATUS_OK : STATUS_INVALID_SPEC;
}

void setup_free(const struct execution *e, struct setup *s)
{
    if (s != NULL)
        e->place->desk->data_back(e->place->desk, s->data);
    free(s);
}

enum status check_data(const struct execution *e, const struct setup *s, struct buf *why)
{
    const char *before = e->claim->data_sha256;
    enum status status = STATUS_OK;
    struct buf now;
    buf_init(&now, DATA_SHA256_MAX);
    add_data_sha256(&now, s->data);
    if (before != NULL && strcmp(now.data, before) != 0) {
        buf_addf(why,
                 "the data set \"%s\" is no longer the one that the run was computed "
                 "from: its files have changed since the first attempt",
                 s->spec.dataset);
        status = STATUS_BAD_DATASET;
    }
    buf_release(&now);
    return status;
}
