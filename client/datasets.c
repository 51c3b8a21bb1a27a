/* In: the data sets of the server. Out: one row for each; or one more, or one less. */
#include <math.h>
#include <string.h>

#include "api.h"
#include "csv.h"
#include "dataset_add.h"
#include "dump.h"
#include "field.h"
#include "number.h"
#include "table.h"
#include "talk.h"
#include "verbs.h"

static const struct opt options[] = {
    VERBS_JSON,
    VERBS_CSV,
    VERBS_QUIET("print the names only"),
    {"url", 0, OPT_WORDS, offsetof(struct options, url), "URL", NULL, 0, 0,
     "add: where a file is; four times, in the order of the files"},
    {"sha256", 0, OPT_WORDS, offsetof(struct options, sha256), "DIGITS", NULL, 0, 0,
     "add: of the file there, or of what it inflates to; four times"},
    VERBS_FLAG("no-wait", 0, no_wait, "add: do not wait until the server has fetched it"),
};

static const struct csv_column columns[] = {
    {"name", "name"},     {"state", "state"}, {"train", "train"},     {"test", "test"},
    {"height", "height"}, {"width", "width"}, {"classes", "classes"}, {"error", "error"},
};

static void add_dataset(struct table *t, const json_t *dataset)
{
    static const char *const counts[] = {"train", "test", "height", "width", "classes"};
    const char *state = field_text(dataset, "state", "?");
    bool failed = strcmp(state, "failed") == 0;
    table_cell(t, PLAIN, field_text(dataset, "name", "?"));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char text[NUMBER_TEXT];
        number_count(text, field_number(dataset, counts[i]), (double)NAN);
        table_cell(t, PLAIN, text);
    }
    table_cell(t, failed ? RED : PLAIN,
               failed ? field_text(dataset, "error", state) : state);
}

static enum ending print_table(const json_t *datasets)
{
    static const char *const counts[] = {"train", "test", "height", "width", "classes"};
    struct table t;
    table_init(&t, 7);
    table_header(&t, TABLE_LEFT, "name");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        table_header(&t, TABLE_RIGHT, counts[i]);
    table_header(&t, TABLE_LEFT, "state");
    for (size_t i = 0; i < json_array_size(datasets); i++)
        add_dataset(&t, json_array_get(datasets, i));
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}

static enum ending list(const struct options *given, struct http *http)
{
    json_t *answer;
    enum ending ending = api_get(http, &answer, "/v1/datasets");
    if (ending != ENDING_OK)
        return ending;
    const json_t *datasets = json_object_get(answer, "items");
    if (given->quiet)
        field_print_all(datasets, "name");
    else if (given->csv)
        ending = csv_print(datasets, columns, sizeof columns / sizeof *columns);
    else
        ending = given->json ? dump_print(answer) : print_table(datasets);
    json_decref(answer);
    return ending;
}

static enum ending remove_one(const struct options *given, struct http *http,
                              const char *name)
{
    json_t *answer;
    struct buf escaped;
    buf_init(&escaped, 1000);
    http_add_escaped(&escaped, name);
    enum ending ending =
        api_order(http, &answer, "DELETE", NULL, "/v1/datasets/%s", escaped.data);
    buf_release(&escaped);
    if (ending != ENDING_OK)
        return ending;
    if (given->json)
        ending = dump_print(answer);
    json_decref(answer);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    const char *const *word = words->word;
    bool sources = given->url.count + given->sha256.count > 0;
    if (words->count == 0 && !sources)
        return list(given, http);
    if (words->count == 2 && strcmp(word[0], "rm") == 0 && !sources)
        return remove_one(given, http, word[1]);
    if (words->count == 2 && strcmp(word[0], "add") == 0)
        return dataset_fetch(given, http, word[1]);
    if (words->count == 6 && strcmp(word[0], "add") == 0 && !sources)
        return dataset_upload(given, http, word[1], word + 2);
    return verbs_refuse(&verb_datasets, words->count > 0 ? word[0] : "",
                        "nothing, add NAME, add NAME with four files or four --url and "
                        "--sha256, or rm NAME");
}

const struct verb verb_datasets = {
    .name = "datasets",
    .words = "[add|rm NAME [FILE...]]",
    .choices = "add rm",
    .summary = "Lists the data sets of the server, adds and removes them",
    .more =
        "datasets                   what there is, and what is on its way\n"
        "datasets add NAME          the server fetches one that it knows: mnist,\n"
        "                           fashion-mnist, kmnist, emnist-digits\n"
        "datasets add NAME --url URL --sha256 DIGITS ...\n"
        "                           the server fetches it from there\n"
        "datasets add NAME FILE FILE FILE FILE\n"
        "                           sends files from here\n"
        "datasets rm NAME           removes one that was added and that no run needs\n\n"
        "The files are those of MNIST, plain or .gz, in the order: training images, "
        "training\nlabels, test images, test labels.\n",
    .words_max = 6,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
