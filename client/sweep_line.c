/* In: the runs of a job as JSON. Out: how far all of them are. */
#include "sweep_line.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "number.h"
#include "state.h"
#include "text.h"

enum { BAR_MIN = 10, BAR_MAX = 32, LINE_MAX_BYTES = 400 };

struct tally {
    size_t runs, ended;
    double samples, of; /* of all runs; one that has ended has all of its own */
    double per_second;
};

static double positive(double x)
{
    return x > 0 ? x : 0; /* NaN, too, is nothing */
}

static struct tally count(const json_t *runs)
{
    struct tally t = {.runs = json_array_size(runs)};
    for (size_t i = 0; i < t.runs; i++) {
        const json_t *run = json_array_get(runs, i);
        const json_t *progress = json_object_get(run, "progress");
        const char *state = field_text(run, "state", "?");
        double of = positive(field_number(progress, "of"));
        bool ended = state_is_final(state);
        t.ended += ended;
        t.of += of;
        t.samples += ended ? of : positive(field_number(progress, "samples"));
        if (state_is_running(state))
            t.per_second += positive(field_number(progress, "per_second"));
    }
    return t;
}

static double share_of(const struct tally *t)
{
    if (t->ended == t->runs)
        return 1;
    return t->of > 0 ? fmin(t->samples / t->of, 1) : 0;
}

/* False: nobody knows. */
static bool left_text(const struct tally *t, char text[static NUMBER_TEXT])
{
    if (t->per_second <= 0 || t->ended == t->runs)
        return false;
    number_duration(text, (t->of - t->samples) / t->per_second);
    return true;
}

static void add_bar(struct buf *b, double share, size_t columns)
{
    size_t inside = (columns < BAR_MAX ? columns : BAR_MAX) - 2;
    buf_addc(b, '[');
    for (size_t i = 0; i < inside; i++)
        buf_addc(b, (double)i + 1 <= share * (double)inside ? '#' : '.');
    buf_adds(b, "] ");
}

/* Appends a part if it still fits. */
static void add_part(struct buf *b, const char *part, size_t columns)
{
    if (text_width(b->data) + 1 + text_width(part) <= columns)
        buf_addf(b, "%s%s", b->len > 0 ? " " : "", part);
}

void sweep_line_add(struct buf *b, const json_t *runs, size_t columns)
{
    struct tally t = count(runs);
    double share = share_of(&t);
    char part[NUMBER_TEXT + 20], number[NUMBER_TEXT];
    struct buf words;
    buf_init(&words, LINE_MAX_BYTES);
    snprintf(part, sizeof part, "%zu/%zu runs", t.ended, t.runs);
    add_part(&words, part, columns);
    snprintf(part, sizeof part, "%.0f %%", floor(100 * share));
    add_part(&words, part, columns);
    if (left_text(&t, number)) {
        snprintf(part, sizeof part, "≤ %s left", number);
        add_part(&words, part, columns);
        number_count(number, t.per_second, (double)NAN);
        snprintf(part, sizeof part, "%s/s", number);
        add_part(&words, part, columns > BAR_MIN ? columns - BAR_MIN : 0);
    }
    size_t used = text_width(words.data) + 1;
    if (used + BAR_MIN <= columns)
        add_bar(b, share, columns - used);
    buf_adds(b, words.data);
    buf_release(&words);
}

void sweep_line_add_sentence(struct buf *b, const json_t *runs)
{
    char number[NUMBER_TEXT];
    struct tally t = count(runs);
    buf_addf(b, "%zu of %zu runs have ended", t.ended, t.runs);
    if (left_text(&t, number))
        buf_addf(b, ", at most %s left", number);
}
