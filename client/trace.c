/* In: a run's trace, as CSV or JSON. Out: the same, on standard output. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "api.h"
#include "dump.h"
#include "number.h"
#include "spark.h"
#include "table.h"
#include "terminal.h"
#include "text.h"
#include "talk.h"
#include "verbs.h"

enum { SPARK_COLUMNS = 32, PATH_MAX_BYTES = 4096, TRACE_MAX_BYTES = 256 * 1024 * 1024 };

static const struct opt options[] = {
    {"columns", 'c', OPT_TEXT, offsetof(struct options, columns), "A,B,...", NULL, 0, 0,
     "only these columns, for example samples,m0,test_accuracy"},
    VERBS_FLAG("json", 0, json, "print JSON, one list per column, instead of CSV"),
    VERBS_FLAG("summary", 's', summary,
               "print a line for each column: its first and last value, and its course"),
};

static enum ending print_csv(struct http *http, const struct http_request *request)
{
    struct http_reply reply;
    enum ending ending = api_send(http, request, &reply);
    if (ending != ENDING_OK)
        return ending;
    struct buf page;
    buf_init(&page, 3 * (size_t)TRACE_MAX_BYTES); /* a byte may become U+FFFD */
    if (terminal_is(stdout))
        text_add_page(&page, reply.text.data, reply.text.len);
    const struct buf *shown = terminal_is(stdout) ? &page : &reply.text;
    fwrite(shown->data, 1, shown->len, stdout);
    if (page.failed)
        ending = say_no_memory();
    buf_release(&page);
    http_reply_release(&reply);
    return ending;
}

static void add_number(struct table *t, const json_t *list, size_t i)
{
    char text[NUMBER_TEXT];
    const json_t *value = json_array_get(list, i);
    number_energy(text, json_is_number(value) ? json_number_value(value) : (double)NAN,
                  (double)NAN);
    table_cell(t, PLAIN, text);
}

static enum ending print_summary(const json_t *trace)
{
    struct table t;
    const char *name;
    json_t *list;
    table_init(&t, 4);
    table_header(&t, TABLE_LEFT, "column");
    table_header(&t, TABLE_RIGHT, "first");
    table_header(&t, TABLE_RIGHT, "last");
    table_header(&t, TABLE_LEFT, "");
    json_object_foreach(json_object_get(trace, "columns"), name, list)
    {
        struct buf bars;
        buf_init(&bars, 4 * SPARK_COLUMNS);
        spark_add(&bars, list, SPARK_COLUMNS);
        table_cell(&t, PLAIN, name);
        add_number(&t, list, 0);
        add_number(&t, list, json_array_size(list) - 1);
        table_cell(&t, PLAIN, bars.data);
        buf_release(&bars);
    }
    enum ending ending = table_print(&t, stdout);
    table_release(&t);
    return ending;
}

static enum ending print_json(struct http *http, const struct http_request *request,
                              bool summary)
{
    json_t *trace;
    enum ending ending = api_json(http, request, &trace);
    if (ending != ENDING_OK)
        return ending;
    ending = summary ? print_summary(trace) : dump_print(trace);
    json_decref(trace);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    int64_t id;
    enum ending ending = api_read_id(words->word[0], "run", &id);
    if (ending != ENDING_OK)
        return ending;
    bool as_json = given->json || given->summary;
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_addf(&path, "/v1/runs/%" PRId64 "/trace?%s", id, as_json ? "" : "format=csv&");
    if (given->columns != NULL) {
        buf_adds(&path, "columns=");
        http_add_escaped(&path, given->columns);
    }
    struct http_request request = {.path = path.data, .reply_max = TRACE_MAX_BYTES};
    if (path.failed) {
        say("the list of columns is too long");
        ending = ENDING_USAGE;
    } else {
        ending = as_json ? print_json(http, &request, given->summary)
                         : print_csv(http, &request);
    }
    buf_release(&path);
    return ending;
}

const struct verb verb_trace = {
    .name = "trace",
    .words = "RUN",
    .summary = "Prints the trace of a run, one row per evaluation",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
