/* GET /v1/presets: questions of the paper as job specs. */
#include "base/presets.h"

#include "http/reply.h"
#include "http/routes.h"

void presets_list(struct request *r)
{
    json_t *items = json_loads(presets_index(), 0, NULL), *entry;
    size_t i;
    json_array_foreach(items, i, entry)
    {
        json_object_set_new(entry, "spec", json_loads(presets[i].spec, 0, NULL));
    }
    reply_json(r, MHD_HTTP_OK, json_pack("{s:o}", "items", items));
}
