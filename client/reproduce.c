/* In: names of presets. Out: their jobs done, and a report of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "field.h"
#include "number.h"
#include "report.h"
#include "study.h"
#include "talk.h"
#include "verbs.h"

enum { PAGE_MAX_BYTES = 64 * 1024 * 1024, COMMAND_MAX_BYTES = 8192 };

static const char usual_file[] = "report.html";

static const struct opt options[] = {
    VERBS_FLAG("quick", 0, quick, "few values and three seeds (if nothing is said)"),
    VERBS_FLAG("full", 0, full, "all values and ten seeds, as in the paper"),
    {"dataset", 'd', OPT_TEXT, offsetof(struct options, dataset), "NAME", NULL, 0, 0,
     "another data set in place of MNIST, such as fashion-mnist; the accuracies asked "
     "for "
     "are lowered by 0.1"},
    {"output", 'o', OPT_TEXT, offsetof(struct options, output), "FILE", NULL, 0, 0,
     "where the report goes: report.html if it is not given"},
};

static void add_command(struct buf *b, const struct options *given,
                        const struct opts_words *words)
{
    buf_adds(b, "frugal reproduce");
    for (size_t i = 0; i < words->count; i++)
        buf_addf(b, " %s", words->word[i]);
    buf_adds(b, given->full ? " --full" : " --quick");
    if (given->dataset != NULL)
        buf_addf(b, " --dataset %s", given->dataset);
}

static enum ending write_file(const char *name, const struct buf *page)
{
    FILE *f = fopen(name, "we");
    bool ok = f != NULL && fwrite(page->data, 1, page->len, f) == page->len;
    if (f != NULL)
        ok = fclose(f) == 0 && ok;
    if (!ok)
        say("%s could not be written: %s", name, strerror(errno));
    return ok ? ENDING_OK : ENDING_LOCAL;
}

static enum ending count_workers(struct http *http, long *ret)
{
    json_t *state;
    enum ending ending = api_get(http, &state, "/v1/workers");
    if (ending != ENDING_OK)
        return ending;
    *ret = (long)field_count(state, "count");
    json_decref(state);
    return ENDING_OK;
}

/* What stands in the index was measured on one core; the pace of this machine shows as
 * runs end. */
static void say_estimate(const struct studies *s, long workers, bool full)
{
    char wait[NUMBER_TEXT];
    int64_t runs = 0, left = 0;
    double seconds = studies_seconds_left(s);
    for (size_t i = 0; i < s->count; i++) {
        runs += s->study[i].runs;
        left += s->study[i].runs - s->study[i].done;
    }
    number_duration(wait, seconds / (double)(workers > 0 ? workers : 1));
    say("%" PRId64 " of %" PRId64
        " runs are to be computed: about %.0f s of computing, %s "
        "with %ld workers",
        left, runs, seconds, wait, workers);
    say_more("%s on a core of an AMD EPYC at 2.6 GHz, with MNIST",
             full ? "as estimated from the quick form" : "as measured before");
    say_more("Ctrl-C does not stop them; the same command goes on from there");
}

static enum ending report(const struct studies *s, const struct options *given,
                          const struct opts_words *words, struct http *http)
{
    struct buf page, command;
    const char *file = given->output != NULL ? given->output : usual_file;
    buf_init(&page, PAGE_MAX_BYTES);
    buf_init(&command, COMMAND_MAX_BYTES);
    add_command(&command, given, words);
    const struct report_head head = {
        .command = command.data, .data_set = given->dataset, .quick = !given->full};
    enum ending ending = report_write(s, &head, http, &page);
    if (ending == ENDING_OK && page.failed)
        ending = say_no_memory();
    if (ending == ENDING_OK)
        ending = write_file(file, &page);
    if (ending == ENDING_OK)
        printf("%s\n", file);
    buf_release(&page);
    buf_release(&command);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    struct studies studies;
    long workers = 1;
    if (given->quick && given->full) {
        say("--quick and --full exclude each other");
        return ENDING_USAGE;
    }
    enum ending ending =
        studies_choose(&studies, words->word, words->count, !given->full, given->dataset);
    if (ending == ENDING_OK)
        ending = count_workers(http, &workers);
    if (ending == ENDING_OK)
        ending = studies_submit(&studies, http);
    if (ending == ENDING_OK) {
        say_estimate(&studies, workers, given->full);
        ending = studies_wait(&studies, http, workers);
    }
    if (ending == ENDING_OK)
        ending = report(&studies, given, words, http);
    studies_release(&studies);
    return ending;
}

const struct verb verb_reproduce = {
    .name = "reproduce",
    .words = "[PRESET...]",
    .summary = "Computes the figures of the paper again and writes a report",
    .more =
        "All presets, or those that are named. The report is one HTML file: figures and\n"
        "tables, what the paper found beside what was found here, and from which build\n"
        "and data. What has been computed already, with the same specs, is taken over.\n",
    .words_max = OPTS_WORDS_MAX,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
