#include "http/routes.h"

#include <stdlib.h>
#include <string.h>

#include "http/limits.h"

const struct route routes[] = {
    {"POST", "/v1/jobs", jobs_submit, LIMIT_JSON_BODY, " dry_run "},
    {"GET", "/v1/jobs", jobs_list, 0, " trash filter sort limit cursor "},
    {"GET", "/v1/jobs/{id}", jobs_get, 0, ""},
    {"PATCH", "/v1/jobs/{id}", jobs_patch, LIMIT_JSON_BODY, ""},
    {"DELETE", "/v1/jobs/{id}", jobs_delete, 0, " purge "},
    {"POST", "/v1/jobs/{id}/restore", jobs_restore, LIMIT_ORDER_BODY, ""},
    {"POST", "/v1/jobs/{id}/extend", jobs_extend, LIMIT_JSON_BODY, ""},
    {"POST", "/v1/jobs/{id}/cancel", jobs_cancel, LIMIT_ORDER_BODY, ""},
    {"POST", "/v1/jobs/{id}/hold", jobs_hold, LIMIT_ORDER_BODY, ""},
    {"POST", "/v1/jobs/{id}/release", jobs_release, LIMIT_ORDER_BODY, ""},
    {"POST", "/v1/jobs/{id}/retry", jobs_retry, LIMIT_ORDER_BODY, ""},
    {"GET", "/v1/jobs/{id}/summary", jobs_summary, 0, ""},
    {"GET", "/v1/runs", runs_list, 0, " job state filter sort limit cursor "},
    {"GET", "/v1/runs/{id}", runs_get, 0, ""},
    {"GET", "/v1/runs/{id}/trace", runs_trace, 0, " after columns format x points "},
    {"GET", "/v1/runs/{id}/weights", weights_get, 0, ""},
    {"GET", "/v1/runs/{id}/why", runs_why, 0, ""},
    {"GET", "/v1/runs/{id}/attempts", runs_attempts, 0, " limit cursor "},
    {"POST", "/v1/runs/{id}/verify", runs_verify, LIMIT_ORDER_BODY, ""},
    {"GET", "/v1/export", export_get, 0, " filter sort format "},
    {"GET", "/v1/workers", workers_get, 0, ""},
    {"PATCH", "/v1/workers", workers_patch, LIMIT_ORDER_BODY, ""},
    {"POST", "/v1/backups", backups_make, LIMIT_ORDER_BODY, ""},
    {"GET", "/v1/spec", spec_get, 0, ""},
    {"GET", "/v1/datasets", datasets_list, 0, ""},
    {"GET", "/v1/events", events_stream, 0, " after job "},
    {"GET", "/healthz", health_get, 0, ""},
    {"GET", "/{asset}", assets_get, 0, NULL}, /* any, for the page's own use */
};

const size_t routes_count = sizeof routes / sizeof routes[0];

static bool has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Whether a path has the form of a pattern; sets *ret_id where there is an {id}. */
static bool matches(const char *pattern, const char *path, int64_t *ret_id)
{
    enum { DIGITS_MAX = 18 };
    if (strcmp(pattern, "/{asset}") == 0)
        return strchr(path + 1, '/') == NULL;
    while (*pattern != '\0') {
        if (has_prefix(pattern, "{id}")) {
            size_t digits = strspn(path, "0123456789");
            if (digits == 0 || digits > DIGITS_MAX)
                return false;
            *ret_id = strtoll(path, NULL, 10);
            pattern += strlen("{id}");
            path += digits;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

enum route_match route_find(const char *method, const char *path,
                            const struct route **ret, int64_t *ret_id, struct buf *allow)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method, *pattern = NULL;
    for (size_t i = 0; i < routes_count; i++) {
        const struct route *route = &routes[i];
        if (!matches(route->pattern, path, ret_id))
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
