/* In: a job and the name of a column. Out: whether its traces have it. */
#include "trace_column.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "base/nearest.h"
#include "field.h"
#include "talk.h"

enum { FEWEST_POINTS = 3, NAME_MAX_BYTES = 200 };

/* The server calls the columns of a trace of few points so. */
static const char suffix[] = "_min";

static enum ending refuse(int64_t job, const char *reduced, json_t *columns)
{
    struct nearest near;
    const char *name;
    json_t *unused;
    int length = (int)(strlen(reduced) - strlen(suffix));
    nearest_init(&near, reduced);
    json_object_foreach(columns, name, unused)
    {
        if (strstr(name, suffix) != NULL)
            nearest_consider(&near, name);
    }
    if (near.best != NULL)
        say("the traces of job %" PRId64 " have no column %.*s; did you mean %.*s?", job,
            length, reduced, (int)(strlen(near.best) - strlen(suffix)), near.best);
    else
        say("the traces of job %" PRId64 " have no column %.*s", job, length, reduced);
    return ENDING_USAGE;
}

/* The trace of the first run in as few points as there
 * can be. */
static enum ending ask(struct http *h, int64_t job, json_t **ret)
{
    json_t *runs;
    enum ending ending = api_get(h, &runs, "/v1/runs?job=%" PRId64 "&limit=1", job);
    if (ending != ENDING_OK)
        return ending;
    int64_t run = field_count(json_array_get(json_object_get(runs, "items"), 0), "id");
    json_decref(runs);
    return api_get(h, ret, "/v1/runs/%" PRId64 "/trace?points=%d", run, FEWEST_POINTS);
}

enum ending trace_column_check(struct http *h, int64_t job, const char *column)
{
    json_t *trace;
    char reduced[NAME_MAX_BYTES];
    enum ending ending = ask(h, job, &trace);
    if (ending != ENDING_OK)
        return ending;
    snprintf(reduced, sizeof reduced, "%.*s%s", (int)(sizeof reduced - sizeof suffix),
             column, suffix);
    json_t *columns = json_object_get(trace, "columns");
    if (json_object_size(columns) > 0 && json_object_get(columns, reduced) == NULL)
        ending = refuse(job, reduced, columns);
    json_decref(trace);
    return ending;
}
