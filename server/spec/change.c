/* In: what somebody wants to change about a job. Out: the members that no run depends on,
 * or the problems with them. */
#include <stdlib.h>
#include <string.h>

#include "spec/parse.h"

enum status spec_change_parse(const char *json, size_t length, struct spec *ret,
                              struct spec_change *ret_given, struct problems *problems)
{
    const struct {
        const char *key;
        bool *given;
    } changeable[] = {
        {"name", &ret_given->name},         {"tags", &ret_given->tags},
        {"note", &ret_given->note},         {"priority", &ret_given->priority},
        {"parallel", &ret_given->parallel},
    };
    json_t *root, *value;
    const char *key;
    enum status status = parse_document(json, length, &root, problems);
    if (status != STATUS_OK)
        return status;
    *ret_given = (struct spec_change){false};
    parse_defaults(ret);
    json_object_foreach(root, key, value)
    {
        char pointer[POINTER_MAX];
        bool *given = NULL;
        pointer_join(pointer, sizeof pointer, "", key);
        for (size_t i = 0; i < sizeof changeable / sizeof changeable[0]; i++)
            if (strcmp(changeable[i].key, key) == 0)
                given = changeable[i].given;
        if (given == NULL) {
            problems_add(problems, pointer, "not_changeable", NULL,
                         "only name, tags, note, priority and parallel may be changed");
            continue;
        }
        *given = true;
        field_set(field_find(pointer), value, pointer, ret, problems);
    }
    json_decref(root);
    return problems->count > 0 ? STATUS_INVALID_SPEC : STATUS_OK;
}
