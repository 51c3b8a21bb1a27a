/* In: jobs that have ended. Out: figures, tables, and findings beside what the paper
 * found, as HTML. All statistics are the server's. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "figure_draw.h"
#include "figure_rows.h"
#include "finding.h"
#include "goals.h"
#include "ledger.h"
#include "table_export.h"

enum { TEXT_MAX_BYTES = 16 * 1024 * 1024, WORD_MAX = 64 };

/* What is gathered over all studies. */
struct work {
    struct ledger ledger;
    size_t verdict[VERDICTS]; /* by enum verdict */
};

static void text_in(struct buf *b, const char *tag, const char *text)
{
    buf_addf(b, "<%s>", tag);
    table_add_escaped(b, text);
    buf_addf(b, "</%s>\n", tag);
}

/* The cell that savings are against: the first with the params of the entry. */
static int64_t baseline_of(const struct study *s, const json_t *cells)
{
    json_t *wanted = json_object_get(s->entry, "baseline"), *value;
    const char *pointer;
    for (size_t i = 0; wanted != NULL && i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        bool same = true;
        json_object_foreach(wanted, pointer, value)
        {
            same = same &&
                   json_equal(value,
                              json_object_get(json_object_get(cell, "params"), pointer));
        }
        if (same)
            return field_count(cell, "cell");
    }
    return -1;
}

/* The cells at the goal of the job, with savings where the preset has a baseline. */
static enum ending ask(const struct study *s, struct http *http, struct rows *ret)
{
    char word[WORD_MAX], baseline[WORD_MAX];
    snprintf(word, sizeof word, "%" PRId64, s->job);
    rows_init(ret);
    enum ending ending = rows_add(ret, http, word, NULL, NULL);
    int64_t cell = ending == ENDING_OK ? baseline_of(s, ret->cells) : -1;
    if (cell < 0)
        return ending;
    snprintf(baseline, sizeof baseline, "%" PRId64 ":%" PRId64, s->job, cell);
    rows_release(ret);
    rows_init(ret);
    return rows_add(ret, http, word, NULL, baseline);
}

/* The results that the figures of the preset show, samples and inefficiency with them. */
static void choose_metrics(const struct study *s, const struct metric **ret)
{
    static const char *const always[] = {"samples", "m0", "m1", "inefficiency_m1"};
    const json_t *figures = json_object_get(s->entry, "figures");
    size_t n = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        ret[n++] = metric_find(always[i]);
    for (size_t f = 0; f < json_array_size(figures); f++) {
        const json_t *y = json_object_get(json_array_get(figures, f), "y");
        for (size_t i = 0; i < json_array_size(y); i++) {
            const struct metric *m = metric_find(json_string_value(json_array_get(y, i)));
            bool there = false;
            for (size_t k = 0; k < n; k++)
                there = there || ret[k] == m;
            if (!there && m != NULL && n < METRIC_LIST_MAX - 1)
                ret[n++] = m;
        }
    }
    ret[n] = NULL;
}

static void add_figure(struct figure *f, struct buf *page)
{
    buf_adds(page, "<figure>");
    if (figure_close(f))
        figure_svg(f, page);
    else
        buf_adds(page, "<p>Nothing to draw: no seed reached the goal.</p>");
    buf_adds(page, "</figure>\n");
    figure_release(f);
}

static enum ending draw(const struct study *s, const json_t *figure, const char *y,
                        const struct rows *r, struct http *http, struct buf *page)
{
    char word[WORD_MAX];
    struct figure f;
    enum ending ending = ENDING_OK;
    const char *x = field_text(figure, "x", "");
    const char *scale = field_text(figure, "scale", "linear");
    figure_init(&f);
    if (strcmp(x, "accuracy") == 0) {
        snprintf(word, sizeof word, "%" PRId64, s->job);
        const struct opts_words words = {.count = 1, .word = {word}};
        ending =
            goals_figure(&f, http, &words, s->goals_from, s->goals_to, metric_find(y));
    } else if (figure_pointer(r->cells, x) != NULL) {
        figure_of_rows(&f, r, x, metric_find(y));
        f.x_log = f.categories == 0 && strcmp(scale, "log") == 0;
    }
    add_figure(&f, page);
    return ending;
}

static enum ending add_figures(const struct study *s, const struct rows *r,
                               struct http *http, struct buf *page)
{
    enum ending ending = ENDING_OK;
    const json_t *figures = json_object_get(s->entry, "figures");
    buf_adds(page, "<div class=\"figures\">\n");
    for (size_t f = 0; f < json_array_size(figures); f++) {
        const json_t *figure = json_array_get(figures, f),
                     *y = json_object_get(figure, "y");
        for (size_t i = 0; i < json_array_size(y) && ending == ENDING_OK; i++)
            ending =
                draw(s, figure, json_string_value(json_array_get(y, i)), r, http, page);
    }
    buf_adds(page, "</div>\n");
    return ending;
}

static enum ending add_table(const struct study *s, const struct rows *r,
                             struct buf *page)
{
    const struct metric *metrics[METRIC_LIST_MAX];
    struct table table;
    struct buf caption;
    choose_metrics(s, metrics);
    enum ending ending = rows_table(r, metrics, &table);
    if (ending != ENDING_OK)
        return ending;
    buf_init(&caption, 1000);
    rows_caption(r, &caption);
    buf_adds(page, "<div class=\"table\">");
    table_html(&table, page);
    buf_adds(page, "</div><p class=\"small\">Job ");
    buf_addf(page, "%" PRId64 "; ", s->job);
    table_add_escaped(page, caption.data);
    buf_adds(page,
             "; at goal: seeds that reached it, of how many; ≥: a lower bound of "
             "the mean, as some seeds did not; saving: how many times less than the "
             "baseline, paired by seed.</p>\n");
    buf_release(&caption);
    table_release(&table);
    return ENDING_OK;
}

/* For energy against accuracy the question is asked again at some of the accuracies. */
static enum ending judge_goals(const struct study *s, struct http *http,
                               struct findings *findings)
{
    char word[WORD_MAX], at[ANSWER_GOAL];
    const char *name = field_text(s->entry, "name", "");
    enum ending ending = ENDING_OK;
    snprintf(word, sizeof word, "%" PRId64, s->job);
    for (int i = 0; i < 3 && ending == ENDING_OK; i++) {
        struct rows r;
        double goal = s->goals_from + (s->goals_to - s->goals_from) * i / 2;
        snprintf(at, sizeof at, "test_accuracy>=%.3f", goal);
        rows_init(&r);
        ending = rows_add(&r, http, word, at, NULL);
        if (ending == ENDING_OK) {
            size_t before = findings->count;
            findings_of(findings, name, &r);
            for (size_t k = before; k < findings->count; k++)
                buf_addf(&findings->finding[k].text, " (at %.1f %%)", 100 * goal);
        }
        rows_release(&r);
    }
    return ending;
}

static bool is_against_accuracy(const struct study *s)
{
    return s->goals_to > 0;
}

static enum ending add_findings(const struct study *s, const struct rows *r,
                                struct http *http, struct work *w, struct buf *page)
{
    struct findings findings;
    const char *name = field_text(s->entry, "name", "");
    const char *criterion = findings_criterion(name);
    enum ending ending = ENDING_OK;
    findings_init(&findings);
    if (is_against_accuracy(s))
        ending = judge_goals(s, http, &findings);
    else
        findings_of(&findings, name, r);
    buf_adds(page, "<p><b>Found here.</b> Criterion: ");
    table_add_escaped(page, criterion != NULL ? criterion : "none");
    buf_adds(page, "</p>\n<ul>\n");
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *f = &findings.finding[i];
        w->verdict[f->verdict]++;
        buf_addf(page, "<li class=\"v%d\"><b>%s</b> ", (int)f->verdict,
                 verdict_word(f->verdict));
        table_add_escaped(page, f->text.data);
        buf_adds(page, "</li>\n");
    }
    buf_adds(page, "</ul>\n");
    findings_release(&findings);
    return ending;
}

static enum ending add_study(const struct study *s, struct http *http, struct work *w,
                             struct buf *page)
{
    struct rows rows;
    buf_addf(page, "<section id=\"%s\">\n", field_text(s->entry, "name", ""));
    text_in(page, "h2", field_text(s->spec, "name", ""));
    buf_adds(page, "<p><b>The paper.</b> ");
    table_add_escaped(page, field_text(s->spec, "note", ""));
    buf_adds(page, "</p>\n<p><b>To look at.</b> ");
    table_add_escaped(page, field_text(s->entry, "look", ""));
    buf_adds(page, "</p>\n");
    enum ending ending = ask(s, http, &rows);
    if (ending == ENDING_OK)
        ending = add_findings(s, &rows, http, w, page);
    if (ending == ENDING_OK)
        ending = add_figures(s, &rows, http, page);
    if (ending == ENDING_OK)
        ending = add_table(s, &rows, page);
    if (ending == ENDING_OK)
        ending = ledger_add(&w->ledger, http, s->job);
    buf_adds(page, "</section>\n");
    rows_release(&rows);
    return ending;
}

static void add_head(const struct studies *s, const struct report_head *head,
                     struct buf *page)
{
    buf_adds(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<title>The energy of learning, computed again</title>\n<style>\n"
        "body { font: 16px/1.5 Helvetica, Arial, sans-serif; max-width: 80rem; "
        "margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff; }\n"
        "h2 { margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem; }\n"
        ".figures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, "
        "minmax(min(36rem, 100%), 1fr)); }\n"
        "figure { margin: 0; } svg { max-width: 100%; height: auto; } .table { "
        "overflow-x: auto; }\n"
        "table { border-collapse: collapse; font-size: 13px; white-space: nowrap; }\n"
        "th, td { text-align: left; padding: .2rem .8rem .2rem 0; "
        "border-bottom: 1px solid #ddd; } .facts td { white-space: normal; }\n"
        ".small { font-size: 13px; color: #555; } code { font-size: 13px; }\n"
        "li.v0 b { color: #00694b; } li.v1 b { color: #b34700; } "
        "li.v2 b, li.v3 b { color: #666; }\n</style></head>\n<body>\n"
        "<h1>The energy of learning, computed again</h1>\n"
        "<p>M. C. W. van Rossum and A. Pache, Competitive plasticity to reduce the "
        "energetic costs of learning, PLoS Comput Biol 20(10):e1012553 (2024): its "
        "questions, computed by frugal. M0 counts the changes of synapses until the "
        "accuracy is reached, M1 sums their magnitudes.</p>\n");
    buf_addf(page, "<p>%s</p>\n",
             head->quick ? "This is the quick form, with few values and three seeds: the "
                           "means are rough."
                         : "This is the full form, with ten seeds.");
    if (head->data_set != NULL) {
        buf_adds(page, "<p><b>Not the paper's data set:</b> ");
        table_add_escaped(page, head->data_set);
        buf_addf(page,
                 " stands in for MNIST, and the accuracies asked for are lower by %g, so "
                 "numbers are not those of the paper.</p>\n",
                 STUDY_EASIER);
    }
    buf_adds(page, "<ol>\n");
    for (size_t i = 0; i < s->count; i++) {
        buf_addf(page, "<li><a href=\"#%s\">", field_text(s->study[i].entry, "name", ""));
        table_add_escaped(page, field_text(s->study[i].spec, "name", ""));
        buf_adds(page, "</a></li>\n");
    }
    buf_adds(page, "</ol>\n");
}

enum ending report_write(const struct studies *s, const struct report_head *head,
                         struct http *http, struct buf *page)
{
    struct work w = {.verdict = {0}};
    struct buf sections;
    enum ending ending = ENDING_OK;
    ledger_init(&w.ledger);
    buf_init(&sections, TEXT_MAX_BYTES);
    for (size_t i = 0; i < s->count && ending == ENDING_OK; i++)
        ending = add_study(&s->study[i], http, &w, &sections);
    add_head(s, head, page);
    buf_addf(page,
             "<p>Of what is judged here, %zu agree with the paper, %zu differ, %zu "
             "cannot be told.</p>\n",
             w.verdict[VERDICT_AGREES], w.verdict[VERDICT_DIFFERS],
             w.verdict[VERDICT_OPEN]);
    buf_add(page, sections.data, sections.len);
    page->failed = page->failed || sections.failed;
    ledger_write(&w.ledger, head->command, page);
    buf_adds(page, "</body></html>\n");
    buf_release(&sections);
    ledger_release(&w.ledger);
    return ending;
}
