/* In: a run. Out: whether its trace comes out the same when it is computed again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "talk.h"
#include "text.h"
#include "verbs.h"

enum { LINE_MAX_BYTES = 4096 };

static const double poll_seconds = 0.3;

static const struct opt options[] = {
    VERBS_JSON,
    VERBS_QUIET("print nothing; the exit code is 1 if they differ"),
};

static bool is_over(const json_t *run)
{
    const char *state = field_text(json_object_get(run, "verified"), "state", "failed");
    return strcmp(state, "queued") != 0 && strcmp(state, "running") != 0;
}

/* Takes the run. */
static enum ending report(const struct options *given, json_t *run)
{
    const json_t *verified = json_object_get(run, "verified");
    const char *state = field_text(verified, "state", "failed");
    bool same = strcmp(state, "same") == 0;
    enum ending ending = ENDING_OK;
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    buf_addf(&line, "run %" PRId64 ": ", field_count(run, "id"));
    text_add_line(&line, same ? "the trace is the same, bit for bit" : state);
    if (!same) {
        buf_adds(&line, ": ");
        text_add_line(&line, field_text(verified, "reason", "no reason given"));
    }
    if (given->json)
        ending = dump_print(run);
    else if (!given->quiet)
        printf("%s\n", line.data);
    buf_release(&line);
    json_decref(run);
    return ending == ENDING_OK && !same ? ENDING_RUN_FAILED : ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    int64_t id;
    json_t *run, *body = json_object();
    enum ending ending = api_read_id(words->word[0], "run", &id);
    if (ending == ENDING_OK)
        ending = api_order(http, &run, "POST", body, "/v1/runs/%" PRId64 "/verify", id);
    json_decref(body);
    while (ending == ENDING_OK && !is_over(run)) {
        json_decref(run);
        http_pause(http, poll_seconds);
        ending = api_get(http, &run, "/v1/runs/%" PRId64, id);
    }
    return ending == ENDING_OK ? report(given, run) : ending;
}

const struct verb verb_verify = {
    .name = "verify",
    .words = "RUN",
    .summary = "Computes the trace of a run again and compares it bit for bit",
    .more =
        "Leaving it with Ctrl-C does not stop the verification; frugal show -r --json\n"
        "has its result under \"verified\".\n",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
