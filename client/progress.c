/* In: the runs of a job as JSON, every now and then. Out: lines on standard error. */
#include "progress.h"

#include <inttypes.h>
#include <string.h>

#include "field.h"
#include "run_line.h"
#include "state.h"
#include "sweep_line.h"
#include "talk.h"
#include "terminal.h"

enum { BLOCK_MAX_BYTES = 1024 * 1024 };

void progress_init(struct progress *p)
{
    *p = (struct progress){.redraws = terminal_redraws(stderr),
                           .colours = terminal_colours(stderr),
                           .reported = json_object()};
}

void progress_release(struct progress *p)
{
    json_decref(p->reported);
}

void progress_note(void *progress, const char *text)
{
    struct progress *p = progress;
    if (p->drawn > 0)
        fprintf(stderr, "\033[%zuA\033[J", p->drawn);
    p->drawn = 0;
    say("%s", text);
}

/* Adds one to the number of runs in that state. */
static void count(json_t *counts, const char *state)
{
    int64_t n = field_count(counts, state);
    json_object_set_new(counts, state, json_integer(n < 0 ? 1 : n + 1));
}

static void add_summary(struct buf *block, const json_t *runs, size_t columns)
{
    struct buf text;
    json_t *counts = json_object();
    for (size_t i = 0; i < json_array_size(runs); i++)
        count(counts, field_text(json_array_get(runs, i), "state", "?"));
    buf_init(&text, BLOCK_MAX_BYTES);
    buf_addf(&text, "%zu runs: ", json_array_size(runs));
    state_add_counts(&text, counts);
    run_line_add_text(block, text.data, columns);
    buf_release(&text);
    json_decref(counts);
}

static bool is_running(const json_t *run)
{
    return state_is_running(field_text(run, "state", "?"));
}

/* All runs if there is room for them; else the running ones and a summary. Below several
 * runs stands how far all of them are. Every line stays one column short of the edge,
 * where some terminals would begin a new one. */
static size_t add_block(const struct progress *p, struct buf *block, const json_t *runs)
{
    struct terminal_size size = terminal_size(stderr);
    size_t n = json_array_size(runs);
    bool all = n + (n > 1) < size.rows;
    size_t lines = 0, room = all || size.rows < 4 ? size.rows : size.rows - 3;
    for (size_t i = 0; i < n && lines < room; i++) {
        const json_t *run = json_array_get(runs, i);
        if (!all && !is_running(run))
            continue;
        run_line_add(block, run, size.columns - 1, p->colours);
        buf_adds(block, "\033[K\n");
        lines++;
    }
    if (!all) {
        add_summary(block, runs, size.columns - 1);
        buf_adds(block, "\033[K\n");
        lines++;
    }
    if (n > 1) {
        sweep_line_add(block, runs, size.columns - 1);
        buf_adds(block, "\033[K\n");
        lines++;
    }
    return lines;
}

static void draw(struct progress *p, const json_t *runs)
{
    struct buf block;
    buf_init(&block, BLOCK_MAX_BYTES);
    if (p->drawn > 0)
        buf_addf(&block, "\033[%zuA", p->drawn);
    p->drawn = add_block(p, &block, runs);
    buf_adds(&block, "\033[J");
    fwrite(block.data, 1, block.len, stderr);
    buf_release(&block);
}

static void report_run(struct progress *p, const json_t *run, const json_t *runs)
{
    char id[32];
    snprintf(id, sizeof id, "%" PRId64, field_count(run, "id"));
    const char *state = field_text(run, "state", "?");
    const char *before = field_text(p->reported, id, "queued");
    if (strcmp(state, before) == 0 || state_is_waiting(state))
        return;
    json_object_set_new(p->reported, id, json_string(state));
    struct buf line;
    buf_init(&line, BLOCK_MAX_BYTES);
    run_line_add_event(&line, run);
    if (json_array_size(runs) > 1 && state_is_final(state)) {
        buf_adds(&line, "; ");
        sweep_line_add_sentence(&line, runs);
    }
    say("%s", line.data);
    buf_release(&line);
}

void progress_update(struct progress *p, const json_t *runs)
{
    if (p->redraws) {
        draw(p, runs);
        return;
    }
    for (size_t i = 0; i < json_array_size(runs); i++)
        report_run(p, json_array_get(runs, i), runs);
}
