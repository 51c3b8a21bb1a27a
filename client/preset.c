/* In: the name of a preset. Out: its job spec. */
#include "preset.h"

#include <string.h>

#include "base/nearest.h"
#include "base/presets.h"
#include "field.h"
#include "talk.h"

enum ending preset_index(json_t **ret)
{
    json_t *index = json_loads(presets_index(), 0, NULL), *entry;
    size_t i;
    json_array_foreach(index, i, entry)
    {
        json_object_set_new(entry, "spec", json_loads(presets[i].spec, 0, NULL));
    }
    if (index == NULL)
        return say_no_memory();
    *ret = index;
    return ENDING_OK;
}

json_t *preset_find(json_t *index, const char *name)
{
    struct nearest near;
    json_t *entry;
    size_t i;
    nearest_init(&near, name);
    json_array_foreach(index, i, entry)
    {
        const char *own = field_text(entry, "name", "");
        if (strcmp(own, name) == 0)
            return entry;
        nearest_consider(&near, own);
    }
    say("there is no preset \"%s\"%s%s%s", name, near.best ? "; did you mean \"" : "",
        near.best ? near.best : "", near.best ? "\"?" : "");
    return NULL;
}

json_t *preset_spec(const json_t *entry, bool quick)
{
    json_t *spec = json_deep_copy(json_object_get(entry, "spec"));
    if (quick) {
        json_t *name = json_sprintf("%s (quick)", field_text(spec, "name", ""));
        json_object_update(spec, json_object_get(entry, "quick"));
        json_object_set_new(spec, "name", name);
    }
    return spec;
}

enum ending preset_load(const char *name, bool quick, json_t **ret)
{
    json_t *index, *entry;
    enum ending ending = preset_index(&index);
    if (ending != ENDING_OK)
        return ending;
    entry = preset_find(index, name);
    if (entry != NULL)
        *ret = preset_spec(entry, quick);
    json_decref(index);
    return entry != NULL ? ENDING_OK : ENDING_NOT_FOUND;
}
