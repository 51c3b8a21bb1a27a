/* In: a run's trace, as CSV or JSON. Out: the same, on standard output. */
#include <inttypes.h>
#include <stdio.h>

#include "api.h"
#include "dump.h"
#include "terminal.h"
#include "text.h"
#include "talk.h"
#include "verbs.h"

enum { PATH_MAX_BYTES = 4096, TRACE_MAX_BYTES = 256 * 1024 * 1024 };

static const struct opt options[] = {
    {"columns", 'c', OPT_TEXT, offsetof(struct options, columns), "A,B,...", NULL, 0, 0,
     "only these columns, for example samples,m0,test_accuracy"},
    VERBS_FLAG("json", 0, json, "print JSON, one list per column, instead of CSV"),
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

static enum ending print_json(struct http *http, const struct http_request *request)
{
    json_t *trace;
    enum ending ending = api_json(http, request, &trace);
    if (ending != ENDING_OK)
        return ending;
    ending = dump_print(trace);
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
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_addf(&path, "/v1/runs/%" PRId64 "/trace?%s", id,
             given->json ? "" : "format=csv&");
    if (given->columns != NULL) {
        buf_adds(&path, "columns=");
        http_add_escaped(&path, given->columns);
    }
    struct http_request request = {.path = path.data, .reply_max = TRACE_MAX_BYTES};
    if (path.failed) {
        say("the list of columns is too long");
        ending = ENDING_USAGE;
    } else {
        ending = given->json ? print_json(http, &request) : print_csv(http, &request);
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
