#include "http/routes.h"

#include <stdlib.h>
#include <string.h>

#include "http/limits.h"

#define JSON "application/json"

const struct route routes[] = {
    {"POST", "/v1/jobs", ROLE_USER, OWN_NOTHING, jobs_submit, LIMIT_JSON_BODY,
     " dry_run ", JSON,
     "Takes a job spec; with dry_run=1 only checks it and tells what it would make."},
    {"GET", "/v1/jobs", ROLE_READER, OWN_NOTHING, jobs_list, 0,
     " trash filter sort limit cursor ", JSON,
     "The jobs, newest first, or those of a filter in any order."},
    {"GET", "/v1/jobs/{id}", ROLE_READER, OWN_NOTHING, jobs_get, 0, "", JSON,
     "One job: its spec, how many of its runs are in which state, how far it is."},
    {"PATCH", "/v1/jobs/{id}", ROLE_USER, OWN_JOB, jobs_patch, LIMIT_JSON_BODY, "", JSON,
     "Changes name, tags, note, priority or parallel."},
    {"DELETE", "/v1/jobs/{id}", ROLE_USER, OWN_JOB, jobs_delete, 0, " purge ", JSON,
     "Moves a job into the trash; with purge=1 deletes it from there."},
    {"POST", "/v1/jobs/{id}/restore", ROLE_USER, OWN_JOB, jobs_restore, LIMIT_ORDER_BODY,
     "", JSON, "Takes a job out of the trash."},
    {"POST", "/v1/jobs/{id}/extend", ROLE_USER, OWN_JOB, jobs_extend, LIMIT_JSON_BODY, "",
     JSON, "Adds seeds, or values of what is swept; only what is missing runs."},
    {"POST", "/v1/jobs/{id}/cancel", ROLE_USER, OWN_JOB, jobs_cancel, LIMIT_ORDER_BODY,
     "", JSON, "Ends the runs of a job, or some of them."},
    {"POST", "/v1/jobs/{id}/hold", ROLE_USER, OWN_JOB, jobs_hold, LIMIT_ORDER_BODY, "",
     JSON, "Keeps waiting runs from starting."},
    {"POST", "/v1/jobs/{id}/release", ROLE_USER, OWN_JOB, jobs_release, LIMIT_ORDER_BODY,
     "", JSON, "Lets held runs start."},
    {"POST", "/v1/jobs/{id}/retry", ROLE_USER, OWN_JOB, jobs_retry, LIMIT_ORDER_BODY, "",
     JSON, "Runs again what ended without success."},
    {"GET", "/v1/jobs/{id}/summary", ROLE_READER, OWN_NOTHING, summary_get, 0,
     " at baseline format ", JSON " text/csv",
     "Statistics over the seeds of each cell of a job, at the end or at a goal."},
    {"GET", "/v1/jobs/{id}/curves", ROLE_READER, OWN_NOTHING, curves_get, 0,
     " x y per_decade step format ", JSON " text/csv",
     "Mean and standard error of each cell along a common axis."},
    {"GET", "/v1/runs", ROLE_READER, OWN_NOTHING, runs_list, 0,
     " job state filter sort limit cursor ", JSON,
     "The runs of a job, in a state, of a filter, or all."},
    {"GET", "/v1/runs/{id}", ROLE_READER, OWN_NOTHING, runs_get, 0, "", JSON,
     "One run: state, progress, results, provenance."},
    {"GET", "/v1/runs/{id}/trace", ROLE_READER, OWN_NOTHING, runs_trace, 0,
     " after columns format x points ", JSON " text/csv application/x-ndjson",
     "What a run measured at each evaluation, whole or reduced to points."},
    {"GET", "/v1/runs/{id}/weights", ROLE_READER, OWN_NOTHING, weights_get, 0, "",
     "application/zip", "The weights that a run ended with, as a file for NumPy."},
    {"GET", "/v1/runs/{id}/why", ROLE_READER, OWN_NOTHING, runs_why, 0, "", JSON,
     "Why a run waits, at which place, and when it may start."},
    {"GET", "/v1/runs/{id}/attempts", ROLE_READER, OWN_NOTHING, runs_attempts, 0,
     " limit cursor ", JSON, "The attempts at a run, from the first on."},
    {"POST", "/v1/runs/{id}/verify", ROLE_USER, OWN_RUN, runs_verify, LIMIT_ORDER_BODY,
     "", JSON, "Computes a run again and compares its trace bit for bit."},
    {"GET", "/v1/export", ROLE_READER, OWN_NOTHING, export_get, 0, " filter sort format ",
     "text/csv application/x-ndjson", "The whole traces of all runs of a filter."},
    {"GET", "/v1/summary", ROLE_READER, OWN_NOTHING, summary_get, 0,
     " filter at baseline format ", JSON " text/csv",
     "Statistics over the seeds of each cell, of all runs of a filter."},
    {"GET", "/v1/workers", ROLE_READER, OWN_NOTHING, workers_get, 0, "", JSON,
     "How many runs may be at work, and how many are."},
    {"PATCH", "/v1/workers", ROLE_ADMIN, OWN_NOTHING, workers_patch, LIMIT_ORDER_BODY, "",
     JSON, "Changes the number of workers, or whether new runs begin."},
    {"GET", "/v1/disk", ROLE_READER, OWN_NOTHING, disk_get, 0, "", JSON,
     "How much space the disk of the server has."},
    {"POST", "/v1/work/claims", ROLE_WORKER, OWN_NOTHING, work_claim, LIMIT_ORDER_BODY,
     "", JSON, "Leases the run whose turn it is to a worker."},
    {"POST", "/v1/work/leases/{id}", ROLE_WORKER, OWN_NOTHING, work_sign,
     LIMIT_ORDER_BODY, "", JSON, "Keeps a lease; the worker says how far it is."},
    {"POST", "/v1/work/leases/{id}/start", ROLE_WORKER, OWN_NOTHING, work_start,
     LIMIT_ORDER_BODY, "", JSON, "The attempt begins; says with what."},
    {"PUT", "/v1/work/leases/{id}/rows", ROLE_WORKER, OWN_NOTHING, work_rows,
     LIMIT_ROWS_BODY, " soon ", JSON, "Takes rows of the trace."},
    {"PUT", "/v1/work/leases/{id}/checkpoint", ROLE_WORKER, OWN_NOTHING,
     work_checkpoint_put, LIMIT_CHECKPOINT_BODY, "", JSON, "Takes a checkpoint."},
    {"GET", "/v1/work/leases/{id}/checkpoint", ROLE_WORKER, OWN_NOTHING,
     work_checkpoint_get, 0, "", "application/octet-stream",
     "The checkpoint that an earlier attempt left."},
    {"DELETE", "/v1/work/leases/{id}/checkpoint", ROLE_WORKER, OWN_NOTHING,
     work_checkpoint_delete, 0, " timed ", JSON,
     "It was of no use: the attempt begins at the beginning."},
    {"PUT", "/v1/work/leases/{id}/weights", ROLE_WORKER, OWN_NOTHING, work_weights,
     LIMIT_DATASET_BODY, "", JSON, "Takes the weights file, before the end."},
    {"POST", "/v1/work/leases/{id}/end", ROLE_WORKER, OWN_NOTHING, work_end,
     LIMIT_ORDER_BODY, "", JSON, "The attempt ends, or the run is given back."},
    {"GET", "/v1/work/dataset", ROLE_WORKER, OWN_NOTHING, work_dataset, 0, " name ", JSON,
     "The hashes of a data set."},
    {"GET", "/v1/work/dataset/{file}", ROLE_WORKER, OWN_NOTHING, work_dataset_file, 0,
     " name ", "application/octet-stream", "One of its four files."},
    {"POST", "/v1/backups", ROLE_ADMIN, OWN_NOTHING, backups_make, LIMIT_ORDER_BODY, "",
     JSON, "Makes a whole, verified copy of the database."},
    {"GET", "/v1/me", ROLE_READER, OWN_NOTHING, me_get, 0, "", JSON,
     "Whose token came with the request, and what it allows."},
    {"POST", "/v1/tokens", ROLE_ADMIN, OWN_NOTHING, tokens_make, LIMIT_ORDER_BODY, "",
     JSON, "Makes a token, and its user if he is new; it is shown this once."},
    {"GET", "/v1/tokens", ROLE_ADMIN, OWN_NOTHING, tokens_list, 0, "", JSON,
     "The tokens, without their secrets."},
    {"DELETE", "/v1/tokens/{token}", ROLE_ADMIN, OWN_NOTHING, tokens_revoke, 0, "", JSON,
     "Revokes a token: no request with it is served any more."},
    {"POST", "/v1/users", ROLE_ADMIN, OWN_NOTHING, users_make, LIMIT_ORDER_BODY, "", JSON,
     "Makes a user."},
    {"GET", "/v1/users", ROLE_ADMIN, OWN_NOTHING, users_list, 0, "", JSON, "The users."},
    {"PATCH", "/v1/users/{user}", ROLE_ADMIN, OWN_NOTHING, users_patch, LIMIT_ORDER_BODY,
     "", JSON, "Changes the role of a user."},
    {"DELETE", "/v1/users/{user}", ROLE_ADMIN, OWN_NOTHING, users_delete, 0, "", JSON,
     "Deletes a user and his tokens; his jobs stay."},
    {"GET", "/v1/spec", ROLE_READER, OWN_NOTHING, spec_get, 0, "", JSON,
     "The fields of a job spec with their ranges, units and defaults, for forms."},
    {"GET", "/v1/spec/schema", ROLE_READER, OWN_NOTHING, spec_schema_get, 0, "", JSON,
     "The JSON Schema of a job spec."},
    {"GET", "/v1/presets", ROLE_READER, OWN_NOTHING, presets_list, 0, "", JSON,
     "Questions of the paper as job specs, with the figures to make of them."},
    {"GET", "/v1/datasets", ROLE_READER, OWN_NOTHING, datasets_list, 0, "", JSON,
     "The data sets that the server has, and those on their way."},
    {"POST", "/v1/datasets", ROLE_USER, OWN_NOTHING, datasets_fetch, LIMIT_ORDER_BODY, "",
     JSON, "Fetches a data set: a known one, or from URLs with their SHA-256."},
    {"GET", "/v1/datasets/{name}", ROLE_READER, OWN_NOTHING, datasets_get, 0, "", JSON,
     "One data set, or how far it is on its way."},
    {"DELETE", "/v1/datasets/{name}", ROLE_ADMIN, OWN_NOTHING, datasets_delete, 0, "",
     JSON, "Removes a data set that no run needs, or breaks off its coming."},
    {"PUT", "/v1/datasets/{name}/{file}", ROLE_USER, OWN_NOTHING, datasets_put,
     LIMIT_DATASET_BODY, "", JSON, "Takes one of the four files of a data set."},
    {"GET", "/v1/events", ROLE_READER, OWN_NOTHING, events_stream, 0, " after job ",
     "text/event-stream", "What changes, as it happens: server-sent events."},
    {"GET", "/v1", ROLE_READER, OWN_NOTHING, index_get, 0, "", JSON, "This index."},
    {"GET", "/healthz", ROLE_ANYBODY, OWN_NOTHING, health_get, 0, "", JSON,
     "Whether the server answers, and its version."},
    {"GET", "/readyz", ROLE_ANYBODY, OWN_NOTHING, ready_get, 0, "", JSON,
     "Whether the server takes jobs and begins runs."},
    {"GET", "/metrics", ROLE_READER, OWN_NOTHING, metrics_get, 0, "", "text/plain",
     "What the server counts, as Prometheus reads it."},
    {"GET", "/openapi.yaml", ROLE_ANYBODY, OWN_NOTHING, openapi_get, 0, "",
     "application/yaml", "The description of all of this, in OpenAPI 3.1."},
    /* any query argument, for the page's own use; it checks Accept itself */
    {"GET", "/{asset}", ROLE_ANYBODY, OWN_NOTHING, assets_get, 0, NULL, NULL,
     "The page, at /, and its files."},
};

const size_t routes_count = sizeof routes / sizeof routes[0];

handler *route_receiver(const struct route *route)
{
    static const struct {
        handler *takes, *first;
    } receivers[] = {{datasets_put, datasets_receive},
                     {work_rows, work_receive},
                     {work_checkpoint_put, work_receive},
                     {work_weights, work_receive}};
    for (size_t i = 0; i < sizeof receivers / sizeof receivers[0]; i++)
        if (route->handle == receivers[i].takes)
            return receivers[i].first;
    return NULL;
}

static bool has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Reads the digits of an {id}; how many, or 0. */
static size_t read_id(const char *path, int64_t *ret_id)
{
    enum { DIGITS_MAX = 18 };
    size_t digits = strspn(path, "0123456789");
    if (digits > DIGITS_MAX)
        return 0;
    *ret_id = strtoll(path, NULL, 10);
    return digits;
}

/* The characters of a word; how many, or 0. */
static size_t read_word(const char *path, char ret[static ROUTE_WORD])
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        "0123456789._-";
    size_t n = strspn(path, characters);
    if (n >= ROUTE_WORD || path[0] == '.')
        return 0;
    memcpy(ret, path, n);
    ret[n] = '\0';
    return n;
}

/* Whether a path has the form of a pattern; sets what stands for its
 * {id}, or for words under other names. */
static bool matches(const char *pattern, const char *path, int64_t *ret_id,
                    char ret_word[ROUTE_WORDS][ROUTE_WORD])
{
    size_t words = 0, n;
    if (strcmp(pattern, "/{asset}") == 0)
        return path[0] == '/' && strchr(path + 1, '/') == NULL;
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        if (has_prefix(pattern, "{id}"))
            n = read_id(path, ret_id);
        else
            n = read_word(path, ret_word[words++]);
        if (n == 0)
            return false;
        pattern += strcspn(pattern, "}") + 1;
        path += n;
    }
    return *path == '\0';
}

enum route_match route_find(const char *method, const char *path,
                            const struct route **ret, int64_t *ret_id,
                            char ret_word[ROUTE_WORDS][ROUTE_WORD], struct buf *allow)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method, *pattern = NULL;
    for (size_t i = 0; i < routes_count; i++) {
        const struct route *route = &routes[i];
        if (!matches(route->pattern, path, ret_id, ret_word))
            continue;
        if (pattern != NULL && strcmp(pattern, route->pattern) != 0)
            break; /* the first pattern that matches is the resource */
        pattern = route->pattern;
        if (strcmp(route->method, wanted) == 0) {
            *ret = route;
            return ROUTE_FOUND;
        }
        buf_addf(allow, "%s%s%s", allow->len > 0 ? ", " : "", route->method,
                 strcmp(route->method, "GET") == 0 ? ", HEAD" : "");
    }
    return allow->len > 0 ? ROUTE_OTHER_METHOD : ROUTE_UNKNOWN;
}
