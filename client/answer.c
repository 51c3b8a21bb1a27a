/* In: a job and what is asked of it. Out: the server's summary. */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "talk.h"

enum { PATH_MAX_BYTES = 16384 };

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

static void add_argument(struct buf *path, const char *name, const char *value)
{
    if (value == NULL)
        return;
    buf_addf(path, "%c%s=", strchr(path->data, '?') != NULL ? '&' : '?', name);
    http_add_escaped(path, value);
}

/* Releases the path. */
static enum ending ask(struct http *http, struct buf *path, const char *at,
                       const char *baseline, json_t **ret)
{
    add_argument(path, "at", at);
    add_argument(path, "baseline", baseline);
    enum ending ending =
        path->failed ? say_no_memory() : api_get(http, ret, "%s", path->data);
    buf_release(path);
    return ending;
}

enum ending answer_summary(struct http *http, int64_t job, const char *at,
                           const char *baseline, json_t **ret)
{
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_addf(&path, "/v1/jobs/%" PRId64 "/summary", job);
    return ask(http, &path, at, baseline, ret);
}

enum ending answer_of_runs(struct http *http, const char *filter, const char *at,
                           const char *baseline, json_t **ret)
{
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_adds(&path, "/v1/summary");
    add_argument(&path, "filter", filter);
    return ask(http, &path, at, baseline, ret);
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
