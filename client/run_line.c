/* In: a run as JSON, and a width. Out: a line. */
#include "run_line.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "field.h"
#include "number.h"
#include "state.h"
#include "terminal.h"
#include "text.h"

enum { BAR_MIN = 10, BAR_MAX = 32, FIELD_BYTES = 160, WORD_COLUMNS = 16 };

/* In the order of the line. */
enum field { RUN, STATE, SAMPLES, BAR, RATE, LEFT, ACCURACY, M0, FIELDS };

static const struct {
    size_t width; /* at least, so that lines align */
    bool right;
    int rank; /* the highest goes first where there is no room */
} layout[FIELDS] = {
    [RUN] = {7, false, 0},       [STATE] = {9, false, 1}, [SAMPLES] = {13, true, 2},
    [BAR] = {BAR_MIN, false, 7}, [RATE] = {9, true, 6},   [LEFT] = {11, true, 5},
    [ACCURACY] = {6, true, 3},   [M0] = {8, true, 4},
};

struct line {
    char text[FIELDS][FIELD_BYTES];
    size_t width[FIELDS]; /* 0: left out */
};

/* A word of the server; longer ones than it has today are clipped. */
static void put_word(struct line *l, enum field f, const char *word)
{
    struct buf text;
    buf_init(&text, FIELD_BYTES - 1);
    run_line_add_text(&text, word, WORD_COLUMNS);
    memcpy(l->text[f], text.data, text.len + 1);
    buf_release(&text);
}

/* Whole samples; NaN is nothing at all. */
static void put_samples(struct line *l, double done, double of)
{
    char a[NUMBER_TEXT], b[NUMBER_TEXT];
    if (isnan(done) || isnan(of))
        return;
    number_count(a, done, (double)NAN);
    number_count(b, of, (double)NAN);
    snprintf(l->text[SAMPLES], FIELD_BYTES, "%s/%s", a, b);
}

static void put_rate(struct line *l, double per_second)
{
    char n[NUMBER_TEXT];
    if (isnan(per_second))
        return;
    number_count(n, per_second, (double)NAN);
    snprintf(l->text[RATE], FIELD_BYTES, "%s/s", n);
}

/* What is left to wait for; how it ended, once it has. */
static void put_left(struct line *l, const json_t *run, const char *state)
{
    char n[NUMBER_TEXT];
    double left = field_number(json_object_get(run, "progress"), "seconds_left");
    if (state_is_final(state)) {
        put_word(l, LEFT, field_text(run, "outcome", ""));
    } else if (state_is_waiting(state) && field_count(run, "place") > 0) {
        snprintf(l->text[LEFT], FIELD_BYTES, "place %" PRId64, field_count(run, "place"));
    } else if (!isnan(left)) {
        number_duration(n, left);
        snprintf(l->text[LEFT], FIELD_BYTES, "%s left", n);
    }
}

static void put_results(struct line *l, const json_t *results)
{
    if (!json_is_object(results))
        return;
    number_share(l->text[ACCURACY], field_number(results, "test_accuracy"), (double)NAN);
    number_energy(l->text[M0], field_number(results, "m0"), (double)NAN);
}

static void put_bar(struct line *l, double share, size_t width)
{
    if (width < BAR_MIN || isnan(share))
        return;
    double inside = (double)width - 2;
    int full = (int)floor(fmin(fmax(share, 0), 1) * inside);
    snprintf(l->text[BAR], FIELD_BYTES, "[%.*s%.*s]", full,
             "################################", (int)inside - full,
             "................................");
}

static size_t total_width(const struct line *l)
{
    size_t total = 0;
    for (int f = 0; f < FIELDS; f++)
        if (l->width[f] > 0)
            total += l->width[f] + (total > 0);
    return total;
}

/* Leaves out one field after the other until the line fits; gives the bar the rest. */
static void fit(struct line *l, size_t columns)
{
    for (int f = 0; f < FIELDS; f++) {
        size_t width = text_width(l->text[f]);
        l->width[f] = width > layout[f].width ? width : layout[f].width;
    }
    for (int rank = FIELDS - 1; rank > 0 && total_width(l) > columns; rank--)
        for (int f = 0; f < FIELDS; f++)
            if (layout[f].rank == rank)
                l->width[f] = 0;
    if (l->width[RUN] > columns)
        l->width[RUN] = columns;
    size_t total = total_width(l), bar = l->width[BAR];
    if (bar > 0)
        bar += columns - total;
    l->width[BAR] = bar < BAR_MAX ? bar : BAR_MAX;
}

static void add_field(struct buf *b, const struct line *l, int f, enum colour colour,
                      bool colours)
{
    struct buf clipped;
    buf_init(&clipped, FIELD_BYTES + 8);
    text_add_clipped(&clipped, l->text[f], l->width[f]);
    int pad = (int)(l->width[f] - text_width(clipped.data));
    buf_addf(b, "%s%*s", b->len > 0 ? " " : "", layout[f].right ? pad : 0, "");
    terminal_paint(b, colours, colour, clipped.data);
    buf_addf(b, "%*s", layout[f].right ? 0 : pad, "");
    buf_release(&clipped);
}

static void put_all(struct line *l, const json_t *run, const char *state)
{
    const json_t *progress = json_object_get(run, "progress");
    snprintf(l->text[RUN], FIELD_BYTES, "run %" PRId64, field_count(run, "id"));
    put_word(l, STATE, state);
    put_samples(l, field_number(progress, "samples"), field_number(progress, "of"));
    put_results(l, json_object_get(run, "results"));
    put_left(l, run, state);
    if (state_is_running(state))
        put_rate(l, field_number(progress, "per_second"));
}

/* A run that reached its goal early is done all the same. */
static double share_done(const json_t *run, const char *state)
{
    const json_t *progress = json_object_get(run, "progress");
    double of = field_number(progress, "of");
    if (state_is_success(state))
        return 1;
    return of > 0 ? field_number(progress, "samples") / of : (double)NAN;
}

void run_line_add(struct buf *b, const json_t *run, size_t columns, bool colours)
{
    const char *state = field_text(run, "state", "?");
    struct line l = {0};
    put_all(&l, run, state);
    fit(&l, columns);
    put_bar(&l, share_done(run, state), l.width[BAR]);
    struct buf line;
    buf_init(&line, FIELDS * FIELD_BYTES * 2);
    for (int f = 0; f < FIELDS; f++)
        if (l.width[f] > 0)
            add_field(&line, &l, f, f == STATE ? state_colour(state) : PLAIN, colours);
    buf_adds(b, line.data);
    buf_release(&line);
}

void run_line_add_event(struct buf *b, const json_t *run)
{
    const char *state = field_text(run, "state", "?");
    const json_t *results = json_object_get(run, "results");
    char samples[NUMBER_TEXT], accuracy[NUMBER_TEXT], m0[NUMBER_TEXT];
    buf_addf(b, "run %" PRId64, field_count(run, "id"));
    if (state_is_running(state)) {
        buf_addf(b, " started: cell %" PRId64 ", seed %" PRId64, field_count(run, "cell"),
                 field_count(run, "seed"));
        return;
    }
    number_count(samples, field_number(results, "samples"), (double)NAN);
    number_share(accuracy, field_number(results, "test_accuracy"), (double)NAN);
    number_energy(m0, field_number(results, "m0"), (double)NAN);
    buf_addf(b, " %s: %s, %s samples, test accuracy %s, M0 %s", state,
             field_text(run, "outcome", "no outcome"), samples, accuracy, m0);
}

void run_line_add_text(struct buf *b, const char *text, size_t columns)
{
    struct buf clean;
    buf_init(&clean, 4 * strlen(text) + 1);
    text_add_line(&clean, text);
    text_add_clipped(b, clean.data, columns);
    buf_release(&clean);
}
