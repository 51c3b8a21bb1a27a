/* How often the synapses of a run changed, as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/reply.h"
#include "http/views.h"
#include "store/changes.h"

struct view {
    json_t *changes, *histogram;
    size_t bins; /* of all layers together, which has the longest histogram */
};

/* The numbers of a histogram, with zeros up to `bins`. */
static json_t *counts_json(const char *text, size_t bins)
{
    json_t *list = json_array();
    while (*text != '\0') {
        char *end;
        json_array_append_new(list, json_integer(strtoll(text, &end, 10)));
        if (end == text) /* damaged */
            break;
        text = end;
    }
    while (json_array_size(list) < bins)
        json_array_append_new(list, json_integer(0));
    return list;
}

static json_t *limits_json(size_t bins)
{
    json_t *list = json_array();
    for (size_t bin = 0; bin < bins; bin++)
        json_array_append_new(list, json_integer((json_int_t)change_bin_most((int)bin)));
    return list;
}

/* The members are called like columns of a trace: "simpson", "simpson_layer1". */
static bool add_layer(void *arg, const struct changes_stored *layer)
{
    struct view *v = arg;
    char end[32] = "", name[64];
    json_t *counts = counts_json(layer->histogram, v->bins);
    if (layer->layer == 0) {
        v->bins = json_array_size(counts);
        json_object_set_new(v->histogram, "most", limits_json(v->bins));
    } else {
        snprintf(end, sizeof end, "_layer%lld", (long long)layer->layer);
    }
    snprintf(name, sizeof name, "simpson%s", end);
    json_object_set_new(v->changes, name, json_measure(layer->simpson));
    snprintf(name, sizeof name, "synapses%s", end);
    json_object_set_new(v->histogram, name, counts);
    return true;
}

json_t *view_changes(struct conn *c, int64_t run)
{
    struct view v = {.changes = json_object(), .histogram = json_object()};
    enum status status = store_changes_list(c, run, add_layer, &v);
    if (status == STATUS_OK && v.bins > 0) {
        json_object_set_new(v.changes, "histogram", v.histogram);
        return v.changes;
    }
    json_decref(v.changes);
    json_decref(v.histogram);
    return json_null();
}
