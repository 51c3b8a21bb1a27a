/* In: cells of jobs. Out: one table of means, standard errors and savings, for people,
 * papers or programs. */
#include "compare.h"

#include <stdio.h>

#include "baseline.h"
#include "csv.h"
#include "dump.h"
#include "rows.h"
#include "table_export.h"
#include "talk.h"
#include "verbs.h"

enum { OUTPUT_MAX_BYTES = 64 * 1024 * 1024 };

static const char usual_metrics[] = "samples,m0,m1";

static const struct opt options[] = {
    {"at", 'a', OPT_TEXT, offsetof(struct options, at), "GOAL", NULL, 0, 0,
     "costs at the first evaluation that has it, such as \"accuracy>=0.9\"; else at the "
     "accuracy that the jobs stop at"},
    {"filter", 'f', OPT_TEXT, offsetof(struct options, filter), "FILTER", NULL, 0, 0,
     "all runs that it finds, instead of jobs; the same specs in several jobs are one "
     "cell"},
    {"baseline", 'b', OPT_TEXT, offsetof(struct options, baseline), "JOB:CELL", NULL, 0,
     0, "add how many times less than this cell each one needs, paired by seed"},
    {"metric", 'm', OPT_TEXT, offsetof(struct options, metric), "NAME,...", NULL, 0, 0,
     "which results: samples,m0,m1 if it is not given"},
    VERBS_FLAG("csv", 0, csv, "print all statistics, and numbers in full, as CSV"),
    VERBS_FLAG("latex", 0, latex, "print a tabular for LaTeX with booktabs"),
    VERBS_JSON,
};

static enum ending print_text(const struct rows *r, const struct metric *const *metrics,
                              bool latex)
{
    struct table table;
    struct buf text, caption;
    enum ending ending = rows_table(r, metrics, &table);
    if (ending != ENDING_OK)
        return ending;
    buf_init(&text, OUTPUT_MAX_BYTES);
    buf_init(&caption, 256);
    rows_caption(r, &caption);
    if (latex) {
        table_latex(&table, caption.data, &text);
        ending = text.failed ? say_no_memory() : ENDING_OK;
        fwrite(text.data, 1, text.len, stdout);
    } else {
        ending = table_print(&table, stdout);
        say("%s", caption.data);
    }
    buf_release(&text);
    buf_release(&caption);
    table_release(&table);
    return ending;
}

static enum ending print_csv(const struct rows *r, const struct metric *const *metrics)
{
    struct buf text;
    buf_init(&text, OUTPUT_MAX_BYTES);
    rows_csv(r, metrics, &text);
    enum ending ending = text.failed ? say_no_memory() : ENDING_OK;
    csv_write(&text);
    buf_release(&text);
    return ending;
}

enum ending compare_csv(struct http *http, const char *job)
{
    const struct metric *metrics[METRIC_LIST_MAX];
    struct rows rows;
    enum ending ending = metric_list("samples,m0,m1,test_accuracy", metrics);
    rows_init(&rows);
    if (ending == ENDING_OK)
        ending = rows_add(&rows, http, job, NULL, NULL);
    if (ending == ENDING_OK)
        ending = print_csv(&rows, metrics);
    rows_release(&rows);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    const struct metric *metrics[METRIC_LIST_MAX];
    const char *wanted = given->metric != NULL ? given->metric : usual_metrics;
    if (given->csv + given->latex + given->json > 1) {
        say("--csv, --latex and --json exclude each other");
        return ENDING_USAGE;
    }
    if ((given->filter == NULL) == (words->count == 0)) {
        say("say which jobs or cells to compare, or which runs with --filter");
        return ENDING_USAGE;
    }
    enum ending ending = metric_list(wanted, metrics);
    if (ending != ENDING_OK)
        return ending;
    struct rows rows;
    rows_init(&rows);
    if (ending == ENDING_OK && given->filter != NULL)
        ending = rows_add_runs(&rows, http, given->filter, given->at, given->baseline);
    for (size_t i = 0; i < words->count && ending == ENDING_OK; i++)
        ending = rows_add(&rows, http, words->word[i], given->at, given->baseline);
    if (ending == ENDING_OK && given->json)
        ending = dump_print(rows.cells);
    else if (ending == ENDING_OK && given->csv)
        ending = print_csv(&rows, metrics);
    else if (ending == ENDING_OK)
        ending = print_text(&rows, metrics, given->latex);
    if (ending == ENDING_OK && given->baseline != NULL && !given->json)
        ending = baseline_explain(&rows, http, given->baseline);
    rows_release(&rows);
    return ending;
}

const struct verb verb_compare = {
    .name = "compare",
    .words = "[JOB[:CELL]...]",
    .summary = "Compares cells: what each needs, and saves",
    .more =
        "\"at goal\" is how many runs reached the goal, of how many. Where some did "
        "not,\n"
        "there is no mean but a lower bound of it (≥), from what they had spent in the\n"
        "end. Results are samples, epochs, m0, m1, test_accuracy, m0_direct, m1_direct,\n"
        "inefficiency_m0, inefficiency_m1, maintenance, seconds.\n" VERBS_FILTER_HELP,
    .words_max = OPTS_WORDS_MAX,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
