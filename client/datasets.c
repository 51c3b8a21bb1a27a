/* In: the catalogue of data sets. Out: one row for each. */
#include <math.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "number.h"
#include "table.h"
#include "verbs.h"

static const struct opt options[] = {
    VERBS_JSON,
    VERBS_QUIET("print the names only"),
};

static void add_dataset(struct table *t, const json_t *dataset)
{
    static const char *const counts[] = {"train", "test", "height", "width", "classes"};
    table_cell(t, PLAIN, field_text(dataset, "name", "?"));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char text[NUMBER_TEXT];
        number_count(text, field_number(dataset, counts[i]), (double)NAN);
        table_cell(t, PLAIN, text);
    }
}

static enum ending print_table(const json_t *datasets)
{
    struct table t;
    table_init(&t, 6);
    table_header(&t, TABLE_LEFT, "name");
    table_header(&t, TABLE_RIGHT, "train");
    table_header(&t, TABLE_RIGHT, "test");
    table_header(&t, TABLE_RIGHT, "height");
    table_header(&t, TABLE_RIGHT, "width");
    table_header(&t, TABLE_RIGHT, "classes");
    for (size_t i = 0; i < json_array_size(datasets); i++)
        add_dataset(&t, json_array_get(datasets, i));
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    (void)words;
    json_t *answer;
    enum ending ending = api_get(http, &answer, "/v1/datasets");
    if (ending != ENDING_OK)
        return ending;
    const json_t *datasets = json_object_get(answer, "items");
    if (given->quiet)
        field_print_all(datasets, "name");
    else
        ending = given->json ? dump_print(answer) : print_table(datasets);
    json_decref(answer);
    return ending;
}

const struct verb verb_datasets = {
    .name = "datasets",
    .words = "",
    .summary = "Lists the data sets that the server has",
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
