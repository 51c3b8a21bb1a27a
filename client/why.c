/* In: a run. Out: what it waits for. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "number.h"
#include "text.h"
#include "verbs.h"

enum { LINE_MAX_BYTES = 4096 };

static const struct opt options[] = {VERBS_JSON, VERBS_QUIET("print the place only")};

static void print(const json_t *waiting)
{
    struct buf line;
    char start[NUMBER_TEXT];
    double seconds = field_number(waiting, "expected_seconds");
    buf_init(&line, LINE_MAX_BYTES);
    buf_addf(&line, "run %" PRId64 ": ", field_count(waiting, "run"));
    text_add_line(&line, field_text(waiting, "why", "?"));
    printf("%s\n", line.data);
    if (field_count(waiting, "place") > 0)
        printf("place %" PRId64 " in the queue\n", field_count(waiting, "place"));
    if (!isnan(seconds)) {
        number_duration(start, seconds);
        printf("expected to start in %s\n", start);
    }
    buf_release(&line);
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    int64_t id;
    json_t *waiting;
    enum ending ending = api_read_id(words->word[0], "run", &id);
    if (ending == ENDING_OK)
        ending = api_get(http, &waiting, "/v1/runs/%" PRId64 "/why", id);
    if (ending != ENDING_OK)
        return ending;
    if (given->json)
        ending = dump_print(waiting);
    else if (!given->quiet)
        print(waiting);
    else if (field_count(waiting, "place") > 0)
        printf("%" PRId64 "\n", field_count(waiting, "place"));
    json_decref(waiting);
    return ending;
}

const struct verb verb_why = {
    .name = "why",
    .words = "RUN",
    .summary = "Says what a run waits for, and at which place",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
