/* In: cells with their savings, and the baseline. Out: a sentence, where there are none.
 */
#include "baseline.h"

#include <inttypes.h>

#include "field.h"
#include "number.h"
#include "talk.h"

enum { SENTENCE_MAX = 1000 };

static bool has_savings(const json_t *cells)
{
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const char *name;
        json_t *statistics, *saving = json_object_get(json_array_get(cells, i), "saving");
        json_object_foreach(saving, name, statistics)
        {
            if (field_count(statistics, "n") > 0)
                return true;
        }
    }
    return false;
}

/* "none of the 3 runs of the baseline 1:1 has succeeded, 2 have diverged" */
static void add_reason(struct buf *b, const json_t *cell, const char *name, bool has_goal)
{
    int64_t runs = field_count(cell, "runs"), finished = field_count(cell, "finished"),
            diverged = field_count(json_object_get(cell, "outcomes"), "diverged");
    if (field_count(cell, "reached") > 0) {
        buf_addf(b, "no seed of the baseline %s is one of theirs", name);
        return;
    }
    buf_addf(b, "none of the %" PRId64 " run%s of the baseline %s has %s", runs,
             number_plural(runs), name, has_goal ? "reached the goal" : "succeeded");
    if (diverged > 0)
        buf_addf(b, ", %" PRId64 " diverged", diverged);
    if (finished < runs)
        buf_addf(b, ", %" PRId64 " not finished", runs - finished);
}

enum ending baseline_explain(const struct rows *r, struct http *http,
                             const char *baseline)
{
    struct rows own;
    struct buf reason;
    if (json_array_size(r->cells) == 0 || has_savings(r->cells))
        return ENDING_OK;
    rows_init(&own);
    buf_init(&reason, SENTENCE_MAX);
    enum ending ending = rows_add(&own, http, baseline, r->at, NULL);
    if (ending == ENDING_OK) {
        add_reason(&reason, json_array_get(own.cells, 0), baseline, r->at[0] != '\0');
        say("there are no savings: %s", reason.data);
    }
    buf_release(&reason);
    rows_release(&own);
    return ending;
}
