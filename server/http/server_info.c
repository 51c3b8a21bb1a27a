/* What the server knows about itself: its routes and their description, the fields of a
 * spec, and that it is well. */
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "http/http_internal.h"
#include "http/reply.h"
#include "http/routes.h"

EMBED(openapi, "schema/openapi.yaml");

void spec_get(struct request *r)
{
    static struct constant fields = {.make = spec_describe};
    reply_constant(r, &fields);
}

void spec_schema_get(struct request *r)
{
    static struct constant schema = {.make = spec_schema};
    reply_constant(r, &schema);
}

/* The words of a list with spaces around each. */
static json_t *words_json(const char *words)
{
    json_t *list = json_array();
    for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
        size_t n = strcspn(words, " ");
        json_array_append_new(list, json_stringn(words, n));
        words += n;
    }
    return list;
}

static json_t *view_route(const struct route *route)
{
    static const char *const things[] = {NULL, "job", "run"};
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "method", route->method, "path",
                     route->pattern, "role", role_name(route->role), "own",
                     json_text(things[route->own]), "arguments",
                     words_json(route->arguments != NULL ? route->arguments : ""),
                     "about", route->about);
}

static char *index_text(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < routes_count; i++)
        json_array_append_new(list, view_route(&routes[i]));
    json_t *index =
        json_pack("{s:s, s:o}", "description", "/openapi.yaml", "routes", list);
    char *text = json_dumps(index, JSON_COMPACT);
    json_decref(index);
    return text;
}

void index_get(struct request *r)
{
    static struct constant index = {.make = index_text};
    reply_constant(r, &index);
}

static char *openapi_text(void)
{
    return (char *)(uintptr_t)openapi;
}

void openapi_get(struct request *r)
{
    static struct constant document = {.make = openapi_text, .type = "application/yaml"};
    reply_constant(r, &document);
}

/* Why no work is taken or begun; NULL: it is. */
static const char *hindrance(struct request *r)
{
    struct workers_state w = workers_state(r->app->workers);
    if (atomic_load(&r->http->draining))
        return "stopping: the server is shutting down";
    if (w.starved)
        return "disk full: no job is taken and no run begins";
    return w.draining ? "draining: an admin wants no run to begin" : NULL;
}

void ready_get(struct request *r)
{
    const char *why = hindrance(r);
    if (why == NULL)
        reply_json(r, MHD_HTTP_OK, json_pack("{s:s}", "status", "ready"));
    else
        reply_problem(r, STATUS_UNAVAILABLE, why, NULL);
}

void health_get(struct request *r)
{
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s}", "status", "ok", "version", r->app->version));
}
