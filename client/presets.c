/* In: nothing, or the name of a preset. Out: the list of them, or a job spec. */
#include <stdio.h>

#include "dump.h"
#include "field.h"
#include "preset.h"
#include "table.h"
#include "verbs.h"

static const struct opt options[] = {
    VERBS_FLAG("quick", 0, quick, "the spec with fewer values and three seeds"),
    VERBS_FLAG("json", 0, json, "print the whole index, with specs and figures"),
    VERBS_QUIET("print the names only"),
};

static enum ending print_list(const json_t *index)
{
    struct table t;
    table_init(&t, 2);
    table_header(&t, TABLE_LEFT, "preset");
    table_header(&t, TABLE_ELASTIC, "what it asks");
    for (size_t i = 0; i < json_array_size(index); i++) {
        const json_t *entry = json_array_get(index, i);
        table_cell(&t, PLAIN, field_text(entry, "name", ""));
        table_cell(&t, PLAIN, field_text(json_object_get(entry, "spec"), "name", ""));
    }
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    json_t *found;
    (void)http;
    enum ending ending = words->count > 0
                             ? preset_load(words->word[0], given->quick, &found)
                             : preset_index(&found);
    if (ending != ENDING_OK)
        return ending;
    if (given->quiet && words->count == 0)
        field_print_all(found, "name");
    else
        ending = words->count > 0 || given->json ? dump_print(found) : print_list(found);
    json_decref(found);
    return ending;
}

const struct verb verb_presets = {
    .name = "presets",
    .words = "[PRESET]",
    .summary = "Lists the questions of the paper, or prints one as a job spec",
    .more = "frugal presets PRESET | frugal submit - runs one; so does frugal submit "
            "--preset\n"
            "PRESET. frugal reproduce runs them and writes a report.\n",
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
