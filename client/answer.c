/* In: a job and what is asked of it. Out: the server's summary. */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "talk.h"

bool answer_goal(const json_t *job, char ret[static ANSWER_GOAL])
{
    const json_t *spec = json_object_get(job, "spec");
    const json_t *bound = json_object_get(json_object_get(spec, "stop"), "accuracy");
    json_t *sweep = json_object_get(spec, "sweep"), *unused;
    const char *pointer;
    json_object_foreach(sweep, pointer, unused)
    {
        if (strcmp(pointer, "/stop") == 0 || strcmp(pointer, "/stop/accuracy") == 0)
            return false;
    }
    if (!json_is_number(bound))
        return false;
    struct buf number;
    buf_init(&number, ANSWER_GOAL);
    dump_line(&number, bound);
    snprintf(ret, ANSWER_GOAL, "test_accuracy>=%.40s", number.data);
    buf_release(&number);
    return true;
}

enum ending answer_summary(struct http *http, int64_t job, const char *at,
                           const char *baseline, json_t **ret)
{
    struct buf query;
    buf_init(&query, 4096);
    if (at != NULL) {
        buf_adds(&query, "?at=");
        http_add_escaped(&query, at);
    }
    if (baseline != NULL) {
        buf_addf(&query, "%cbaseline=", at != NULL ? '&' : '?');
        http_add_escaped(&query, baseline);
    }
    enum ending ending =
        query.failed
            ? say_no_memory()
            : api_get(http, ret, "/v1/jobs/%" PRId64 "/summary%s", job, query.data);
    buf_release(&query);
    return ending;
}

void answer_reached(char text[static ANSWER_GOAL], const json_t *cell)
{
    int64_t reached = field_count(cell, "reached"), missed = field_count(cell, "missed"),
            open = field_count(cell, "open");
    int n =
        snprintf(text, ANSWER_GOAL, "%" PRId64 "/%" PRId64, reached, reached + missed);
    if (open > 0)
        snprintf(text + n, ANSWER_GOAL - (size_t)n, " (%" PRId64 " open)", open);
}
