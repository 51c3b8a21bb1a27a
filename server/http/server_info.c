/* What the server knows about itself: /v1/spec, /v1/datasets, /healthz. */
#include <stdlib.h>
#include <string.h>

#include "http/reply.h"
#include "http/routes.h"

void spec_get(struct request *r)
{
    char *text = spec_describe();
    reply_text(r, MHD_HTTP_OK, "application/json; charset=utf-8", text,
               text != NULL ? strlen(text) : 0);
}

static json_t *view_dataset(const struct dataset_info *d)
{
    json_t *sha256 = d->loaded ? json_object() : json_null();
    for (int f = 0; d->loaded && f < DATASET_FILES; f++)
        json_object_set_new(sha256, dataset_file_name((enum dataset_file)f),
                            json_string(d->sha256[f]));
    json_t *classes = d->loaded ? json_integer(d->classes) : json_null();
    return json_pack("{s:s, s:i, s:i, s:i, s:i, s:o, s:o}", "name", d->name, "train",
                     (int)d->train, "test", (int)d->test, "height", (int)d->height, "width",
                     (int)d->width, "classes", classes, "sha256", sha256);
}

void datasets_list(struct request *r)
{
    struct dataset_info *info;
    size_t count;
    enum status status = catalogue_list(r->app->catalogue, &info, &count);
    if (status != STATUS_OK) {
        reply_problem(r, status, NULL, NULL);
        return;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, view_dataset(&info[i]));
    free(info);
    reply_json(r, MHD_HTTP_OK, json_pack("{s:o}", "items", items));
}

void health_get(struct request *r)
{
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:s}", "status", "ok", "version", r->app->version));
}
