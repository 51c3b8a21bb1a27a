/* In: nothing. Out: whether a server answers, and its version. */
#include <stdio.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "text.h"
#include "verbs.h"

static const struct opt options[] = {VERBS_JSON, VERBS_QUIET("print nothing")};

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    (void)words;
    json_t *health;
    enum ending ending = api_get(http, &health, "/healthz");
    if (ending != ENDING_OK)
        return ending;
    struct buf line;
    buf_init(&line, 1000);
    text_add_line(&line, field_text(health, "version", "unknown"));
    if (given->json)
        ending = dump_print(health);
    else if (!given->quiet)
        printf("frugald %s answers at %s\n", line.data, given->server);
    buf_release(&line);
    json_decref(health);
    return ending;
}

const struct verb verb_ping = {
    .name = "ping",
    .words = "",
    .summary = "Asks whether the server answers, and for its version",
    .more = "It needs no token; the exit code is 6 if nobody answers.\n",
    .without_token = true,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
