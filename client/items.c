/* In: the address of a list. Out: the list, as it is wanted. */
#include "items.h"

#include "api.h"
#include "dump.h"
#include "field.h"

enum ending items_list(const struct options *given, struct http *http, const char *path,
                       const char *id, const struct csv_column *columns, size_t count,
                       enum ending (*print_table)(const json_t *items))
{
    json_t *answer;
    enum ending ending = api_get(http, &answer, "%s", path);
    if (ending != ENDING_OK)
        return ending;
    const json_t *items = json_object_get(answer, "items");
    if (given->quiet)
        field_print_all(items, id);
    else if (given->csv)
        ending = csv_print(items, columns, count);
    else
        ending = given->json ? dump_print(answer) : print_table(items);
    json_decref(answer);
    return ending;
}
